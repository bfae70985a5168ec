import pytest

from twilio_test_proxy.cassettes import bodies
from twilio_test_proxy.cassettes.bodies import (
    BodyKind,
    Part,
    body_kind,
    form_fields,
    json_value,
    multipart_parts,
    rewritten_multipart,
    wide_encoding,
)

MULTIPART = (
    b'--x"y\r\nContent-Disposition: form-data; name="To"\r\n\r\n+1410\r\n'
    b'--x"y\r\nContent-Disposition: form-data; name="File"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    b'a\r\nb\r\n--x"y--\r\n'
)


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"", "application/json", BodyKind.EMPTY),
        (b"To=1", "application/x-www-form-urlencoded", BodyKind.FORM),
        (b"To=1", "Application/X-WWW-Form-Urlencoded; charset=utf-8", BodyKind.FORM),
        (b"To=1&Body=a+b%20c", "", BodyKind.FORM),
        (b"To", "", BodyKind.OTHER),
        (b"hello world = 1", "", BodyKind.OTHER),
        (b"To=1", "text/plain", BodyKind.OTHER),
        (b"x", "application/json; charset=utf-8", BodyKind.JSON),
        (b"x", "application/scim+json", BodyKind.JSON),
        (b' {"a": 1}', "", BodyKind.JSON),
        (b"[1]", "text/plain", BodyKind.JSON),
        (b"<a/>", "", BodyKind.XML),
        (b"x", "text/xml", BodyKind.XML),
        (b"x", "application/soap+xml", BodyKind.XML),
        (b"x", "multipart/form-data; boundary=b", BodyKind.MULTIPART),
        (b"\xff\xfe", "", BodyKind.OTHER),
    ],
)
def test_the_kind_of_a_body(body: bytes, content_type: str, kind: BodyKind) -> None:
    assert body_kind(body, content_type) is kind


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"To=%2B1410&Body=a+b", [("To", "+1410"), ("Body", "a b")]),
        (b"M=1&M=2&A=", [("M", "1"), ("M", "2"), ("A", "")]),
        (b"A&&B=1=2", [("A", ""), ("B", "1=2")]),
        ("Body=é%C3%A9".encode(), [("Body", "éé")]),
        (b"Body=%FF", [("Body", "\udcff")]),
        (b"Body=\xff", [("Body", "\udcff")]),
        (b"", []),
    ],
)
def test_the_fields_of_a_form(body: bytes, fields: list[tuple[str, str]]) -> None:
    assert form_fields(body) == fields


def test_the_value_of_json() -> None:
    assert json_value(b'{"a": [1]}') == {"a": [1]}


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        json_value(body)


def test_the_parts_of_multipart() -> None:
    content_type = 'multipart/form-data; boundary=x"y'
    heads = [piece.split(b"\r\n\r\n")[0] for piece in MULTIPART.split(b'--x"y')[1:-1]]
    assert multipart_parts(MULTIPART, content_type) == [
        Part("To", "", heads[0], b"+1410"),
        Part("File", "a.txt", heads[1], b"a\r\nb"),
    ]


@pytest.mark.parametrize(
    "content_type", ['multipart/form-data; boundary="a b"', "multipart/form-data; BOUNDARY=a; x=y"]
)
def test_the_boundary_is_found(content_type: str) -> None:
    boundary = b"a b" if " b" in content_type else b"a"
    body = b"--" + boundary + b'\r\nContent-Disposition: form-data; name="N"\r\n\r\nv\r\n--' + boundary + b"--"
    assert [(part.name, part.content) for part in multipart_parts(body, content_type)] == [("N", b"v")]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (MULTIPART, "multipart/form-data"),
        (MULTIPART, "multipart/form-data; boundary=other"),
        (MULTIPART[:-6], 'multipart/form-data; boundary=x"y'),
        (b"--b\r\nno end of headers\r\n--b--", "multipart/form-data; boundary=b"),
    ],
    ids=["no boundary", "another boundary", "cut", "no content"],
)
def test_what_is_no_multipart_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(ValueError):
        multipart_parts(body, content_type)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_json_is_read_to_a_depth_that_every_stack_holds(opening: bytes) -> None:
    closing = b"]" if opening == b"[" else b"}"
    bodies.json_value(opening * bodies.MAX_JSON_DEPTH + b"1" + closing * bodies.MAX_JSON_DEPTH)
    for depth in (bodies.MAX_JSON_DEPTH + 1, 500, 100_000):
        with pytest.raises(ValueError, match="nested too deeply"):
            bodies.json_value(opening * depth + b"1" + closing * depth)


def test_wide_json_is_not_deep() -> None:
    assert bodies.json_value(b"[" + b",".join([b"[]"] * 1000) + b"]") == [[]] * 1000


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"<a>", None), (b"", None), (b"{", None), (b"\xff\xfe<\0", "utf-16-le"), (b"\xfe\xff\0<", "utf-16-be"),
        (b"\xff\xfe\0\0<\0\0\0", "utf-32-le"), (b"\0\0\xfe\xff\0\0\0<", "utf-32-be"), (b"<\0a\0", "utf-16-le"),
        (b"\0{\0}", "utf-16-be"), (b"[\0\0\0]\0\0\0", "utf-32-le"), (b"\0\0\0[\0\0\0]", "utf-32-be"),
        (b"\0\0\0\0", None),
    ],
)  # fmt: skip
def test_wide_characters_are_seen(body: bytes, encoding: str | None) -> None:
    assert wide_encoding(body) == encoding


def test_parts_are_rewritten_and_the_rest_stays() -> None:
    content_type = 'multipart/form-data; boundary=x"y'
    assert rewritten_multipart(MULTIPART, content_type, lambda part: part.content) == MULTIPART
    changed = rewritten_multipart(MULTIPART, content_type, lambda part: part.name.encode())
    assert [part.content for part in multipart_parts(changed, content_type)] == [b"To", b"File"]


@pytest.mark.parametrize(
    ("head", "name", "filename", "media_type"),
    [
        (b'Content-Disposition: form-data; name="A"; filename="b c"', "A", "b c", ""),
        (b"Content-Disposition: form-data; name=A; filename=b", "A", "b", ""),
        (b"content-type: text/plain\r\nContent-Disposition: form-data;name=A", "A", "", "text/plain"),
        (b"Content-Disposition: form-data; filename=b", "", "b", ""),
    ],
)
def test_the_head_of_a_part(head: bytes, name: str, filename: str, media_type: str) -> None:
    [part] = multipart_parts(b"--b\r\n%s\r\n\r\nx\r\n--b--" % head, "multipart/form-data; boundary=b")
    assert (part.name, part.filename, part.type) == (name, filename, media_type)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e16", 10**16), ("1e23", 10**23), ("9007199254740993.0", 2**53 + 1), ("-1e300", -(10**300)), ("1.0", 1.0),
     ("9007199254740993.5", 9007199254740993.5), ("0.5", 0.5)],
)  # fmt: skip
def test_large_whole_numbers_are_exact_however_they_are_spelt(text: str, value: float) -> None:
    found = json_value(text.encode())
    assert found == value
    assert type(found) is type(value)


def test_a_number_beyond_every_float_is_read() -> None:
    assert json_value(b"1e999999999") == float("inf")
