"""The error catalogue, and every recorded text asserted byte for byte with the request that leads to it."""

import pytest

from twilio_test_proxy.twilio import api, errors
from twilio_test_proxy.twilio.credentials import Credentials, TestCredentials
from twilio_test_proxy.twilio.errors import CATALOGUE, Error, TwilioError

from .asking import ACCOUNT_SID, CALL, CREDENTIALS, MESSAGE, NUMBER, Parameters, at, error_body, post

# Bodies as captured, with the lengths of the captures. The keys: resource, and what is sent instead of valid values.
CAPTURED_JSON = {
    "21611": (
        120,
        {"From": "+15005550008"},
        b'{"code": 21611, "message": "SMS queue is full.", '
        b'"more_info": "https://www.twilio.com/docs/errors/21611", "status": 429}',
    ),
    "21610": (
        153,
        {"To": "+15005550004"},
        b'{"code": 21610, "message": "The message From/To pair violates a blacklist rule.", '
        b'"more_info": "https://www.twilio.com/docs/errors/21610", "status": 400}',
    ),
    "21614": (
        149,
        {"To": "+15005550009"},
        b'{"code": 21614, "message": "To number: +15005550009, is not a mobile number", '
        b'"more_info": "https://www.twilio.com/docs/errors/21614", "status": 400}',
    ),
    "21602": (
        127,
        {"Body": ""},
        b'{"code": 21602, "message": "Message body is required.", '
        b'"more_info": "https://www.twilio.com/docs/errors/21602", "status": 400}',
    ),
    "21211": (
        159,
        {"To": "+15005550001"},
        b'{"code": 21211, "message": "The \'To\' number +15005550001 is not a valid phone number.", '
        b'"more_info": "https://www.twilio.com/docs/errors/21211", "status": 400}',
    ),
}

# Resource, parameters sent instead of the valid ones, code, recorded text. Numbers are quoted as they were sent.
SMS_LIMIT = "The message body exceeds the 160 character limit."
LIMIT = "The concatenated message body exceeds the 1600 character limit."
NOT_OWNED = "is not a valid, SMS-capable inbound phone number or short code for your account."
UNREACHABLE = (
    "The 'To' phone number: +15005550002, is not currently reachable using the 'From' phone number: +15005550006"
)
NO_REGION = "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: +15005550003."
NO_SENDER_ID = "The 'From' number +15005550001 is not a valid phone number, shortcode, or alphanumeric sender ID."
GEO_PERMISSIONS = "https://www.twilio.com/console/voice/calls/geo-permissions/low-risk"
NO_TWIML = "Url parameter is required. For more information, see http://www.twilio.com/docs/api/twiml"

RECORDED: tuple[tuple[str, Parameters, int, str], ...] = (
    ("Messages", {"From": "+15005550001"}, 21212, NO_SENDER_ID),
    ("Messages", {"From": "+15005550007"}, 21606, f"The From phone number +15005550007 {NOT_OWNED}"),
    ("Messages", {"From": "1111111"}, 21606, f"The From phone number 1111111 {NOT_OWNED}"),
    ("Messages", {"From": "+123"}, 21606, f"The From phone number +123 {NOT_OWNED}"),
    ("Messages", {"To": "5005550001"}, 21211, "The 'To' number 5005550001 is not a valid phone number."),
    ("Messages", {"To": "15005550001"}, 21211, "The 'To' number 15005550001 is not a valid phone number."),
    (
        "Messages",
        {"To": "+11-764-112-0182 x0891"},
        21211,
        "The 'To' number +11-764-112-0182 x0891 is not a valid phone number.",
    ),
    ("Messages", {"To": "111"}, 21211, "The 'To' number 111 is not a valid phone number."),
    ("Messages", {"To": "123"}, 21211, "The 'To' number 123 is not a valid phone number."),
    ("Messages", {"To": "+15005550002"}, 21612, f"{UNREACHABLE} via SMS."),
    ("Messages", {"To": "+15005550002", "MediaUrl": "http://example.com/a.png"}, 21612, f"{UNREACHABLE} via MMS."),
    ("Messages", {"To": "+15005550003"}, 21408, NO_REGION),
    ("Messages", {"To": "15005550009"}, 21614, "To number: 15005550009, is not a mobile number"),
    ("Messages", {"From": ""}, 21603, "A 'From' phone number is required."),
    ("Messages", {"To": ""}, 21604, "A 'To' phone number is required."),
    ("SMS/Messages", {"Body": "a" * 161}, 21605, SMS_LIMIT),
    ("Messages", {"Body": "a" * 1601}, 21617, LIMIT),
    ("Calls", {"From": "+15005550001"}, 21212, "From is not a valid phone number: +15005550001"),
    (
        "Calls",
        {"From": "4155550123"},
        21210,
        "The source phone number provided, 4155550123, is not yet verified for your account. "
        "You may only make calls from phone numbers that you've verified or purchased from Twilio.",
    ),
    (
        "Calls",
        {"To": "+15005550003"},
        21215,
        "Account not authorized to call +15005550003. Perhaps you need to enable some international permissions: "
        + GEO_PERMISSIONS,
    ),
    ("Calls", {"To": ""}, 21201, "No 'To' number is specified"),
    ("Calls", {"From": ""}, 21213, "No 'From' number is specified"),
    ("Calls", {"Url": ""}, 21205, NO_TWIML),
    ("Calls", {"Url": "twiml"}, 21205, "Url is not a valid URL: twiml"),
    ("Calls", {"Url": "http://localhost/v"}, 21205, "Url is not a valid url: http://localhost/v"),
    ("IncomingPhoneNumbers", {"PhoneNumber": "+15005550000"}, 21422, "+15005550000 is not available"),
    ("IncomingPhoneNumbers", {"PhoneNumber": "+15005550001"}, 21421, "+15005550001 is not a valid number"),
    ("IncomingPhoneNumbers", {"PhoneNumber": "33"}, 21421, "33 is not a valid number"),
    ("IncomingPhoneNumbers", {"VoiceUrl": "http://a_b.com/"}, 21402, "VoiceUrl is not a valid URL: http://a_b.com/"),
)

VALID = {"Messages": MESSAGE, "SMS/Messages": MESSAGE, "Calls": CALL, "IncomingPhoneNumbers": NUMBER}

# Path below the API version, credentials, status, code, recorded text, detail.
_OWN = f"Accounts/{ACCOUNT_SID}"
_INCORRECT = "Your AccountSid or AuthToken was incorrect."
_WRONG_TOKEN = Credentials(ACCOUNT_SID, "4" * 32)
ACCOUNT_LEVEL: tuple[tuple[str, Credentials | None, int, int, str, str | None], ...] = (
    (f"{_OWN}/Messages", _WRONG_TOKEN, 401, 20003, "Authenticate", _INCORRECT),
    (f"{_OWN}/Messages", None, 401, 20003, "Authentication Error - No credentials provided", _INCORRECT),
    (f"{_OWN}/Calls", Credentials("me", "4"), 401, 20003, "Authentication Error - invalid username", _INCORRECT),
    ("Accounts/invalid_sid/Messages", Credentials("me", "4"), 404, 20404, "{path}", None),
    ("Accounts//Messages", None, 404, 20404, "{path}", None),
    (f"{_OWN}/Faxes", CREDENTIALS, 403, 20008, "Resource not accessible with Test Account Credentials", None),
)

POLICY = TestCredentials(ACCOUNT_SID, CREDENTIALS.password)

json_and_xml = pytest.mark.parametrize("extension", [".json", ".xml", ""], ids=["json", "xml", "no extension"])


@pytest.mark.parametrize(("length", "sent", "body"), CAPTURED_JSON.values(), ids=CAPTURED_JSON)
@pytest.mark.parametrize("resource", ["SMS/Messages", "Messages"])
def test_captured_body(resource: str, length: int, sent: Parameters, body: bytes) -> None:
    assert post(resource, {**MESSAGE, **sent}).response.body == body
    assert len(body) == length


def test_captured_body_of_a_resource_not_supported() -> None:
    body = post("Faxes", {}).response.body

    assert body == (
        b'{"code": 20008, "message": "Resource not accessible with Test Account Credentials", '
        b'"more_info": "https://www.twilio.com/docs/errors/20008", "status": 403}'
    )
    assert len(body) == 155


def test_captured_xml_of_a_wrong_token() -> None:
    path = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages"
    answer = api.judge(at(path, credentials=_WRONG_TOKEN), POLICY)

    assert isinstance(answer, api.Answer)
    assert answer.response.body == (
        b"<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><RestException><Code>20003</Code>"
        b"<Detail>Your AccountSid or AuthToken was incorrect.</Detail><Message>Authenticate</Message>"
        b"<MoreInfo>https://www.twilio.com/docs/errors/20003</MoreInfo><Status>401</Status>"
        b"</RestException></TwilioResponse>"
    )


@json_and_xml
@pytest.mark.parametrize(
    ("resource", "sent", "code", "text"), RECORDED, ids=[f"{row[0]} {row[2]} {row[3][:60]}" for row in RECORDED]
)
def test_recorded_text(extension: str, resource: str, sent: Parameters, code: int, text: str) -> None:
    answer = post(resource, {**VALID[resource], **sent}, extension)

    assert answer.response.status == 400
    assert answer.response.reason == "BAD REQUEST"
    assert answer.response.body == error_body(extension, 400, code, text)


@json_and_xml
@pytest.mark.parametrize(
    ("path", "credentials", "status", "code", "text", "detail"),
    ACCOUNT_LEVEL,
    ids=["wrong token", "no Authorization", "username not AC or SK", "path SID malformed", "path SID empty", "403"],
)
def test_recorded_text_of_the_account_level(
    extension: str, path: str, credentials: Credentials | None, status: int, code: int, text: str, detail: str | None
) -> None:
    path = f"/2010-04-01/{path}{extension}"
    request = at(path, credentials=credentials)
    answer = api.judge(request, POLICY)
    if not isinstance(answer, api.Answer):
        answer = api.answer(request)

    text = text.format(path=f"The requested resource {path} was not found")
    assert answer.response.status == status
    assert answer.response.body == error_body(extension, status, code, text, detail)


def test_no_catalogued_error_is_forgotten() -> None:
    named = {value for value in vars(errors).values() if isinstance(value, Error)}

    assert set(CATALOGUE) == named
    assert len(CATALOGUE) == len(named) > 40


# The codes whose text nobody captured: the documented code is kept, and the catalogue says so.
UNRECORDED = {
    20001: 1,
    20004: 1,
    20413: 1,
    21205: 1,
    21206: 1,
    21208: 1,
    21209: 1,
    21214: 1,
    21216: 1,
    21217: 1,
    21218: 1,
    21403: 1,
    21421: 1,
    21452: 1,
    21609: 1,
    21619: 1,
    21620: 1,
    21623: 1,
    21701: 1,
}


def test_the_catalogue_says_which_texts_are_certain() -> None:
    unrecorded = [error.code for error in CATALOGUE if error.evidence == "unrecorded"]
    documented = [error.code for error in CATALOGUE if error.evidence == "documented"]

    assert {code: unrecorded.count(code) for code in sorted(unrecorded)} == UNRECORDED
    assert sorted(documented) == [21421, 21422]


@pytest.mark.parametrize("error", CATALOGUE, ids=lambda error: f"{error.code} {error.message[:40]}")
def test_every_error_has_a_status_that_its_code_suggests_and_a_source(error: Error) -> None:
    statuses = {20003: 401, 20004: 405, 20008: 403, 20404: 404, 20413: 413, 21611: 429}

    assert error.status == statuses.get(error.code, 400)
    assert error.source
    assert error.evidence in ("recorded", "documented", "unrecorded")
    assert (error.detail == _INCORRECT) == (error.code == 20003)


def test_an_error_fills_in_its_text_once() -> None:
    error = TwilioError(errors.MESSAGE_TO_INVALID, to="{from_} %s")

    assert error.message == "The 'To' number {from_} %s is not a valid phone number."
    assert str(error) == "21211: The 'To' number {from_} %s is not a valid phone number."
    assert error.error is errors.MESSAGE_TO_INVALID
