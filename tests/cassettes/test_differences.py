import pytest

from cassette_samples import API, FORM
from twilio_test_proxy.cassettes.differences import (
    MAX_JSON_DIFFERENCES,
    MAX_VALUE_LENGTH,
    Difference,
    differences,
)
from twilio_test_proxy.cassettes.interaction import Request

JSON = ("Content-Type", "application/json")


def post(body: str | bytes, *headers: tuple[str, str], uri: str = API) -> Request:
    return Request("POST", uri, headers or (FORM,), body if isinstance(body, bytes) else body.encode())


@pytest.mark.parametrize(
    ("recorded", "asked", "said"),
    [
        (post("To=%2B1410"), post("To=%2B1411"), ["To: recorded +1410, asked +1411"]),
        (post("Body=a+b"), post("Body=a,"), ['Body: recorded "a b", asked "a,"']),
        (post("To=1&Body=x"), post("To=1"), ["Body: recorded x, asked nothing"]),
        (post("To="), post("To=1&Body=x"), ['To: recorded "", asked 1', "Body: recorded nothing, asked x"]),
        (post("M=1&M=2"), post("M=2&M=1"), ['M: recorded "1 and 2", asked "2 and 1"']),
        (Request("GET", API), Request("POST", API), ["method: recorded GET, asked POST"]),
        (Request("GET", f"{API}/a"), Request("GET", f"{API}/b"), [
            "path: recorded /2010-04-01/Accounts/a, asked /2010-04-01/Accounts/b"
        ]),
        (Request("GET", "https://a.com/"), Request("GET", "http://b.com:1/"), [
            "scheme: recorded https, asked http", "host: recorded a.com, asked b.com", "port: recorded 443, asked 1"
        ]),
        (Request("GET", f"{API}?P=1"), Request("GET", f"{API}?P=2"), ["query P: recorded 1, asked 2"]),
        (post('{"a": {"b": [1, "x"]}}', JSON), post('{"a": {"b": [1, "y"]}}', JSON), [
            '$.a.b[1]: recorded "x", asked "y"'
        ]),
        (post('{"a": 1}', JSON), post('{"b": true}', JSON), [
            "$.a: recorded 1, asked nothing", "$.b: recorded nothing, asked true"
        ]),
        (post("[1]", JSON), post("[1, 2]", JSON), ["$[1]: recorded nothing, asked 2"]),
        (post('{"a": 1}', JSON), post('{"a": true}', JSON), ["$.a: recorded 1, asked true"]),
        (post("To=1"), post('{"To": 1}', JSON), ["body: recorded \"a form\", asked JSON"]),
        (post("To=1"), post(""), ['body: recorded "a form", asked "no body"']),
        (post(b"\x01abc", ("A", "b")), post(b"\x01abd", ("A", "b")), [
            "body from byte 3: recorded \ufffdabc, asked \ufffdabd"
        ]),
        (post(b"\xff", ("A", "b")), post("", ("A", "b")), ['body: recorded "1 bytes", asked "no body"']),
    ],
)  # fmt: skip
def test_differences_are_named_field_by_field(recorded: Request, asked: Request, said: list[str]) -> None:
    assert [str(one) for one in differences(recorded, asked)] == said


@pytest.mark.parametrize(
    "request_",
    [post("To=1&Body=x"), post("[1.0]", JSON), Request("GET", f"{API}?a=1")],
    ids=["form", "JSON", "query"],
)
def test_equal_requests_do_not_differ(request_: Request) -> None:
    assert differences(request_, request_) == ()


def test_a_long_value_is_shortened_and_stays_on_one_line() -> None:
    shown = str(Difference("Body", "a\nb\x07\u2028" + "x" * 500, "y"))
    assert "\n" not in shown
    assert "\u2028" not in shown
    assert len(shown) < MAX_VALUE_LENGTH + 50
    assert shown.startswith("Body: recorded a\\nb")


def test_only_so_many_json_differences_are_listed() -> None:
    one, other = (str([base + n for n in range(500)]) for base in (0, 1000))
    assert len(differences(post(one, JSON), post(other, JSON))) == MAX_JSON_DIFFERENCES
