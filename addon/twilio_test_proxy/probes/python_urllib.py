import base64
import json
import os
import urllib.parse
import urllib.request

sid, token = os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"]
form = urllib.parse.urlencode({"To": "+14108675310", "From": "+15005550006", "Body": "hello"}).encode()
request = urllib.request.Request(f"https://api.twilio.com/2010-04-01/Accounts/{sid}/Messages.json", data=form)
request.add_header("Authorization", "Basic " + base64.b64encode(f"{sid}:{token}".encode()).decode())
print(json.load(urllib.request.urlopen(request, timeout=20))["sid"])
