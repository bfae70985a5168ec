"""What somebody's own tests do with twilio-python: unchanged code, configured by the environment alone.

Sends two messages, follows one to its delivery, lists in pages, and lets Twilio refuse one; prints what it saw.
"""

import json
import os
import sys

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client


def main() -> None:
    client = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
    seen: list[object] = []
    texts = sys.argv[1:] or ["one", "two"]
    sent = [client.messages.create(to="+14108675309", from_="+15017122661", body=text) for text in texts]
    seen += [[message.sid, message.status, message.account_sid == client.account_sid] for message in sent]
    seen += [client.messages(sent[0].sid).fetch().status for _ in range(3)]
    seen += [[message.body for message in client.messages.list(page_size=1, limit=len(texts))]]
    try:
        client.messages.create(to="12", from_="+15017122661", body="refused")
    except TwilioRestException as error:
        seen += [[error.status, error.code, error.msg]]
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
