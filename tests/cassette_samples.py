"""Made-up exchanges with Twilio for the tests of cassettes, and stock vcrpy to hold our files against."""

import base64
import itertools
import json
import random
from pathlib import Path
from typing import Any

from twilio_test_proxy.cassettes.interaction import Interaction, Request, Response
from twilio_test_proxy.cassettes.matching import request_key
from twilio_test_proxy.cassettes.yaml_writer import file_text, item_text

ACCOUNT = "AC" + "1" * 32
OTHER_ACCOUNT = "AC" + "2" * 32
TOKEN = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
HIDDEN = "AC" + "0" * 32
API = "https://api.twilio.com/2010-04-01/Accounts"
FORM = ("Content-Type", "application/x-www-form-urlencoded")


ALIAS_BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)

_PIECES = [
    "a", "Z", "7", " ", "  ", "\n", "\n\n", "\t", "\r", "\r\n", ":", ": ", "#", " #", "-", "- ", "---", "...", "'", '"',
    "\\", "{", "[", "&", "*", "|", ">", "%", "@", "`", "é", "\u2028", "\x85", "\U0001f600", "\ufeff", "? |\n", "=", "~",
    "!", ",", "<<", "null", "yes", "0x1", "\0", "\x1b", "\x7f",
]  # fmt: skip
_WORDS = [
    "",
    "null",
    "Yes",
    "n",
    "~",
    "true",
    "1",
    "1.5",
    "+1410",
    "0o7",
    "2026-11-23",
    "<<",
    "=",
    "a: b",
    "a #b",
    "a:",
]


def odd_texts(seed: int) -> list[str]:
    """Texts that a careless YAML writer gets wrong."""
    choose = random.Random(seed)
    made = ["".join(choose.choices(_PIECES, k=choose.randint(0, 9))) for _ in range(700)]
    return [*made, *_WORDS, *("".join(pair) for pair in itertools.product(_PIECES, repeat=2))]


def odd_bodies(seed: int) -> list[bytes]:
    """Bodies that a careless YAML writer gets wrong, some of them no text."""
    choose = random.Random(seed)
    return [*(text.encode() for text in odd_texts(seed)), *(choose.randbytes(size) for size in range(1, 60))]


def basic(user: str = ACCOUNT, password: str = TOKEN) -> tuple[str, str]:
    """An Authorization header field."""
    return "Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def send_message(number: int = 0, account: str = ACCOUNT, token: str = TOKEN) -> Request:
    """The request that sends a message to +1410555 and the number."""
    return Request(
        "POST",
        f"{API}/{account}/Messages.json",
        (basic(account, token), FORM, ("Accept", "application/json")),
        f"To=%2B1410555{number:04d}&From=%2B15005550006&Body=Hi".encode(),
    )


def sent_message(number: int = 0, account: str = ACCOUNT) -> Response:
    """Twilio's answer to `send_message`, shortened."""
    body = {
        "sid": f"SM{number:032x}",
        "account_sid": account,
        "to": f"+1410555{number:04d}",
        "uri": f"/2010-04-01/Accounts/{account}/Messages/SM{number:032x}.json",
    }
    headers = (("Content-Type", "application/json"), ("Twilio-Request-Id", "RQ" + "3" * 32))
    return Response(201, "CREATED", headers, json.dumps(body).encode())


def kept(number: int = 0) -> Interaction:
    """The exchange of `send_message` and `sent_message` as it is kept."""
    return Interaction(
        Request("POST", f"{API}/{HIDDEN}/Messages.json", (FORM,), send_message(number).body),
        Response(201, "CREATED", (("Content-Type", "application/json"),), sent_message(number, HIDDEN).body),
        {"recorded_at": "2026-11-23T17:00:00.000+00:00"},
    )


def item(interaction: Interaction) -> str:
    """An interaction in the text of our files."""
    return item_text(interaction, request_key(interaction.request))


def write_cassette(path: Path, count: int = 1) -> Path:
    """Write a cassette of our shape with the interactions number 0 to `count`."""
    path.write_text(file_text(item(kept(number)) for number in range(count)))
    return path


def write_vcrpy_cassette(path: Path, interactions: list[dict[str, Any]]) -> Path:
    """Write a cassette as vcrpy's own serializer does; JSON where the path says so."""
    from vcr.serializers import jsonserializer, yamlserializer

    serializer = jsonserializer if path.suffix == ".json" else yamlserializer
    path.write_text(serializer.serialize({"interactions": interactions, "version": 1}))
    return path


def vcrpy_interaction(number: int = 0, **request: Any) -> dict[str, Any]:
    """An interaction in the shape of vcrpy's serializer."""
    sent, answer = send_message(number), sent_message(number)
    return {
        "request": {
            "method": sent.method,
            "uri": sent.uri,
            "body": sent.body.decode(),
            "headers": {"Content-Type": [FORM[1]]},
        }
        | request,
        "response": {
            "status": {"code": 201, "message": "CREATED"},
            "headers": {"Content-Type": ["application/json"]},
            "body": {"string": answer.body.decode()},
        },
    }


def load_with_vcrpy(path: Path) -> list[tuple[Any, Any]]:
    """Requests and responses as stock vcrpy loads them."""
    from vcr.persisters.filesystem import FilesystemPersister
    from vcr.serializers import yamlserializer

    requests, responses = FilesystemPersister.load_cassette(path, yamlserializer)[:2]
    return list(zip(requests, responses, strict=True))


def numbers_in(path: Path) -> list[int]:
    """The numbers of the messages in a cassette, as stock vcrpy loads it."""
    return [int(json.loads(answer["body"]["string"])["sid"][2:], 16) for _, answer in load_with_vcrpy(path)]
