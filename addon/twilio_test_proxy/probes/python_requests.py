import os

import requests

sid, token = os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"]
url = f"https://api.twilio.com/2010-04-01/Accounts/{sid}/Messages.json"
form = {"To": "+14108675310", "From": "+15005550006", "Body": "hello"}
print(requests.post(url, data=form, auth=(sid, token), timeout=20).json()["sid"])
