import pytest

from cassette_samples import API, FORM
from twilio_test_proxy.cassettes.bodies import BodyKind
from twilio_test_proxy.cassettes.interaction import Request
from twilio_test_proxy.cassettes.matching import KEY_LENGTH, content, json_by_value, request_key, target

JSON = ("Content-Type", "application/json")


def form(body: str | bytes, uri: str = API, header: tuple[str, str] = FORM) -> Request:
    return Request("POST", uri, (header,), body if isinstance(body, bytes) else body.encode())


def get(uri: str) -> Request:
    return Request("GET", uri)


def part(name: str, value: str, boundary: str) -> str:
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'


def multipart(boundary: str, *fields: tuple[str, str]) -> Request:
    body = "".join(part(name, value, boundary) for name, value in fields) + f"--{boundary}--\r\n"
    return form(body, header=("Content-Type", f"multipart/form-data; boundary={boundary}"))


SAME = {
    "fields of a form in any order": (form("To=%2B1&Body=a"), form("Body=a&To=%2B1")),
    "escapes of a form": (form("To=%2b1&Body=a+b"), form("To=%2B1&Body=a%20b")),
    "charset of a form": (form("To=1"), form("To=1", header=("content-type", f"{FORM[1]}; charset=utf-8"))),
    "a form without a content type": (form("To=1"), Request("POST", API, (), b"To=1")),
    "query in any order": (get(f"{API}?a=1&b=2"), get(f"{API}?b=2&a=1")),
    "escapes of a query": (get(f"{API}?a=%2B&b=%7e"), get(f"{API}?a=%2b&b=~")),
    "escapes of a path": (get(f"{API}/%7Ea%2f"), get(f"{API}/~a%2F")),
    "case of method, scheme and host": (get("https://api.twilio.com/A"), Request("get", "HTTPS://API.Twilio.com/A")),
    "default port": (get("https://api.twilio.com/"), get("https://api.twilio.com:443/")),
    "no path": (get("https://api.twilio.com"), get("https://api.twilio.com/")),
    "fragment": (get(API), get(f"{API}#x")),
    "members of JSON in any order": (form('{"a": 1, "b": [2]}', header=JSON), form('{"b":[2],"a":1}', header=JSON)),
    "spelling of JSON": (form('{"a": "\\u00e9", "b": 1.0}', header=JSON), form('{"a": "é", "b": 1}', header=JSON)),
    "spelling of a large number": (form("[1e16, 1e23]", header=JSON), form(f"[{10**16}.0, {10**23}]", header=JSON)),
    "boundary and order of multipart": (multipart("x", ("A", "1"), ("B", "2")), multipart("y", ("B", "2"), ("A", "1"))),
    "other headers": (form("To=1"), Request("POST", API, (FORM, ("User-Agent", "x")), b"To=1")),
    "content type of no body": (get(API), Request("GET", API, (FORM,))),
}

DIFFERENT = {
    "method": (get(API), Request("POST", API)),
    "scheme": (get("https://api.twilio.com/"), get("http://api.twilio.com/")),
    "host": (get("https://api.twilio.com/"), get("https://verify.twilio.com/")),
    "port": (get("https://api.twilio.com/"), get("https://api.twilio.com:8443/")),
    "path": (get(f"{API}/a"), get(f"{API}/A")),
    "escaped slash": (get(f"{API}/a/b"), get(f"{API}/a%2Fb")),
    "query": (get(f"{API}?a=1"), get(f"{API}?a=2")),
    "an empty query field": (get(API), get(f"{API}?a=")),
    "order of a repeated query field": (get(f"{API}?a=1&a=2"), get(f"{API}?a=2&a=1")),
    "a field of a form": (form("To=1&Body=a"), form("To=1&Body=b")),
    "a missing field": (form("To=1&Body=a"), form("To=1")),
    "order of a repeated field": (form("M=1&M=2"), form("M=2&M=1")),
    "a field said twice": (form("M=1"), form("M=1&M=1")),
    "no UTF-8": (form(b"a=%FF"), form(b"a=%FE")),
    "a JSON value": (form('{"a": 1}', header=JSON), form('{"a": 2}', header=JSON)),
    "a JSON type": (form('{"a": 1}', header=JSON), form('{"a": "1"}', header=JSON)),
    "large numbers": (form("9007199254740993.0", header=JSON), form("9007199254740992", header=JSON)),
    "truth and one": (form('{"a": 1}', header=JSON), form('{"a": true}', header=JSON)),
    "order of a JSON list": (form("[1, 2]", header=JSON), form("[2, 1]", header=JSON)),
    "broken JSON": (form("{a", header=JSON), form("{b", header=JSON)),
    "form and JSON": (form("a=1"), form('{"a": "1"}', header=JSON)),
    "body and none": (form("a=1"), form("")),
    "text": (form("a b", header=("Content-Type", "text/plain")), form("a  b", header=("Content-Type", "text/plain"))),
    "a part": (multipart("x", ("A", "1")), multipart("x", ("A", "2"))),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_requests_that_mean_the_same_have_the_same_key(one: Request, other: Request) -> None:
    assert one != other
    assert request_key(one) == request_key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_requests_that_mean_something_else_have_another_key(one: Request, other: Request) -> None:
    assert request_key(one) != request_key(other)


def test_a_key_does_not_change_from_run_to_run() -> None:
    key = request_key(form("To=%2B1410&Body=Hi", f"{API}?b=2&a=1"))
    assert key == "229302f9d5d7efcb660a6cbf550184d1"
    assert len(key) == KEY_LENGTH


def test_the_parts_of_a_target() -> None:
    assert target("HTTPS://Api.Twilio.com./a%7e?b=2&a=1#x") == target("https://api.twilio.com:443/a~?a=1&b=2")
    assert target("https://api.twilio.com:99999/").port == 443


def test_content_that_is_not_what_it_claims_counts_byte_for_byte() -> None:
    assert content(form("{", header=JSON)).kind is BodyKind.OTHER
    assert content(form("x", header=("Content-Type", "multipart/form-data"))).value == b"x"
    assert content(get(API)).kind is BodyKind.EMPTY


def test_equal_numbers_are_spelt_equally() -> None:
    assert json_by_value([1.0, {"a": 1e3}, 0.5, True, 1e300]) == [1, {"a": 1000}, 0.5, True, 1e300]
    assert isinstance(json_by_value(1.0), int)
