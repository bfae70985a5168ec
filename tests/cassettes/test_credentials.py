import base64
from urllib.parse import quote

import pytest

from cassette_samples import ACCOUNT, TOKEN
from twilio_test_proxy.cassettes.credentials import names_credentials, replaced_credentials

KEY = "SK" + "b" * 32
KEY_SECRET = "aB3" * 10 + "xy"
ENCODED = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
ENCODED_KEY = base64.b64encode(f"{KEY}:{KEY_SECRET}".encode()).decode()


@pytest.mark.parametrize(
    ("text", "clean", "token"),
    [
        (f"x {ACCOUNT}:{TOKEN} y", f"x {ACCOUNT}: y", TOKEN),
        (f"x={ACCOUNT}%3A{TOKEN}&y", f"x={ACCOUNT}%3A&y", TOKEN),
        (f"{KEY}:{KEY_SECRET}", f"{KEY}:", KEY_SECRET),
        (f'"Basic {ENCODED}"', '"Basic "', TOKEN),
        (f"a={ENCODED.rstrip('=')}&b", "a=&b", TOKEN),
        (f"a={quote(ENCODED)}&b", "a=&b", TOKEN),
        (f"<a>{ENCODED_KEY}</a>", "<a></a>", KEY_SECRET),
    ],
)
def test_credentials_are_found_and_their_token_learned(text: str, clean: str, token: str) -> None:
    learned: list[str] = []
    assert names_credentials(text)
    assert replaced_credentials(text, "", learned.append) == clean
    assert learned == [token]


@pytest.mark.parametrize(
    "text",
    [
        f"{ACCOUNT} {TOKEN}",
        f"{ACCOUNT}:{TOKEN[:-1]}",
        f"{ACCOUNT}:SCRUBBED",
        f"{TOKEN}:{TOKEN}",
        base64.b64encode(b"AC" + b"x" * 65).decode(),
        f"x{ENCODED}",
        "QU" + "=" * 90,
        "QU" + "-" * 88,
    ],
)
def test_anything_else_stays(text: str) -> None:
    assert not names_credentials(text)
    assert replaced_credentials(text, "", lambda _: None) == text
