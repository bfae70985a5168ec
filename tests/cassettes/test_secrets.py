import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from cassette_samples import ACCOUNT, TOKEN
from twilio_test_proxy.cassettes import secrets as module
from twilio_test_proxy.cassettes.fields import SCRUBBED
from twilio_test_proxy.cassettes.scalars import body_scalar, quoted
from twilio_test_proxy.cassettes.secrets import Found, Secrets, is_searchable

MARKS = "???>>>~~~111"  # whose base64 has both + and /
ODD = 'p"ä/s<s w\\ö+rd&1'


@pytest.mark.parametrize(
    ("secret", "searchable"),
    [
        (TOKEN, True), ("a1b2c3d4", True), ("pass-word", True), ("a" * 16, True), ("1" * 16, True),
        ("a1b2c3d", False), ("password", False), ("12345678", False), ("", False), (f"x{SCRUBBED}1", False),
    ],
)  # fmt: skip
def test_ordinary_words_and_numbers_are_not_searched_for(secret: str, searchable: bool) -> None:
    assert is_searchable(secret) is searchable
    secrets = Secrets()
    secrets.learn(secret)
    assert bool(secrets.survivors(f"-{secret}-".encode())) is searchable


SPELLINGS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda secret: secret.encode(),
    "percent": lambda secret: quote(secret, safe="").encode(),
    "percent, slashes kept": lambda secret: quote(secret).encode(),
    "percent, lower case": lambda secret: quote(secret, safe="").lower().encode(),
    "form": lambda secret: quote_plus(secret).encode(),
    "JSON": lambda secret: json.dumps(secret).encode(),
    "JSON, not ASCII": lambda secret: json.dumps(secret, ensure_ascii=False).encode(),
    "JSON, slashes escaped": lambda secret: json.dumps(secret).replace("/", "\\/").encode(),
    "XML": lambda secret: html.escape(secret).encode(),
    "YAML": lambda secret: quoted(secret).encode(),
    "JSON in YAML": lambda secret: quoted(json.dumps(secret)).encode(),
    "hexadecimal": lambda secret: secret.encode().hex().encode(),
    "capital hexadecimal": lambda secret: secret.encode().hex().upper().encode(),
    "base64": lambda secret: base64.b64encode(secret.encode()),
    "base64 in credentials": lambda secret: base64.b64encode(f"{ACCOUNT}:{secret}".encode()),
    "base64, second place": lambda secret: base64.b64encode(b"x" + secret.encode() + b"yz"),
    "base64, third place": lambda secret: base64.b64encode(b"xy" + secret.encode() + b"z"),
    "base64 for URLs": lambda secret: base64.urlsafe_b64encode(b"xyz" + secret.encode()),
    "YAML binary": lambda secret: body_scalar(b"\xff" * 50 + secret.encode() + b"\xff" * 50, 8).encode(),
    "percent, every character": lambda secret: "".join(f"%{byte:02x}" for byte in secret.encode()).encode(),
    "percent twice": lambda secret: quote(quote(secret, safe=""), safe="").encode(),
    "JSON, every character": lambda secret: "".join(f"\\u{ord(char):04x}" for char in secret).encode(),
    "JSON in JSON": lambda secret: json.dumps(json.dumps(secret)).encode(),
    "XML, every character": lambda secret: "".join(f"&#{ord(char)};" for char in secret).encode(),
    "XML, hexadecimal": lambda secret: "".join(f"&#x{ord(char):X};" for char in secret).encode(),
    "percent in JSON in YAML": lambda secret: quoted(json.dumps(quote(secret, safe=""))).encode(),
    "UTF-16": lambda secret: (secret.isascii() * secret or secret.encode().decode("latin-1")).encode("utf-16-le"),
    "across lines": lambda secret: (secret[:9] + "\\\n        " + secret[9:]).encode(),
}


@pytest.mark.parametrize("secret", [TOKEN, ODD, MARKS], ids=["token", "odd", "marks"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_secret_is_found_in_every_spelling(spelling: str, secret: str) -> None:
    secrets = Secrets()
    data = b"before " + SPELLINGS[spelling](secret) + b" after"
    assert secrets.survivors(data) == 0
    secrets.learn("another secret, 1")
    assert secrets.survivors(data) == 0
    secrets.learn(secret)
    assert secrets.survivors(data) == 1
    assert secrets.survivors(data, ["another secret, 1"]) == 0


@pytest.mark.parametrize(
    ("secret", "data", "found"),
    [
        (TOKEN, TOKEN.upper(), True), (TOKEN.upper(), TOKEN, True), (TOKEN, TOKEN.title(), True),
        ("Pass-w0rd", "pASS-W0RD", False), (TOKEN[:15], TOKEN[:15].upper(), False),
    ],
    ids=["capital letters", "small letters", "both", "no hexadecimal", "a short word"],
)  # fmt: skip
def test_hexadecimal_digits_are_found_in_either_case(secret: str, data: str, found: bool) -> None:
    secrets = Secrets()
    secrets.learn(secret)
    assert bool(secrets.survivors(data.encode())) is found


def test_a_secret_with_half_a_character_is_learned() -> None:
    secrets = Secrets()
    secrets.learn("\ud800-secret-1")
    assert secrets.survivors(b"a -secret-1") == 0
    assert secrets.replaced("a \u1234 b") == "a \u1234 b"


def test_the_secrets_of_one_request_are_replaced_alone() -> None:
    found = Found()
    for secret in ("abcdefgh1", "abcdefgh12345", "short"):
        found.learn(secret)
    assert list(found.secrets) == ["abcdefgh1", "abcdefgh12345"]
    assert found.replaced(f"-abcdefgh12345-abcdefgh1-short-{TOKEN}") == f"-{SCRUBBED}-{SCRUBBED}-short-{TOKEN}"


def test_of_one_request_only_the_first_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SECRETS", 2)
    found = Found()
    for number in range(3):
        found.learn(f"secret number {number}")
    assert list(found.secrets) == ["secret number 0", "secret number 1"]
    assert found.replaced("secret number 1, secret number 2") == f"{SCRUBBED}, secret number 2"


@pytest.mark.parametrize("kind", [Found, Secrets])
@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("abcdefgh12345abcdefgh1abcdefgh", "SSabcdefgh"),
        ("abcdefgh12abcdefgh123", "S2S23"),
        ("xabcdefgh1", "xS"),
        ("abcdefgh%2F1 abcdefgh/1", "S S"),
        ("abcdefgh12345-x", "S-x"),
        ("bcdefgh1", "bcdefgh1"),
        ("", ""),
    ],
    ids=["the longest", "the shorter", "at the end", "percent-encoded", "one that begins inside", "a part", "nothing"],
)
def test_each_of_many_is_replaced_in_one_pass(kind: type[Found] | type[Secrets], text: str, clean: str) -> None:
    secrets = kind()
    for secret in ("abcdefgh1", "fgh12345-x", "abcdefgh12345", "abcdefgh/1", "not in the text, 1"):
        secrets.learn(secret)
    assert secrets.replaced(text) == clean.replace("S", SCRUBBED)


def test_secrets_are_replaced_in_text_of_a_byte_a_character() -> None:
    secrets = Secrets()
    assert secrets.replaced(TOKEN) == TOKEN
    secrets.learn(ODD)
    secrets.learn(TOKEN)
    text = f"{ODD} {TOKEN} {quote(ODD, safe='')} é".encode().decode("latin-1")
    assert secrets.replaced(text).encode("latin-1").decode() == f"{SCRUBBED} {SCRUBBED} {SCRUBBED} é"


def test_a_secret_inside_another_leaves_nothing_of_the_longer() -> None:
    secrets = Secrets()
    secrets.learn("abcdefgh1")
    secrets.learn("abcdefgh12345")
    assert secrets.replaced("-abcdefgh12345-abcdefgh1-") == f"-{SCRUBBED}-{SCRUBBED}-"


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SECRETS", 2)
    secrets = Secrets()
    for number in range(3):
        secrets.learn(f"secret number {number}")
    assert secrets.known() == ("secret number 1", "secret number 2")
    assert [secrets.survivors(f"secret number {number}".encode()) for number in range(3)] == [0, 1, 1]
