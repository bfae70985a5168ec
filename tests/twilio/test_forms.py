import random
from urllib.parse import urlencode

import pytest

from twilio_test_proxy.twilio import api
from twilio_test_proxy.twilio.forms import MAX_FIELDS, Form, UnreadableBodyError, parse_form

from .asking import FORM, MESSAGE, REGULAR, code_of, created, parse_xml, request

BOUNDARY = "----boundary7MA4"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def multipart(*fields: tuple[str, str], ending: str = "--") -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields
    ]
    return ("".join(parts) + f"--{BOUNDARY}{ending}\r\n").encode()


@pytest.mark.parametrize(
    ("body", "name", "value"),
    [
        (b"Body=Hi", "Body", "Hi"),
        (b"Body=Hello+there%21", "Body", "Hello there!"),
        (b"To=+14108675309", "To", " 14108675309"),
        (b"To=%2B14108675309", "To", "+14108675309"),
        (b"Body=caf%C3%A9", "Body", "café"),
        ("Body=café".encode(), "Body", "café"),
        (b"Body=caf\xc3%A9", "Body", "café"),
        (b"Body=%F0%9F%98%80", "Body", "😀"),
        (b"Body=100%", "Body", "100%"),
        (b"Body=%zz%4", "Body", "%zz%4"),
        (b"Body=a=b", "Body", "a=b"),
        (b"Body=a;b", "Body", "a;b"),
        (b"&&Body=a&", "Body", "a"),
        (b"Body", "Body", ""),
        (b"Body=", "Body", ""),
        (b"", "Body", ""),
        (b"body=Hi", "Body", ""),
        (b"Body=a%00b", "Body", "a\0b"),
        (b"B%6Fdy=Hi", "Body", "Hi"),
    ],
)
def test_urlencoded(body: bytes, name: str, value: str) -> None:
    assert parse_form(FORM, body).get(name) == value


@pytest.mark.parametrize(
    ("content_type", "body", "value"),
    [
        ("", b"Body=caf%C3%A9", "café"),
        (f"{FORM}; charset=utf-8", b"Body=caf%C3%A9", "café"),
        (f"{FORM};charset=UTF-8", b"Body=caf%C3%A9", "café"),
        (f'{FORM}; charset="utf-8"', b"Body=caf%C3%A9", "café"),
        (f"{FORM}; charset=ISO-8859-1", b"Body=caf%E9", "café"),
        (f"{FORM}; charset=iso-8859-1", b"Body=caf\xe9", "café"),
        (f"{FORM}; charset=windows-1252", b"Body=%80", "€"),
        ("APPLICATION/X-WWW-FORM-URLENCODED", b"Body=Hi", "Hi"),
        (f" {FORM} ", b"Body=Hi", "Hi"),
    ],
)
def test_content_type_and_charset(content_type: str, body: bytes, value: str) -> None:
    assert parse_form(content_type, body).get("Body") == value


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "text/plain",
        "application/xml",
        "application/octet-stream",
        "form",
        "multipart/mixed; boundary=a",
    ],
)
def test_of_other_types_nothing_is_read(content_type: str) -> None:
    body = b'{"To": "+14108675309", "From": "+15005550006", "Body": "Hi"}&To=%2B14108675309'
    answer = api.answer(request("Messages", content_type=content_type, body=body))

    assert code_of(answer) == 21604


def test_repeated_parameters() -> None:
    form = parse_form(FORM, b"MediaUrl=a&To=1&MediaUrl=&MediaUrl=b&To=2")

    assert form.get("To") == "1"
    assert form.get("MediaUrl") == "a"
    assert form.all("MediaUrl") == ["a", "b"]
    assert form.all("Absent") == []


def test_a_form_is_made_of_pairs() -> None:
    form = Form([("To", ""), ("To", "1")])

    assert form.get("To") == ""
    assert form.all("To") == ["1"]


def test_multipart() -> None:
    body = multipart(("To", REGULAR), ("Body", "café 😀 & =\r\n2"), ("MediaUrl", "a"), ("MediaUrl", "b"))
    form = parse_form(MULTIPART, body)

    assert form.get("To") == REGULAR
    assert form.get("Body") == "café 😀 & =\r\n2"
    assert form.all("MediaUrl") == ["a", "b"]


def test_a_message_sent_as_multipart() -> None:
    body = multipart(*((name, str(value)) for name, value in MESSAGE.items()))
    answer = api.answer(request("Messages", content_type=MULTIPART, body=body))

    assert created(answer)["to"] == REGULAR


def test_files_are_no_parameters() -> None:
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="To"; filename="to.txt"\r\n\r\n1\r\n--{BOUNDARY}--\r\n'
    ).encode()

    assert parse_form(MULTIPART, body).get("To") == ""


@pytest.mark.parametrize(
    ("content_type", "body", "reason"),
    [
        (FORM, b"Body=%ff", "not utf-8 text"),
        (FORM, b"Body=%C3", "not utf-8 text"),
        (FORM, b"Body=\xff", "not utf-8 text"),
        (FORM, b"%ff=1", "not utf-8 text"),
        (FORM, b"Body=%ED%A0%80", "not utf-8 text"),
        (f"{FORM}; charset=us-ascii", b"Body=\xe9", "not us-ascii text"),
        (f"{FORM}; charset=undefined", b"Body=Hi", "not undefined text"),
        (f"{FORM}; charset=klingon", b"Body=Hi", "unknown character set 'klingon'"),
        (f"{FORM}; charset=base64", b"Body=Hi", "unknown character set 'base64'"),
        ("multipart/form-data", multipart(("To", "1")), "multipart/form-data without a boundary"),
        ("multipart/form-data; boundary=", multipart(("To", "1")), "multipart/form-data without a boundary"),
    ],
)
def test_unreadable(content_type: str, body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableBodyError, match=f"^{reason}$"):
        parse_form(content_type, body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        multipart(("To", "1"), ending=""),
        b"--" + BOUNDARY.encode() + b"\r\nContent-Disp",
        b"\r\n" * 99,
    ],
    ids=["empty", "no boundary", "no end", "cut in a header", "blank lines"],
)
def test_broken_multipart(body: bytes) -> None:
    with pytest.raises(UnreadableBodyError, match=r"^broken multipart/form-data \([^()]+\)$"):
        parse_form(MULTIPART, body)


def test_as_many_fields_as_allowed() -> None:
    fields = [(f"p{number}", "x") for number in range(MAX_FIELDS)]

    assert parse_form(FORM, urlencode(fields).encode()).get("p999") == "x"
    assert parse_form(MULTIPART, multipart(*fields)).get("p999") == "x"


@pytest.mark.parametrize("content_type", [FORM, MULTIPART])
def test_one_field_more_than_allowed(content_type: str) -> None:
    fields = [("To", "1")] * (MAX_FIELDS + 1)
    body = urlencode(fields).encode() if content_type == FORM else multipart(*fields)

    with pytest.raises(UnreadableBodyError, match=r"^more than 1000 fields$"):
        parse_form(content_type, body)


CONTENT_TYPES = [
    "",
    FORM,
    MULTIPART,
    f"{FORM}; charset=utf-16",
    f"{FORM}; charset=utf-7",
    f"{FORM}; charset=punycode",
    f"{FORM}; charset=idna",
    f"{FORM}; charset=unicode_escape",
    f"{FORM}; charset=raw_unicode_escape",
    f"{FORM}; charset=undefined",
    f"{FORM}; charset=utf\0-8",
    f"{FORM}; charset=",
    f"{FORM}; charset*=utf-8''x%ff",
    f"{FORM}; charset=\udcff",
    "multipart/form-data; boundary=\u20ac",
    "multipart/form-data; boundary=\udcff",
    "multipart/form-data; boundary*0=a; boundary*1=b",
    "multipart/form-data; boundary=" + "a" * 5000,
    "\n\n",
    ";;;",
    "\udcff",
]


@pytest.mark.parametrize("content_type", CONTENT_TYPES, ids=ascii)
def test_whatever_is_sent_gets_one_of_twilios_answers(content_type: str) -> None:
    chance = random.Random(ascii(content_type))
    pieces = [b"To=", b"&", b"%", b"%ff", b"=", b"+14108675309", b"\\x", b"\xff", b"\0", b"\r\n", b"+2AA-"]
    pieces += [f"--{BOUNDARY}".encode(), b"Content-Disposition: form-data; name=", b'"Body"', b"From=%2B15005550006&"]
    for _ in range(100):
        body = b"".join(chance.choices(pieces, k=chance.randrange(12)))
        answer = api.answer(request("Messages", extension=".xml", content_type=content_type, body=body))

        assert answer.response.status in (201, 400), (content_type, body)
        assert parse_xml(answer.response.body).tag == "TwilioResponse"


def test_pairs_are_grouped_by_name_with_empty_values() -> None:
    assert parse_form(FORM, b"A=1&B=&A=2").pairs() == [("A", "1"), ("A", "2"), ("B", "")]
