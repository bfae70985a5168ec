import pytest

from twilio_test_proxy.twilio import errors, parameters
from twilio_test_proxy.twilio.errors import TwilioError
from twilio_test_proxy.twilio.forms import Form
from twilio_test_proxy.twilio.parameters import Check, check_parameters

GOOD_URLS = [
    "http://example.com",
    "https://example.com/voice?a=b&c=d#e",
    "HTTPS://EXAMPLE.COM/",
    "http://user:secret@example.com/",
    "http://example.com:8080/",
    "http://demo.twilio.com/docs/voice.xml",
    "http://example.com./",
    "http://a-b.example.com/",
    "http://1.example.com/",
    "http://203.0.113.7/",
    "http://[2001:db8::1]:80/",
    "http://b\u00fccher.example/",
    "http://xn--bcher-kva.example/",
    "http://example.com/under_score",
    "http://example.com/" + "a" * 3981,
]
BAD_URLS = [
    "example.com",
    "/voice",
    "voice.xml",
    "http://",
    "http:///voice",
    "http:example.com",
    "ftp://example.com/",
    "javascript:alert(1)",
    "mailto:a@example.com",
    "http://localhost/",
    "https://localhost:3000/voice",
    "http://intranet/",
    "http://my_host.example.com/",
    "http://-a.example.com/",
    "http://a-.example.com/",
    "http://a..example.com/",
    "http://.example.com/",
    "http://example.123/",
    "http://999.999.999.999/",
    "http://example.com:port/",
    "http://example.com:99999/",
    "http://[::1/",
    "http://exa mple.com/",
    "http://example.com/a b",
    "http://example.com/\n",
    " http://example.com/",
    "http://" + "a" * 64 + ".example.com/",
    "http://example.com/" + "a" * 3982,
]


@pytest.mark.parametrize("url", GOOD_URLS, ids=lambda url: repr(url[:60]))
def test_url(url: str) -> None:
    assert parameters.is_url(url)


@pytest.mark.parametrize("url", BAD_URLS, ids=lambda url: repr(url[:60]))
def test_not_a_url(url: str) -> None:
    assert not parameters.is_url(url)


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("http://localhost/", True),
        ("https://LocalHost:3000/voice", True),
        ("http://localhost.example.com/", False),
        ("http://127.0.0.1/", False),
        ("localhost", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_localhost(url: str, named: bool) -> None:
    assert parameters.is_localhost(url) is named


@pytest.mark.parametrize("value", ["GET", "POST", "get", "Post"])
def test_method(value: str) -> None:
    assert parameters.is_method(value)


@pytest.mark.parametrize("value", ["PUT", "HEAD", "DELETE", " GET", "GETPOST", "GET,POST", "1"])
def test_not_a_method(value: str) -> None:
    assert not parameters.is_method(value)


@pytest.mark.parametrize("value", ["1", "60", "600", "007"])
def test_positive_integer(value: str) -> None:
    assert parameters.is_positive_integer(value)


@pytest.mark.parametrize("value", ["0", "00", "-1", "+1", "1.5", "1e3", "soon", " 1", "1 ", "\u00b2", "\u0661", "0x10"])
def test_not_a_positive_integer(value: str) -> None:
    assert not parameters.is_positive_integer(value)


@pytest.mark.parametrize("digits", ["0" * 32, "0123456789abcdef" * 2, "ABCDEF0123456789" * 2])
def test_sids(digits: str) -> None:
    assert parameters.is_application_sid("AP" + digits)
    assert parameters.is_messaging_service_sid("MG" + digits)


@pytest.mark.parametrize("digits", ["", "0" * 31, "0" * 33, "g" * 32, "0" * 32 + "\n", " " + "0" * 32])
def test_not_sids(digits: str) -> None:
    assert not parameters.is_application_sid("AP" + digits)
    assert not parameters.is_messaging_service_sid("MG" + digits)


def test_a_sid_of_another_kind() -> None:
    assert not parameters.is_application_sid("MG" + "0" * 32)
    assert not parameters.is_messaging_service_sid("AP" + "0" * 32)


@pytest.mark.parametrize("value", ["1234#", "wW*ABCD", "0" * 32])
def test_send_digits(value: str) -> None:
    assert parameters.is_send_digits(value)


@pytest.mark.parametrize("value", ["0" * 33, "1 2", "E", "a", "+1", "\u0661", "1\n"])
def test_not_send_digits(value: str) -> None:
    assert not parameters.is_send_digits(value)


CHECKS = (
    Check("Method", parameters.is_method, errors.CALL_METHOD_INVALID),
    Check("Timeout", parameters.is_positive_integer, errors.CALL_TIMEOUT_INVALID),
)


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        ([("Method", "PUT")], "21209: Method is not a valid method: PUT"),
        ([("Timeout", "x"), ("Method", "PUT")], "21209: Method is not a valid method: PUT"),
        ([("Timeout", "x"), ("Method", "GET")], "21208: Timeout is not a valid integer: x"),
        ([("Timeout", "{value}")], "21208: Timeout is not a valid integer: {value}"),
    ],
    ids=["one wrong", "the first check comes first", "only the second wrong", "braces"],
)
def test_checks(pairs: list[tuple[str, str]], text: str) -> None:
    with pytest.raises(TwilioError) as raised:
        check_parameters(Form(pairs), CHECKS)
    assert str(raised.value) == text


@pytest.mark.parametrize("pairs", [[], [("Method", "")], [("Method", "get"), ("Timeout", "1")], [("method", "PUT")]])
def test_nothing_to_complain_of(pairs: list[tuple[str, str]]) -> None:
    check_parameters(Form(pairs), CHECKS)
