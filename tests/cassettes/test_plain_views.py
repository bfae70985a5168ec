import pytest

from twilio_test_proxy.cassettes.plain_views import views


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"", []),
        (b"a b+c &x; %zz \\q", []),
        (b"a\n    b\\\n  c", [b"abc"]),
        (b"%63%2F%ff", [b"c/\xff"]),
        (b"%2563", [b"c"]),
        (rb"\u0066\"\/\\x", [rb'f"/\x']),
        (rb"\\u0066\x41", [b"fA"]),
        (rb"\ud800", [b"\xed\xa0\x80"]),
        (rb"ab\ncd\r", [b"abcd"]),
        (b"&#99;&#x63;&#X63;&lt;&amp;amp;&quot;&apos;", [b"ccc<&\"'"]),
        (b"&#9999999;&#xffffff;", []),
        (b"a\0b\0", [b"ab"]),
        (b"%61\n%62", [b"%61%62", b"ab"]),
    ],
)
def test_data_are_shown_without_line_breaks_and_escapes(data: bytes, shown: list[bytes]) -> None:
    assert list(views(data)) == [data, *shown]
