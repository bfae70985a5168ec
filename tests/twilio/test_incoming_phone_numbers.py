import re
from itertools import pairwise

import pytest

from . import openapi
from .asking import ACCOUNT_SID, FORMATS, NUMBER, Parameters, code_of, created, created_xml, error_body, post

RESOURCE = "IncomingPhoneNumbers"


def sid(prefix: str) -> str:
    return prefix + "7" * 32


@pytest.mark.parametrize("extension", FORMATS)
def test_example_1_successfully_provision_a_number(extension: str) -> None:
    url = "https://example.com/voice?a=1&b=2"
    answer = post(RESOURCE, {"PhoneNumber": "+15005550006", "VoiceUrl": url, "StatusCallback": url}, extension)

    if extension == ".json":
        fields = created(answer)
        assert [fields[name] for name in ("phone_number", "voice_url", "status_callback")] == ["+15005550006", url, url]
        return
    number = created_xml(answer)
    assert number.tag == "IncomingPhoneNumber"
    assert [number.findtext(name) for name in ("PhoneNumber", "VoiceUrl", "StatusCallback")] == [
        "+15005550006",
        url,
        url,
    ]


@pytest.mark.parametrize("extension", FORMATS)
def test_example_2_attempt_to_purchase_an_unavailable_number(extension: str) -> None:
    answer = post(RESOURCE, {"PhoneNumber": "+15005550000"}, extension)

    assert answer.response.body == error_body(extension, 400, 21422, "+15005550000 is not available")


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("number", ["33", "+15005550001", "3", "tooshort", "waytoolongtobeanumber", "+1" + "5" * 40])
def test_example_3_attempt_to_buy_an_invalid_number(number: str, extension: str) -> None:
    answer = post(RESOURCE, {"PhoneNumber": number}, extension)

    assert answer.response.body == error_body(extension, 400, 21421, f"{number} is not a valid number")


def test_json_of_a_number() -> None:
    """In the order of Twilio's example output of 2012; what the OpenAPI description has since added precedes uri."""
    fields = created(post(RESOURCE, NUMBER))
    date, number_sid = fields["date_created"], fields["sid"]

    assert list(fields.items()) == [
        ("sid", number_sid),
        ("account_sid", ACCOUNT_SID),
        ("friendly_name", "(500) 555-0006"),
        ("phone_number", "+15005550006"),
        ("voice_url", ""),
        ("voice_method", "POST"),
        ("voice_fallback_url", ""),
        ("voice_fallback_method", "POST"),
        ("voice_caller_id_lookup", False),
        ("date_created", date),
        ("date_updated", date),
        ("sms_url", ""),
        ("sms_method", "POST"),
        ("sms_fallback_url", ""),
        ("sms_fallback_method", "POST"),
        ("capabilities", {"voice": False, "sms": False, "mms": False, "fax": False}),
        ("status_callback", ""),
        ("status_callback_method", "POST"),
        ("api_version", "2010-04-01"),
        ("voice_application_sid", None),
        ("sms_application_sid", None),
        ("address_requirements", "none"),
        ("address_sid", None),
        ("beta", False),
        ("bundle_sid", None),
        ("emergency_status", "Inactive"),
        ("emergency_address_sid", None),
        ("emergency_address_status", "unregistered"),
        ("identity_sid", None),
        ("origin", "twilio"),
        ("status", "in-use"),
        ("trunk_sid", None),
        ("type", "local"),
        ("voice_receive_mode", "voice"),
        ("uri", f"/2010-04-01/Accounts/{ACCOUNT_SID}/IncomingPhoneNumbers/{number_sid}.json"),
    ]
    assert openapi.violations(openapi.INCOMING_PHONE_NUMBER, fields) == []
    assert re.fullmatch("PN[0-9a-f]{32}", number_sid)


@pytest.mark.parametrize("extension", ["", ".xml"])
def test_bytes_of_a_number_in_xml(extension: str) -> None:
    body = post(RESOURCE, NUMBER, extension).response.body.decode()
    number_sid, date = re.findall("<Sid>(.*?)</Sid>.*<DateCreated>(.*?)</DateCreated>", body)[0]

    assert body == (
        "<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse><IncomingPhoneNumber>"
        f"<Sid>{number_sid}</Sid><AccountSid>{ACCOUNT_SID}</AccountSid><FriendlyName>(500) 555-0006</FriendlyName>"
        "<PhoneNumber>+15005550006</PhoneNumber><VoiceUrl/><VoiceMethod>POST</VoiceMethod><VoiceFallbackUrl/>"
        "<VoiceFallbackMethod>POST</VoiceFallbackMethod><VoiceCallerIdLookup>false</VoiceCallerIdLookup>"
        f"<DateCreated>{date}</DateCreated><DateUpdated>{date}</DateUpdated><SmsUrl/><SmsMethod>POST</SmsMethod>"
        "<SmsFallbackUrl/><SmsFallbackMethod>POST</SmsFallbackMethod>"
        "<Capabilities><Voice>false</Voice><SMS>false</SMS><MMS>false</MMS><Fax>false</Fax></Capabilities>"
        "<StatusCallback/><StatusCallbackMethod>POST</StatusCallbackMethod><ApiVersion>2010-04-01</ApiVersion>"
        "<VoiceApplicationSid/><SmsApplicationSid/><AddressRequirements>none</AddressRequirements><AddressSid/>"
        "<Beta>false</Beta><BundleSid/><EmergencyStatus>Inactive</EmergencyStatus><EmergencyAddressSid/>"
        "<EmergencyAddressStatus>unregistered</EmergencyAddressStatus><IdentitySid/><Origin>twilio</Origin>"
        "<Status>in-use</Status><TrunkSid/><Type>local</Type><VoiceReceiveMode>voice</VoiceReceiveMode>"
        f"<Uri>/2010-04-01/Accounts/{ACCOUNT_SID}/IncomingPhoneNumbers/{number_sid}</Uri>"
        "</IncomingPhoneNumber></TwilioResponse>"
    )


# Every parameter of the operation that the resource shows: name, value sent, field, value shown.
SHOWN: list[tuple[str, str, str, str | bool]] = [
    ("ApiVersion", "2008-08-01", "api_version", "2008-08-01"),
    ("FriendlyName", "Müller & <Söhne>", "friendly_name", "Müller & <Söhne>"),
    ("SmsApplicationSid", sid("AP"), "sms_application_sid", sid("AP")),
    ("SmsFallbackMethod", "get", "sms_fallback_method", "GET"),
    ("SmsFallbackUrl", "http://example.com/a", "sms_fallback_url", "http://example.com/a"),
    ("SmsMethod", "get", "sms_method", "GET"),
    ("SmsUrl", "http://example.com/b", "sms_url", "http://example.com/b"),
    ("StatusCallback", "http://example.com/c", "status_callback", "http://example.com/c"),
    ("StatusCallbackMethod", "get", "status_callback_method", "GET"),
    ("VoiceApplicationSid", sid("AP"), "voice_application_sid", sid("AP")),
    ("VoiceCallerIdLookup", "true", "voice_caller_id_lookup", True),
    ("VoiceCallerIdLookup", "True", "voice_caller_id_lookup", True),
    ("VoiceCallerIdLookup", "false", "voice_caller_id_lookup", False),
    ("VoiceFallbackMethod", "get", "voice_fallback_method", "GET"),
    ("VoiceFallbackUrl", "http://example.com/d", "voice_fallback_url", "http://example.com/d"),
    ("VoiceMethod", "Get", "voice_method", "GET"),
    ("VoiceUrl", "http://example.com/e", "voice_url", "http://example.com/e"),
    ("EmergencyStatus", "Active", "emergency_status", "Active"),
    ("EmergencyAddressSid", sid("AD"), "emergency_address_sid", sid("AD")),
    ("TrunkSid", sid("TK"), "trunk_sid", sid("TK")),
    ("IdentitySid", sid("RI"), "identity_sid", sid("RI")),
    ("AddressSid", sid("AD"), "address_sid", sid("AD")),
    ("VoiceReceiveMode", "fax", "voice_receive_mode", "fax"),
    ("BundleSid", sid("BU"), "bundle_sid", sid("BU")),
]


@pytest.mark.parametrize(("name", "sent", "field", "shown"), SHOWN, ids=[f"{row[0]} {row[1]}" for row in SHOWN])
def test_a_parameter_sent_comes_back(name: str, sent: str, field: str, shown: str | bool) -> None:
    fields = created(post(RESOURCE, {**NUMBER, name: sent}))
    element = created_xml(post(RESOURCE, {**NUMBER, name: sent}, ""))

    assert fields[field] == shown
    assert openapi.violations(openapi.INCOMING_PHONE_NUMBER, fields) == []
    assert element.findtext(name) == (str(shown).lower() if isinstance(shown, bool) else shown)


def test_an_empty_parameter_leaves_its_default() -> None:
    default = created(post(RESOURCE, NUMBER))
    empty = created(post(RESOURCE, {**NUMBER, **{row[0]: "" for row in SHOWN}}))

    fresh = ("sid", "uri", "date_created", "date_updated")
    assert {name: value for name, value in empty.items() if name not in fresh} == {
        name: value for name, value in default.items() if name not in fresh
    }


@pytest.mark.parametrize("number", ["5005550006", "15005550006", "+1 (500) 555-0006", "500-JJJ-000M", "+5005550006"])
def test_the_available_number_in_every_form(number: str) -> None:
    fields = created(post(RESOURCE, {"PhoneNumber": number}))

    assert (fields["phone_number"], fields["friendly_name"]) == ("+15005550006", "(500) 555-0006")


@pytest.mark.parametrize("number", ["+14108675309", "4108675309", "1-800-FLOWERS", "+442079460958", "+15005550007"])
def test_any_other_valid_number_is_unavailable(number: str) -> None:
    answer = post(RESOURCE, {"PhoneNumber": number})

    assert answer.response.body == error_body(".json", 400, 21422, f"{number} is not available")


def test_a_number_in_the_area_code_that_has_one() -> None:
    fields = created(post(RESOURCE, {"AreaCode": "500"}))

    assert fields["phone_number"].startswith("+1500")
    assert openapi.violations(openapi.INCOMING_PHONE_NUMBER, fields) == []


@pytest.mark.parametrize("area_code", ["533", "410", "5", "5000", "abc", "000"])
def test_no_number_in_any_other_area_code(area_code: str) -> None:
    answer = post(RESOURCE, {"AreaCode": area_code})

    assert answer.response.body == error_body(".json", 400, 21452, "No phone numbers found")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, 21421),
        ({"PhoneNumber": "", "AreaCode": ""}, 21421),
        ({"PhoneNumber": "+15005550006", "AreaCode": "533"}, 0),
        ({"PhoneNumber": "+15005550000", "AreaCode": "500"}, 21422),
        ({"PhoneNumber": "", "AreaCode": "500"}, 0),
    ],
    ids=["neither", "both empty", "both", "both, the other way round", "an empty PhoneNumber"],
)
def test_phone_number_and_area_code(parameters: Parameters, code: int) -> None:
    assert code_of(post(RESOURCE, parameters)) == code


URL = ("not-a-url", 21402, "{} is not a valid URL: not-a-url")
METHOD = ("PUT", 21403, "{} is not a valid method: PUT")
STATUS_CALLBACK = ("not-a-url", 21609, "The '{}' URL not-a-url is not a valid URL.")
CHECKS: dict[str, tuple[str, int, str]] = {
    "PhoneNumber": ("33", 21421, "33 is not a valid number"),
    "VoiceUrl": URL,
    "VoiceMethod": METHOD,
    "VoiceFallbackUrl": URL,
    "VoiceFallbackMethod": METHOD,
    "SmsUrl": URL,
    "SmsMethod": METHOD,
    "SmsFallbackUrl": URL,
    "SmsFallbackMethod": METHOD,
    "StatusCallback": STATUS_CALLBACK,
    "StatusCallbackMethod": METHOD,
}


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("name", CHECKS)
def test_bad_parameter(name: str, extension: str) -> None:
    value, code, text = CHECKS[name]
    answer = post(RESOURCE, {**NUMBER, name: value}, extension)

    assert answer.response.body == error_body(extension, 400, code, text.format(name))


@pytest.mark.parametrize(("first", "second"), list(pairwise(CHECKS)))
def test_order_of_checks(first: str, second: str) -> None:
    answer = post(RESOURCE, {**NUMBER, second: CHECKS[second][0], first: CHECKS[first][0]})

    _, code, text = CHECKS[first]
    assert answer.response.body == error_body(".json", 400, code, text.format(first))
