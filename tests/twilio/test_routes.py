import pytest

from twilio_test_proxy.twilio import api
from twilio_test_proxy.twilio.credentials import Caller, TestCredentials
from twilio_test_proxy.twilio.errors import TwilioError
from twilio_test_proxy.twilio.responses import Format
from twilio_test_proxy.twilio.routes import (
    Resource,
    check_account_sid,
    find_route,
    is_account_sid,
    is_api_host,
    is_twilio_host,
)

from .asking import ACCOUNT_SID, CREDENTIALS, MESSAGE, at, code_of, created, error_body, request

OWN = f"/2010-04-01/Accounts/{ACCOUNT_SID}"
HOST = "api.twilio.com"

API_HOSTS = [
    "api.twilio.com",
    "API.Twilio.COM",
    "api.twilio.com.",
    "api.ie1.twilio.com",
    "api.au1.twilio.com",
    "api.dublin.ie1.twilio.com",
    "api.ashburn.us1.twilio.com",
]
OTHER_TWILIO_HOSTS = [
    "twilio.com",
    "www.twilio.com",
    "lookups.twilio.com",
    "verify.twilio.com",
    "verify.dublin.ie1.twilio.com",
    "fax.twilio.com",
    "api.a.b.c.twilio.com",
    "api..twilio.com",
    "xapi.twilio.com",
    "api-twilio.twilio.com",
]
OTHER_HOSTS = [
    "example.com",
    "twilio.com.example.com",
    "nottwilio.com",
    "api.twilio.org",
    "api.twilio.com.evil.test",
    "twilio",
    "com",
    "",
    "203.0.113.7",
]


@pytest.mark.parametrize("host", API_HOSTS)
def test_edge_and_region_names_are_the_api(host: str) -> None:
    assert is_api_host(host)
    assert is_twilio_host(host)
    assert find_route(host, f"{OWN}/Calls.json").resource is Resource.CALLS


@pytest.mark.parametrize("host", OTHER_TWILIO_HOSTS)
def test_other_hosts_of_twilio_have_no_supported_resource(host: str) -> None:
    assert is_twilio_host(host)
    assert not is_api_host(host)
    assert find_route(host, f"{OWN}/Calls.json").resource is None


@pytest.mark.parametrize("host", OTHER_HOSTS)
def test_hosts_outside_twilio(host: str) -> None:
    assert not is_twilio_host(host)
    assert not is_api_host(host)


@pytest.mark.parametrize("host", API_HOSTS)
def test_a_message_is_sent_through_every_name_of_the_api(host: str) -> None:
    assert created(api.answer(request("Messages", MESSAGE, host=host)))["status"] == "queued"


@pytest.mark.parametrize("host", ["lookups.twilio.com", "verify.twilio.com", "www.twilio.com"])
@pytest.mark.parametrize("extension", [".json", "", ".xml"])
def test_other_hosts_are_forbidden_in_json_whatever_the_extension(host: str, extension: str) -> None:
    answer = api.answer(request("Messages", MESSAGE, extension, host=host))

    message = "Resource not accessible with Test Account Credentials"
    assert answer.response.body == error_body(".json", 403, 20008, message)


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        (f"{OWN}/IncomingPhoneNumbers.json", Resource.INCOMING_PHONE_NUMBERS),
        (f"{OWN}/SMS/Messages.json", Resource.SMS_MESSAGES),
        (f"{OWN}/Messages.json", Resource.MESSAGES),
        (f"{OWN}/Calls.json", Resource.CALLS),
        (f"{OWN}/Calls", Resource.CALLS),
        (f"{OWN}/Calls.xml", Resource.CALLS),
        (f"{OWN}/Calls.json?Page=2", Resource.CALLS),
        (f"{OWN}/Calls?a=/x.json", Resource.CALLS),
        (f"{OWN}/%43alls.json", Resource.CALLS),
        (f"{OWN}/Calls%2Ejson", Resource.CALLS),
        (f"/2010-04-01/Accounts/%41C{'1' * 32}/SMS/Messages.json", Resource.SMS_MESSAGES),
        (f"{OWN}/IncomingPhoneNumbers/Local.json", None),
        (f"{OWN}/IncomingPhoneNumbers/Mobile.json", None),
        (f"{OWN}/IncomingPhoneNumbers/TollFree.json", None),
        (f"{OWN}/Messages/SM{'1' * 32}.json", None),
        (f"{OWN}/Messages/SM{'1' * 32}/Media.json", None),
        (f"{OWN}/AvailablePhoneNumbers/US/Local.json", None),
        (f"{OWN}/SMS.json", None),
        (f"{OWN}/messages.json", None),
        (f"{OWN}/Messages/", None),
        (f"{OWN}.json", None),
        (f"{OWN}/", None),
        ("/2010-04-01/Accounts.json", None),
        (f"/2008-08-01/Accounts/{ACCOUNT_SID}/Calls.json", None),
        ("/", None),
        ("", None),
        ("*", None),
        ("%", None),
    ],
)
def test_resource(path: str, resource: Resource | None) -> None:
    assert find_route(HOST, path).resource is resource


@pytest.mark.parametrize(
    ("ending", "extension", "format_"),
    [
        ("Messages.json", ".json", Format.JSON),
        ("Messages.xml", ".xml", Format.XML),
        ("Messages", "", Format.XML),
        ("Messages?x=.json", "", Format.XML),
        ("Messages.csv", ".csv", Format.XML),
        ("Messages.html", ".html", Format.XML),
        ("Messages.", ".", Format.XML),
        ("Messages.xml.json", ".xml.json", Format.JSON),
        ("Messages/me@example.com.json", ".com.json", Format.JSON),
        ("Mess.ages/Calls", "", Format.XML),
    ],
)
def test_the_format_follows_the_extension_alone(ending: str, extension: str, format_: Format) -> None:
    route = find_route(HOST, f"{OWN}/{ending}")

    assert (route.extension, route.format_) == (extension, format_)


def test_a_route_keeps_the_decoded_path_without_its_query() -> None:
    route = find_route(HOST, f"{OWN}/%43alls.json?To=%2B1")

    assert route.path == f"{OWN}/Calls.json"
    assert route.account_sid == ACCOUNT_SID


@pytest.mark.parametrize("extension", [".csv", ".html", ".JSON", ".", ".xml.json", ".json.xml"])
def test_an_unknown_extension_is_not_found(extension: str) -> None:
    answer = api.answer(request("Messages", MESSAGE, extension))

    message = f"The requested resource {OWN}/Messages{extension} was not found"
    assert answer.response.status == 404
    last = ".json" if extension.endswith(".json") else ".xml"
    assert answer.response.body == error_body(last, 404, 20404, message)


MALFORMED_SIDS = [
    "",
    "invalid_sid",
    "AC",
    "AC" + "1" * 31,
    "AC" + "1" * 33,
    "AC" + "g" * 32,
    "ac" + "1" * 32,
    "SK" + "1" * 32,
    "AC" + "1" * 32 + "%0A",
    "AC" + "\u0661" * 32,
    " AC" + "1" * 32,
    "None",
    "{AccountSid}",
    "<AccountSid>",
]


@pytest.mark.parametrize("sid", MALFORMED_SIDS)
@pytest.mark.parametrize("extension", [".json", ".xml"])
def test_a_malformed_account_sid_is_not_found_whoever_asks(sid: str, extension: str) -> None:
    path = f"/2010-04-01/Accounts/{sid}/Messages{extension}"
    verdict = api.judge(at(path), TestCredentials(ACCOUNT_SID, CREDENTIALS.password))

    assert isinstance(verdict, api.Answer)
    message = f"The requested resource {path.replace('%0A', chr(10))} was not found"
    assert verdict.response.status == 404
    assert verdict.response.reason == "NOT FOUND"
    assert verdict.response.body == error_body(extension, 404, 20404, message)
    assert not is_account_sid(sid)


@pytest.mark.parametrize("path", ["/2010-04-01/Accounts.json", "/", f"{OWN}/Calls.json", f"{OWN}.json"])
def test_paths_whose_account_sid_is_right_or_absent(path: str) -> None:
    check_account_sid(HOST, find_route(HOST, path))


def test_other_hosts_have_no_account_sid_in_their_paths() -> None:
    path = "/2010-04-01/Accounts/invalid_sid/Messages.json"
    check_account_sid("verify.twilio.com", find_route("verify.twilio.com", path))

    with pytest.raises(TwilioError) as raised:
        check_account_sid(HOST, find_route(HOST, path))
    assert raised.value.error.code == 20404


@pytest.mark.parametrize(
    ("host", "path"),
    [(HOST, "/"), (HOST, "*"), (HOST, "/2010-04-01/Accounts.json"), ("verify.twilio.com", f"{OWN}/Calls.json")],
)
def test_test_credentials_may_ask_where_no_account_is_named(host: str, path: str) -> None:
    question = at(path, host=host)

    assert find_route(host, path).account_sid == ""
    assert api.judge(question, TestCredentials(ACCOUNT_SID, CREDENTIALS.password)) is Caller.TEST
    assert api.answer(question).response.status == 403


@pytest.mark.parametrize("sid", ["AC" + "0123456789abcdef" * 2, "AC" + "ABCDEF0123456789" * 2])
def test_an_account_sid_has_32_hexadecimal_digits_in_either_case(sid: str) -> None:
    assert is_account_sid(sid)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("resource", ["IncomingPhoneNumbers", "SMS/Messages", "Messages", "Calls"])
def test_other_methods_are_forbidden_on_the_supported_resources_too(resource: str, method: str) -> None:
    assert code_of(api.answer(request(resource, {}, method=method))) == 20008


@pytest.mark.parametrize(("length", "kept"), [(100, True), (1_000_000, False)])
def test_paths_longer_than_any_real_one_are_not_kept(length: int, kept: bool) -> None:
    path = f"{OWN}/{'x' * length}.json"
    first, second = find_route(HOST, path), find_route(HOST, path)
    assert first == second
    assert (first is second) is kept
