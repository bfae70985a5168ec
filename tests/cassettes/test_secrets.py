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
from twilio_test_proxy.cassettes.secrets import Secrets, is_searchable

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
