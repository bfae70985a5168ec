"""An application that knows nothing of this project."""

from twilio.rest import Client

SID, TOKEN = "AC" + "1" * 32, "your_auth_token"


def confirm(number: str) -> str:
    """Send a confirmation and return its SID."""
    message = Client(SID, TOKEN).messages.create(from_="+15005550006", to=number, body="Your order is on its way.")
    return str(message.sid)


def state(sid: str) -> str:
    """What became of a message."""
    return str(Client(SID, TOKEN).messages(sid).fetch().status)
