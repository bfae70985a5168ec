from __future__ import print_function

import os

from twilio.rest import TwilioRestClient

client = TwilioRestClient(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
print(client.messages.create(to="+14108675310", from_="+15005550006", body="hello").sid)
