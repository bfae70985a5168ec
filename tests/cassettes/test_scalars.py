import random

import pytest
import yaml

from cassette_samples import odd_texts
from twilio_test_proxy.cassettes.scalars import body_scalar, one_line, quoted, unquoted


def read(scalar: str, loader: type) -> object:
    return yaml.load(f"a:\n  b: {scalar}\n  c: 1\n", Loader=loader)["a"]  # noqa: S506


@pytest.mark.parametrize("loader", [yaml.CSafeLoader, yaml.SafeLoader], ids=["libyaml", "pure"])
def test_every_text_on_one_line_comes_back(loader: type) -> None:
    for text in odd_texts(1):
        for scalar in (one_line(text), quoted(text)):
            assert "\n" not in scalar
            assert scalar.isascii()
            assert read(scalar, loader) == {"b": text, "c": 1}, scalar


@pytest.mark.parametrize("loader", [yaml.CSafeLoader, yaml.SafeLoader], ids=["libyaml", "pure"])
def test_every_body_comes_back_byte_for_byte(loader: type) -> None:
    for text in odd_texts(2):
        scalar = body_scalar(text.encode(), 4)
        assert scalar.isascii()
        loaded = read(scalar, loader)
        assert isinstance(loaded, dict)
        value = loaded["b"]
        assert (value if isinstance(value, bytes) else value.encode()) == text.encode(), scalar
        assert loaded["c"] == 1


@pytest.mark.parametrize("size", [1, 56, 57, 58, 5_000_000])
def test_binary_comes_back(size: int) -> None:
    body = bytes([0xFF]) + random.Random(size).randbytes(size)
    assert read(body_scalar(body, 4), yaml.CSafeLoader) == {"b": body, "c": 1}


def test_every_quoted_text_is_unquoted() -> None:
    for text in odd_texts(3):
        assert unquoted(quoted(text)) == text


@pytest.mark.parametrize(
    ("body", "scalar"),
    [
        (b"To=%2B1410&Body=Hi", "To=%2B1410&Body=Hi"),
        (b'{"a": 1}', '|-\n    {"a": 1}'),
        (b'{\n  "a": 1\n}\n', '|\n    {\n      "a": 1\n    }'),
        (b"  a\nb", "|2-\n      a\n    b"),
        (b"a\n\n\n", "|+\n    a\n\n"),
        ("é\nü".encode(), '"\\xe9\\n\\\n    \\xfc"'),
        (b"", '""'),
        (b"\xff", "!!binary |\n    /w=="),
    ],
    ids=["form", "JSON", "pretty JSON", "indented", "empty lines", "not ASCII", "empty", "binary"],
)
def test_a_body_is_readable_wherever_it_is_text(body: bytes, scalar: str) -> None:
    assert body_scalar(body, 4) == scalar
