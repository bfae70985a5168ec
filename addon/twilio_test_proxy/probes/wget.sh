wget -nv --tries=1 -O- "https://api.twilio.com/2010-04-01/Accounts/$TWILIO_ACCOUNT_SID/Messages.json" \
  --user="$TWILIO_ACCOUNT_SID" --password="$TWILIO_AUTH_TOKEN" \
  --post-data='To=%2B14108675310&From=%2B15005550006&Body=hello'
