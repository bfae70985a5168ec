import pytest

from twilio_test_proxy.page.bodies import MAX_BODY, ShownBody, shown_body, visible

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "content_type", "shown"),
    [
        pytest.param(b"", "", ShownBody("No body."), id="nothing"),
        pytest.param(
            b"To=%2B1410&Body=a+b&Body=", FORM, ShownBody(fields=(("To", "+1410"), ("Body", "a b"), ("Body", ""))),
            id="a form, in the order sent",
        ),
        pytest.param(b"Body=%FF", FORM, ShownBody(fields=(("Body", "?"),)), id="a form that is not UTF-8"),
        pytest.param(
            b'{"b":1,"a":"\xc3\xa9"}', "application/json",
            ShownBody(text='{\n  "b": 1,\n  "a": "é"\n}', source='{"b":1,"a":"é"}'),
            id="JSON, indented, its names in the order sent",
        ),
        pytest.param(b'{"b":', "application/json", ShownBody(text='{"b":'), id="broken JSON"),
        pytest.param(b"<a>&amp;</a>", "application/xml", ShownBody(text="<a>&amp;</a>"), id="XML"),
        pytest.param("é".encode("latin-1"), "text/plain; charset=ISO-8859-1", ShownBody(text="é"), id="Latin-1"),
        pytest.param(b"\xff\xfe", "text/plain", ShownBody("2 bytes that are no text."), id="bytes that are not UTF-8"),
        pytest.param(b"GIF\x00\x01", "image/gif", ShownBody("5 bytes that are no text."), id="a picture"),
    ],
)  # fmt: skip
def test_a_body(body: bytes, content_type: str, shown: ShownBody) -> None:
    assert shown_body(body, content_type, len(body)) == shown


def test_a_body_of_64_kb_is_shown() -> None:
    assert shown_body(b"x" * MAX_BODY, "text/plain", MAX_BODY).text == "x" * MAX_BODY


@pytest.mark.parametrize("body", [b"", b"x" * (MAX_BODY + 1)], ids=["not kept", "decoded to more"])
def test_of_a_larger_one_the_size_is_shown(body: bytes) -> None:
    assert shown_body(body, "text/plain", MAX_BODY + 1) == ShownBody(
        "65,537 bytes, more than the 65,536 that this page shows."
    )


def test_a_body_that_could_not_be_decoded_is_said_to_be_so() -> None:
    assert shown_body(b"", "text/plain", 10).note == "10 bytes in a content coding that cannot be undone."


@pytest.mark.parametrize("depth", [51, 30_000])
def test_json_nested_too_deeply_to_be_indented_is_shown_as_it_is(depth: int) -> None:
    body = b"[" * depth + b"]" * depth
    assert shown_body(body, "application/json", len(body)) == ShownBody(text=body.decode())


def test_json_nested_no_deeper_is_indented() -> None:
    body = b"[" * 50 + b"1" + b"]" * 50
    assert shown_body(body, "application/json", len(body)).text.splitlines()[50] == " " * 100 + "1"


def test_what_html_cannot_hold_is_replaced() -> None:
    assert visible("a\0b\udcff") == "a\ufffdb?"
