import pytest

from twilio_test_proxy.cassettes.control_characters import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Grüße, 世界 😀", "Grüße, 世界 😀"),
        ("\x1b]0;title\x07", "\ufffd]0;title\ufffd"),
        ("a\x9b31mb", "a\ufffd31mb"),
        ("a\n\tb\r\x7f\0", "a\ufffd\ufffdb\ufffd\ufffd\ufffd"),
        ("a\u202eb\u2028c", "a\ufffdb\ufffdc"),
        ("a\udcff", "a\ufffd"),
        ("", ""),
    ],
    ids=["text", "OSC", "C1", "ASCII", "direction and lines", "a byte that is no text", "nothing"],
)
def test_only_what_is_printed_is_left(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_some_may_be_kept() -> None:
    assert printable("a\n\tb\x1b", kept="\n\t") == "a\n\tb\ufffd"
