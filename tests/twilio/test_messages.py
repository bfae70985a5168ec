import json
import re
from itertools import combinations

import pytest

from twilio_test_proxy.twilio import api

from . import openapi
from .asking import (
    ACCOUNT_SID,
    FORMATS,
    GOOD_FROM,
    MESSAGE,
    MESSAGING_SERVICE_SID,
    REGULAR,
    Parameters,
    code_of,
    created,
    created_xml,
    error_body,
    post,
    request,
)

MEDIA = "https://example.com/cat.png"
BOTH = pytest.mark.parametrize("resource", ["SMS/Messages", "Messages"])


@BOTH
@pytest.mark.parametrize("extension", FORMATS)
def test_example_1_successfully_send_an_sms(resource: str, extension: str) -> None:
    parameters = {"From": "+15005550006", "To": "+14108675309", "Body": "All in the game, yo"}
    answer = post(resource, parameters, extension)

    if extension == ".json":
        fields = created(answer)
        assert (fields["to"], fields["from"], fields["body"]) == tuple(
            parameters[key] for key in ("To", "From", "Body")
        )
        return
    message = created_xml(answer)
    assert message.tag == ("SMSMessage" if resource == "SMS/Messages" else "Message")
    assert (message.findtext("To"), message.findtext("Body")) == (parameters["To"], parameters["Body"])


@BOTH
@pytest.mark.parametrize("extension", FORMATS)
def test_example_2_attempt_to_send_a_message_to_a_non_mobile_number(resource: str, extension: str) -> None:
    answer = post(resource, {"From": "+15005550006", "To": "+15005550009", "Body": "Hey"}, extension)

    assert answer.response.body == error_body(extension, 400, 21614, "To number: +15005550009, is not a mobile number")


@BOTH
@pytest.mark.parametrize("extension", FORMATS)
def test_example_3_attempt_to_send_a_message_with_an_empty_sms_body(resource: str, extension: str) -> None:
    answer = post(resource, {"From": "+15005550006", "To": "+14108675309", "Body": ""}, extension)

    assert answer.response.body == error_body(extension, 400, 21602, "Message body is required.")


def test_json_of_a_message() -> None:
    """In the order of the captures with test credentials of 2016 to 2020."""
    fields = created(post("Messages", MESSAGE))
    date, sid = fields["date_created"], fields["sid"]
    uri = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{sid}"

    assert list(fields.items()) == [
        ("sid", sid),
        ("date_created", date),
        ("date_updated", date),
        ("date_sent", None),
        ("account_sid", ACCOUNT_SID),
        ("to", REGULAR),
        ("from", GOOD_FROM),
        ("messaging_service_sid", None),
        ("body", "Hi"),
        ("status", "queued"),
        ("num_segments", "1"),
        ("num_media", "0"),
        ("direction", "outbound-api"),
        ("api_version", "2010-04-01"),
        ("price", None),
        ("price_unit", "USD"),
        ("error_code", None),
        ("error_message", None),
        ("uri", f"{uri}.json"),
        ("subresource_uris", {"media": f"{uri}/Media.json"}),
    ]
    assert openapi.violations(openapi.MESSAGE, fields) == []
    assert re.fullmatch("SM[0-9a-f]{32}", sid)


def test_json_of_a_legacy_message() -> None:
    """In the order of the capture of 2017: price_unit after price, num_segments after uri."""
    fields = created(post("SMS/Messages", MESSAGE))
    date, sid = fields["date_created"], fields["sid"]

    assert list(fields.items()) == [
        ("sid", sid),
        ("date_created", date),
        ("date_updated", date),
        ("date_sent", None),
        ("account_sid", ACCOUNT_SID),
        ("to", REGULAR),
        ("from", GOOD_FROM),
        ("body", "Hi"),
        ("status", "queued"),
        ("direction", "outbound-api"),
        ("api_version", "2010-04-01"),
        ("price", None),
        ("price_unit", "USD"),
        ("uri", f"/2010-04-01/Accounts/{ACCOUNT_SID}/SMS/Messages/{sid}.json"),
        ("num_segments", "1"),
    ]
    assert re.fullmatch("SM[0-9a-f]{32}", sid)
    assert re.fullmatch(openapi.DATE.pattern, date)


def test_bytes_of_a_message() -> None:
    """Separators, bare slashes and escapes as captured; no newline at the end."""
    body = post("Messages", {**MESSAGE, "Body": "a/b \u00e9"}).response.body

    assert body.startswith(b'{"sid": "SM')
    assert b'"body": "a/b \\u00e9", "status": "queued", "num_segments": "1"' in body
    assert body.endswith(b'/Media.json"}}')


@pytest.mark.parametrize("extension", ["", ".xml"])
def test_bytes_of_a_message_in_xml(extension: str) -> None:
    body = post("Messages", {**MESSAGE, "Body": "<&>"}, extension).response.body.decode()
    sid, date = re.findall("<Sid>(.*?)</Sid>.*<DateCreated>(.*?)</DateCreated>", body)[0]
    uri = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{sid}"

    assert body == (
        "<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><Message>"
        f"<Sid>{sid}</Sid><DateCreated>{date}</DateCreated><DateUpdated>{date}</DateUpdated><DateSent/>"
        f"<AccountSid>{ACCOUNT_SID}</AccountSid><To>{REGULAR}</To><From>{GOOD_FROM}</From><MessagingServiceSid/>"
        "<Body>&lt;&amp;&gt;</Body><Status>queued</Status><NumSegments>1</NumSegments><NumMedia>0</NumMedia>"
        "<Direction>outbound-api</Direction><ApiVersion>2010-04-01</ApiVersion><Price/><PriceUnit>USD</PriceUnit>"
        f"<ErrorCode/><ErrorMessage/><Uri>{uri}</Uri><SubresourceUris><Media>{uri}/Media</Media></SubresourceUris>"
        "</Message></TwilioResponse>"
    )


def test_bytes_of_a_legacy_message_in_xml() -> None:
    body = post("SMS/Messages", MESSAGE, "").response.body.decode()
    sid, date = re.findall("<Sid>(.*?)</Sid>.*<DateCreated>(.*?)</DateCreated>", body)[0]

    assert body == (
        "<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><SMSMessage>"
        f"<Sid>{sid}</Sid><DateCreated>{date}</DateCreated><DateUpdated>{date}</DateUpdated><DateSent/>"
        f"<AccountSid>{ACCOUNT_SID}</AccountSid><To>{REGULAR}</To><From>{GOOD_FROM}</From><Body>Hi</Body>"
        "<Status>queued</Status><Direction>outbound-api</Direction><ApiVersion>2010-04-01</ApiVersion><Price/>"
        f"<PriceUnit>USD</PriceUnit><Uri>/2010-04-01/Accounts/{ACCOUNT_SID}/SMS/Messages/{sid}</Uri>"
        "<NumSegments>1</NumSegments></SMSMessage></TwilioResponse>"
    )


@pytest.mark.parametrize(("media", "count"), [(MEDIA, "1"), ([MEDIA, MEDIA], "2"), ([MEDIA] * 10, "10")])
@pytest.mark.parametrize("body", ["", "Look"])
def test_media_with_or_without_a_body(media: str | list[str], count: str, body: str) -> None:
    fields = created(post("Messages", {**MESSAGE, "Body": body, "MediaUrl": media}))

    assert re.fullmatch("MM[0-9a-f]{32}", fields["sid"])
    assert (fields["num_media"], fields["body"], fields["num_segments"]) == (count, body, "1")
    assert fields["subresource_uris"]["media"].endswith(f"/Messages/{fields['sid']}/Media.json")
    assert openapi.violations(openapi.MESSAGE, fields) == []


@pytest.mark.parametrize(
    ("media", "code", "text"),
    [
        ([MEDIA] * 11, 21623, "Number of media files exceeds allowed limit"),
        ("cat.png", 21620, "Invalid media URL(s): cat.png"),
        ([MEDIA, "http://localhost/cat.png"], 21620, "Invalid media URL(s): http://localhost/cat.png"),
    ],
)
def test_bad_media(media: str | list[str], code: int, text: str) -> None:
    answer = post("Messages", {**MESSAGE, "MediaUrl": media})

    assert answer.response.body == error_body(".json", 400, code, text)


def test_the_legacy_resource_knows_no_media() -> None:
    assert code_of(post("SMS/Messages", {**MESSAGE, "Body": "", "MediaUrl": MEDIA})) == 21602


def test_a_messaging_service_in_place_of_from() -> None:
    fields = created(post("Messages", {"To": REGULAR, "Body": "Hi", "MessagingServiceSid": MESSAGING_SERVICE_SID}))

    assert (fields["from"], fields["messaging_service_sid"]) == (None, MESSAGING_SERVICE_SID)
    assert openapi.violations(openapi.MESSAGE, fields) == []


@pytest.mark.parametrize(
    ("resource", "parameters", "code"),
    [
        ("Messages", {"From": ""}, 0),
        ("Messages", {"From": GOOD_FROM}, 0),
        ("Messages", {"From": "+15005550007"}, 21606),
        ("Messages", {"MessagingServiceSid": "MG1"}, 21701),
        ("Messages", {"To": "123"}, 21211),
        ("Messages", {"Body": ""}, 21619),
        ("Messages", {"Body": "", "ContentSid": "HX" + "1" * 32}, 0),
        ("SMS/Messages", {"From": ""}, 21603),
    ],
    ids=lambda value: str(value),
)
def test_parameters_beside_a_messaging_service(resource: str, parameters: Parameters, code: int) -> None:
    answer = post(resource, {**MESSAGE, "MessagingServiceSid": MESSAGING_SERVICE_SID, **parameters})

    assert code_of(answer) == code


def test_a_messaging_service_without_any_content() -> None:
    answer = post("Messages", {"To": REGULAR, "MessagingServiceSid": MESSAGING_SERVICE_SID})

    text = "A Message Body, Media URL or Content SID is required"
    assert answer.response.body == error_body(".json", 400, 21619, text)


@pytest.mark.parametrize(
    ("resource", "length", "code"),
    [("SMS/Messages", 160, 0), ("SMS/Messages", 161, 21605), ("Messages", 1600, 0), ("Messages", 1601, 21617)],
)
@pytest.mark.parametrize("character", ["a", "\u00e9", "\u044f", "\n"], ids=ascii)
def test_body_limit(resource: str, length: int, code: int, character: str) -> None:
    assert code_of(post(resource, {**MESSAGE, "Body": character * length})) == code


# What is wrong with the parameters, check by check in Twilio's order.
Wrong = tuple[str, Parameters, int]
CHECKS: list[list[Wrong]] = [
    [("To missing", {"To": ""}, 21604)],
    [("From missing", {"From": ""}, 21603)],
    [
        ("To invalid", {"To": "123"}, 21211),
        ("To magic", {"To": "+15005550004"}, 21610),
        ("To incapable", {"To": "+15005550009"}, 21614),
    ],
    [
        ("From invalid", {"From": "+15005550001"}, 21212),
        ("From not owned", {"From": "1111111"}, 21606),
        ("From with a full queue", {"From": "+15005550008"}, 21611),
    ],
    [("Body missing", {"Body": ""}, 21602)],
    [("StatusCallback", {"StatusCallback": "callback"}, 21609)],
]
BEFORE = [
    (first, second)
    for earlier, later in combinations(CHECKS, 2)
    for first in earlier
    for second in later
    if first[1].keys() != second[1].keys()
]


@BOTH
@pytest.mark.parametrize(("first", "second"), BEFORE, ids=lambda wrong: wrong[0])
def test_order_of_checks(resource: str, first: Wrong, second: Wrong) -> None:
    assert code_of(post(resource, {**MESSAGE, **second[1]})) == second[2]
    assert code_of(post(resource, {**MESSAGE, **second[1], **first[1]})) == first[2]


def test_recorded_a_bad_recipient_wins_over_a_full_queue() -> None:
    answer = post("Messages", {"To": "1111111", "From": "+15005550008", "Body": "Hi"})

    assert json.loads(answer.response.body)["message"] == "The 'To' number 1111111 is not a valid phone number."


@BOTH
def test_a_request_that_lost_its_parameters(resource: str) -> None:
    assert code_of(api.answer(request(resource, body=b""))) == 21604


@BOTH
@pytest.mark.parametrize("url", ["callback", "http://localhost/", "http://under_score.example.com/"])
def test_bad_status_callback(resource: str, url: str) -> None:
    answer = post(resource, {**MESSAGE, "StatusCallback": url})

    text = f"The 'StatusCallback' URL {url} is not a valid URL."
    assert answer.response.body == error_body(".json", 400, 21609, text)


@BOTH
def test_repeated_parameters_count_once(resource: str) -> None:
    fields = created(post(resource, {"To": [REGULAR, "123"], "From": [GOOD_FROM, "1"], "Body": ["Hi", "Ho"]}))

    assert (fields["to"], fields["from"], fields["body"]) == (REGULAR, GOOD_FROM, "Hi")
