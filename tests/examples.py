"""The eight examples of Twilio's document "REST API: Test Credentials", as data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A request of the document: its title there, the resource, the parameters, and the error code (0: none)."""

    title: str
    resource: str
    parameters: dict[str, str]
    code: int


EXAMPLES = (
    Example("Successfully provision a number", "IncomingPhoneNumbers", {"PhoneNumber": "+15005550006"}, 0),
    Example(
        "Attempt to purchase an unavailable number", "IncomingPhoneNumbers", {"PhoneNumber": "+15005550000"}, 21422
    ),
    Example("Attempt to buy invalid number", "IncomingPhoneNumbers", {"PhoneNumber": "33"}, 21421),
    Example(
        "Successfully send an SMS",
        "Messages",
        {"From": "+15005550006", "To": "+14108675309", "Body": "All in the game, yo"},
        0,
    ),
    Example(
        "Attempt to send a message to a non-mobile number",
        "Messages",
        {"From": "+15005550006", "To": "+15005550009", "Body": "Hey Mr Nugget, you the bomb!"},
        21614,
    ),
    Example(
        "Attempt to send a message with an empty SMS body",
        "Messages",
        {"From": "+15005550006", "To": "+14108675309", "Body": ""},
        21602,
    ),
    Example(
        "Successfully enqueue an outgoing call",
        "Calls",
        {"From": "+15005550006", "To": "+14108675309", "Url": "http://demo.twilio.com/docs/voice.xml"},
        0,
    ),
    Example(
        "Attempt to call an international number in a country without permissions turned on",
        "Calls",
        {"From": "+15005550006", "To": "+15005550003", "Url": "http://demo.twilio.com/docs/voice.xml"},
        21215,
    ),
)
