import pytest

from twilio_test_proxy.cassettes.similarity import Likeness

URI = "https://api.twilio.com/2010-04-01/Accounts/AC0/Messages.json"
MULTIPART = b'--%b\r\nContent-Disposition: form-data; name="To"\r\n\r\n%b\r\n--%b--\r\n'


def likeness(*requests: tuple[str, bytes]) -> Likeness:
    made = Likeness()
    for uri, body in requests:
        made.add(uri, body)
    return made


@pytest.mark.parametrize(
    ("recorded", "asked"),
    [
        ([(URI, b"To=1&Body=x"), (URI, b"To=2&Body=y")], (URI, b"Body=z&To=2")),
        ([(URI, b"To=%2B1&Body=x"), (URI, b"To=%2B2&Body=a+b")], (URI, b"To=%2b3&Body=a%20b")),
        ([(f"{URI}?To=1&Page=0", b""), (f"{URI}?To=2&Page=0", b"")], (f"{URI}?Page=1&To=2", b"")),
        ([(URI, b'{"to": "1", "a": "x"}'), (URI, b'{"to":"2","a":"x"}')], (URI, b'{\n  "to": "2",\n  "a": "y"\n}')),
        ([(URI, MULTIPART % (b"a", b"1", b"a")), (URI, MULTIPART % (b"b", b"2", b"b"))],
         (URI, MULTIPART % (b"c", b"2", b"c"))),
        ([(URI, b"a\nb"), (URI, b"c\nd")], (URI, b"b\nc\nd")),
        ([(URI, b"To=1&A=1&B=1&C=1&D=1&E=1"), (URI, b"To=2")], (URI, b"To=1")),
        ([(URI, b"To=1"), (URI, b"")], (URI, b"")),
    ],
    ids=[
        "a form in any order", "a form spelt in another way", "a query", "JSON spelt in another way", "multipart",
        "lines", "many fields more are many differences", "an empty body",
    ],
)  # fmt: skip
def test_the_likest_shares_the_most_fields(recorded: list[tuple[str, bytes]], asked: tuple[str, bytes]) -> None:
    assert likeness(*recorded).likest(*asked, 1)[0][1] == 1


def test_equally_like_ones_keep_their_order_and_only_so_many_are_given() -> None:
    made = likeness(*((URI, b"To=%d&Body=x" % number) for number in range(9)))
    assert len(made) == 9
    assert made.likest(URI, b"To=7&Body=y", 3) == [(1, 7), (2, 0), (2, 1)]
    assert made.likest(URI, b"To=x&Body=x", 2) == [(1, 0), (1, 1)]
    assert likeness().likest(URI, b"", 3) == []


def test_what_is_added_later_is_found() -> None:
    made = likeness((URI, b"To=1"))
    made.add(URI, b"To=2")
    assert made.likest(URI, b"To=2", 1) == [(0, 1)]


def test_bytes_that_are_no_text_are_fields_too() -> None:
    made = likeness((f"{URI}?a=\udcff", b"\xff\xfe"), (f"{URI}?a=b", b"\xfe\xff"))
    assert made.likest(f"{URI}?a=\udcff", b"\xff\xfe", 1) == [(0, 0)]
