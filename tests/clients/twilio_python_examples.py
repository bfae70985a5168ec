"""Run by the twilio-python under test: sends the requests on standard input, prints what became of each, as JSON."""

import json
import sys

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client


# Comments in place of annotations: the same file runs under every Python that a twilio-python supports.
def send(client, resource, parameters):  # type: (Client, str, dict[str, str]) -> dict[str, object]
    """The SID, or the code and the message of the exception."""
    arguments = {{"From": "from_"}.get(name, name.lower()): value for name, value in parameters.items()}
    if "phonenumber" in arguments:
        arguments["phone_number"] = arguments.pop("phonenumber")
    lists = {"Messages": "messages", "Calls": "calls", "IncomingPhoneNumbers": "incoming_phone_numbers"}
    try:
        created = getattr(client, lists[resource]).create(**arguments)
    except TwilioRestException as error:
        return {"code": error.code, "status": error.status, "message": str(error)}
    return {"code": 0, "sid": created.sid, "date_created": created.date_created.isoformat()}


client = Client(sys.argv[1], sys.argv[2])
print(json.dumps([send(client, resource, parameters) for resource, parameters in json.load(sys.stdin)]))
