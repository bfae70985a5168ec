import logging
import os

import apprise

# Apprise keeps the SID to itself and logs the answer at debug level only: its word is "sent" or not.
logging.basicConfig(level=logging.INFO)
service = apprise.Apprise()
sid, token = os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"]
service.add(f"twilio://{sid}:{token}@15005550006/14108675310")
print("sent" if service.notify(body="hello") else "not sent")
