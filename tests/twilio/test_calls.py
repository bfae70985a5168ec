import re
from itertools import combinations

import pytest

from twilio_test_proxy.twilio import api

from . import openapi
from .asking import (
    ACCOUNT_SID,
    CALL,
    FORMATS,
    GOOD_FROM,
    REGULAR,
    Parameters,
    code_of,
    created,
    created_xml,
    error_body,
    post,
    request,
)

URL = "http://demo.twilio.com/docs/voice.xml"
APPLICATION_SID = "AP" + "6" * 32
SUBRESOURCES = {
    "notifications": "Notifications",
    "recordings": "Recordings",
    "payments": "Payments",
    "events": "Events",
    "siprec": "Siprec",
    "streams": "Streams",
    "transcriptions": "Transcriptions",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    "user_defined_messages": "UserDefinedMessages",
}


@pytest.mark.parametrize("extension", FORMATS)
def test_example_1_successfully_enqueue_an_outgoing_call(extension: str) -> None:
    answer = post("Calls", {"From": "+15005550006", "To": "+14108675309", "Url": URL}, extension)

    if extension == ".json":
        fields = created(answer)
        assert (fields["status"], fields["to"], fields["from"]) == ("queued", "+14108675309", "+15005550006")
        return
    call = created_xml(answer)
    assert call.tag == "Call"
    assert (call.findtext("Status"), call.findtext("To")) == ("queued", "+14108675309")


@pytest.mark.parametrize("extension", FORMATS)
def test_example_2_attempt_to_call_a_country_without_permissions_turned_on(extension: str) -> None:
    answer = post("Calls", {"From": "+15005550006", "To": "+15005550003", "Url": URL}, extension)

    text = (
        "Account not authorized to call +15005550003. Perhaps you need to enable some international permissions: "
        "https://www.twilio.com/console/voice/calls/geo-permissions/low-risk"
    )
    assert answer.response.body == error_body(extension, 400, 21215, text)


def test_json_of_a_call() -> None:
    """In the order of Twilio's example output of 2012, with what the OpenAPI description has since added."""
    fields = created(post("Calls", CALL))
    date, sid, number_sid = fields["date_created"], fields["sid"], fields["phone_number_sid"]
    uri = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Calls/{sid}"

    assert list(fields.items()) == [
        ("sid", sid),
        ("date_created", date),
        ("date_updated", date),
        ("parent_call_sid", None),
        ("account_sid", ACCOUNT_SID),
        ("to", REGULAR),
        ("to_formatted", "(410) 867-5309"),
        ("from", GOOD_FROM),
        ("from_formatted", "(500) 555-0006"),
        ("phone_number_sid", number_sid),
        ("status", "queued"),
        ("start_time", None),
        ("end_time", None),
        ("duration", None),
        ("price", None),
        ("price_unit", "USD"),
        ("direction", "outbound-api"),
        ("answered_by", None),
        ("api_version", "2010-04-01"),
        ("annotation", None),
        ("forwarded_from", None),
        ("group_sid", None),
        ("caller_name", None),
        ("queue_time", "0"),
        ("trunk_sid", None),
        ("uri", f"{uri}.json"),
        ("subresource_uris", {name: f"{uri}/{path}.json" for name, path in SUBRESOURCES.items()}),
    ]
    assert openapi.violations(openapi.CALL, fields) == []
    assert re.fullmatch("CA[0-9a-f]{32}", sid)


@pytest.mark.parametrize("extension", ["", ".xml"])
def test_bytes_of_a_call_in_xml(extension: str) -> None:
    body = post("Calls", CALL, extension).response.body.decode()
    values = re.findall("<(Sid|DateCreated|PhoneNumberSid)>(.*?)</", body)
    sid, date, number_sid = (value for _, value in values)
    uri = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Calls/{sid}"

    assert body == (
        "<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><Call>"
        f"<Sid>{sid}</Sid><DateCreated>{date}</DateCreated><DateUpdated>{date}</DateUpdated><ParentCallSid/>"
        f"<AccountSid>{ACCOUNT_SID}</AccountSid><To>{REGULAR}</To><ToFormatted>(410) 867-5309</ToFormatted>"
        f"<From>{GOOD_FROM}</From><FromFormatted>(500) 555-0006</FromFormatted>"
        f"<PhoneNumberSid>{number_sid}</PhoneNumberSid><Status>queued</Status><StartTime/><EndTime/><Duration/><Price/>"
        "<PriceUnit>USD</PriceUnit><Direction>outbound-api</Direction><AnsweredBy/><ApiVersion>2010-04-01</ApiVersion>"
        "<Annotation/><ForwardedFrom/><GroupSid/><CallerName/><QueueTime>0</QueueTime><TrunkSid/>"
        f"<Uri>{uri}</Uri><SubresourceUris>"
        + "".join(f"<{path}>{uri}/{path}</{path}>" for path in SUBRESOURCES.values())
        + "</SubresourceUris></Call></TwilioResponse>"
    )


@pytest.mark.parametrize(
    ("to", "shown", "formatted"),
    [
        ("410-867-5309", "+14108675309", "(410) 867-5309"),
        ("+44 20 7946 0958", "+442079460958", "+442079460958"),
        ("client:alice", "client:alice", "client:alice"),
        ("client:4108675309", "client:4108675309", "client:4108675309"),
        ("sip:alice@example.com", "sip:alice@example.com", "sip:alice@example.com"),
        ("SIPS:a@example.com;x=1?h=2", "SIPS:a@example.com;x=1?h=2", "SIPS:a@example.com;x=1?h=2"),
        ("sim:DE" + "1" * 32, "sim:DE" + "1" * 32, "sim:DE" + "1" * 32),
    ],
)
def test_recipient(to: str, shown: str, formatted: str) -> None:
    fields = created(post("Calls", {**CALL, "To": to}))

    assert (fields["to"], fields["to_formatted"]) == (shown, formatted)


@pytest.mark.parametrize(
    "to",
    ["111", "+123", "client:", "sip:alice", "sip:@example.com", "sip:a b@example.com", "sim:DE1", "alice", "x" * 300],
)
def test_invalid_recipient(to: str) -> None:
    answer = post("Calls", {**CALL, "To": to})

    text = f"The phone number you are attempting to call, {to}, is not valid."
    assert answer.response.body == error_body(".json", 400, 21217, text)


@pytest.mark.parametrize("to", ["+15005550004", "5005550004", "+5005550004", "(500) 555-0004"])
def test_a_blacklisted_recipient_is_quoted_in_e164(to: str) -> None:
    answer = post("Calls", {**CALL, "To": to})

    assert answer.response.body == error_body(".json", 400, 21216, "Account not allowed to call +15005550004")


@pytest.mark.parametrize("number", ["5005550006", "+1 (500) 555-0006", "+5005550006"])
def test_the_caller_is_echoed_as_sent_and_formatted(number: str) -> None:
    fields = created(post("Calls", {**CALL, "From": number}))

    assert (fields["from"], fields["from_formatted"]) == (number, "(500) 555-0006")


@pytest.mark.parametrize(
    "instructions",
    [
        {"Url": URL},
        {"Twiml": "<Response><Say>Hi</Say></Response>"},
        {"ApplicationSid": APPLICATION_SID},
        {"Url": URL, "Twiml": "<Response/>"},
        {"Url": "", "Twiml": "<Response/>"},
    ],
    ids=lambda instructions: " and ".join(instructions),
)
def test_instructions(instructions: Parameters) -> None:
    assert code_of(post("Calls", {"From": GOOD_FROM, "To": REGULAR, **instructions})) == 0


REQUIRED = "Url parameter is required. For more information, see http://www.twilio.com/docs/api/twiml"
STATUS_CALLBACK = "The 'StatusCallback' URL {} is not a valid URL."
BAD: list[tuple[str, str, int, str]] = [
    ("Url", "", 21205, REQUIRED),
    ("Url", "voice.xml", 21205, "Url is not a valid URL: {}"),
    ("Url", "529732 is your verification code.", 21205, "Url is not a valid URL: {}"),
    ("Url", "ftp://example.com/", 21205, "Url is not a valid URL: {}"),
    ("Url", "http://under_score.example.com/", 21205, "Url is not a valid URL: {}"),
    ("Url", "http://localhost/voice", 21205, "Url is not a valid url: {}"),
    ("Url", "https://LOCALHOST:8080", 21205, "Url is not a valid url: {}"),
    ("ApplicationSid", "AP1", 21218, "ApplicationSid is not valid: {}"),
    ("Method", "PUT", 21209, "Method is not a valid method: {}"),
    ("FallbackUrl", "fallback", 21205, "FallbackUrl is not a valid URL: {}"),
    ("FallbackMethod", "PUT", 21209, "FallbackMethod is not a valid method: {}"),
    ("StatusCallback", "http://localhost/", 21609, STATUS_CALLBACK),
    ("StatusCallback", "callback", 21609, STATUS_CALLBACK),
    ("StatusCallbackMethod", "HEAD", 21209, "StatusCallbackMethod is not a valid method: {}"),
    ("SendDigits", "12E", 21206, "SendDigits is not valid: {}"),
    ("Timeout", "0", 21208, "Timeout is not a valid integer: {}"),
    ("Timeout", "soon", 21208, "Timeout is not a valid integer: {}"),
    ("Timeout", "-1", 21208, "Timeout is not a valid integer: {}"),
]


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize(("name", "value", "code", "text"), BAD, ids=[f"{row[0]} {row[1]}" for row in BAD])
def test_bad_parameter(extension: str, name: str, value: str, code: int, text: str) -> None:
    answer = post("Calls", {**CALL, name: value}, extension)

    assert answer.response.body == error_body(extension, 400, code, text.format(value))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Method", "get"),
        ("FallbackUrl", "https://example.com/fallback"),
        ("FallbackMethod", "GET"),
        ("StatusCallback", "https://example.com/callback"),
        ("StatusCallbackMethod", "post"),
        ("SendDigits", "wW12#"),
        ("Timeout", "60"),
        ("Timeout", ""),
        ("ApplicationSid", APPLICATION_SID),
        ("Record", "true"),
    ],
)
def test_good_parameter(name: str, value: str) -> None:
    assert code_of(post("Calls", {**CALL, name: value})) == 0


@pytest.mark.parametrize("name", ["Method", "FallbackUrl", "FallbackMethod", "StatusCallback", "StatusCallbackMethod"])
def test_the_settings_of_an_application_replace_those_of_the_request(name: str) -> None:
    assert code_of(post("Calls", {**CALL, "ApplicationSid": APPLICATION_SID, name: "nonsense"})) == 0


def test_repeated_parameters() -> None:
    events: Parameters = {"StatusCallbackEvent": ["initiated", "answered"], "Url": [URL, "bad"], "To": [REGULAR, "1"]}

    assert created(post("Calls", {**CALL, **events}))["to"] == REGULAR


# What is wrong with the parameters, check by check in Twilio's order.
Wrong = tuple[str, Parameters, int]
CHECKS: list[list[Wrong]] = [
    [("To missing", {"To": ""}, 21201)],
    [("From missing", {"From": ""}, 21213)],
    [("To invalid", {"To": "123"}, 21217), ("To magic", {"To": "+15005550003"}, 21215)],
    [("From invalid", {"From": "+15005550001"}, 21212), ("From not verified", {"From": "1111111"}, 21210)],
    [("Url missing", {"Url": ""}, 21205), ("Url invalid", {"Url": "voice"}, 21205)],
    [("Method", {"Method": "PUT"}, 21209)],
    [("StatusCallback", {"StatusCallback": "callback"}, 21609)],
    [("Timeout", {"Timeout": "soon"}, 21208)],
]
BEFORE = [
    (first, second)
    for earlier, later in combinations(CHECKS, 2)
    for first in earlier
    for second in later
    if first[1].keys() != second[1].keys()
]


@pytest.mark.parametrize(("first", "second"), BEFORE, ids=lambda wrong: wrong[0])
def test_order_of_checks(first: Wrong, second: Wrong) -> None:
    assert code_of(post("Calls", {**CALL, **second[1]})) == second[2]
    assert code_of(post("Calls", {**CALL, **second[1], **first[1]})) == first[2]


def test_a_request_that_lost_its_parameters() -> None:
    assert code_of(api.answer(request("Calls", body=b""))) == 21201
