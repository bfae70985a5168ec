"""The secrets seen so far, and every spelling in which one of them could have slipped into a file."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from twilio_test_proxy.cassettes.fields import SCRUBBED
from twilio_test_proxy.cassettes.scalars import quoted

MIN_LENGTH = 8
"""Shorter passwords occur in ordinary text; they are removed from their fields but not searched for."""

MIN_PLAIN_LENGTH = 16
"""From this length on even a secret of letters or of digits alone cannot be an ordinary word or number."""

MAX_SECRETS = 1000
"""The newest are kept: a run that sees more has passwords made up for every request."""

_LINE_BREAK = re.compile(rb"\\?\n *")


def is_searchable(secret: str) -> bool:
    """Whether finding this text in a file means that a secret is in it, and not an ordinary word."""
    if len(secret) < MIN_LENGTH or SCRUBBED in secret:
        return False
    return len(secret) >= MIN_PLAIN_LENGTH or not (secret.isalpha() or secret.isdigit())


def spellings(secret: str) -> Iterator[bytes]:
    """The secret as it may stand in a file: plain, in URLs, JSON, XML and YAML, in hexadecimal and base64."""
    raw = secret.encode("utf-8", "surrogateescape")
    yield raw
    for encoded in (quote(raw, safe=""), quote_plus(raw), quote(raw)):
        yield encoded.encode()
        yield re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), encoded).encode()
    text = raw.decode("utf-8", "replace")
    in_json = json.dumps(text)[1:-1]
    yield in_json.encode()
    yield in_json.replace("/", "\\/").encode()
    yield json.dumps(text, ensure_ascii=False)[1:-1].encode()
    yield html.escape(text).encode()
    yield quoted(text)[1:-1].encode()
    yield quoted(in_json)[1:-1].encode()
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield from _base64_spellings(raw)


def _base64_spellings(raw: bytes) -> Iterator[bytes]:
    """What base64 makes of `raw` inside longer data: one spelling for each position within three bytes."""
    for offset in range(3):
        bits = 8 * (offset + len(raw))
        first, last = -(-8 * offset // 6), bits // 6
        encoded = base64.b64encode(bytes(offset) + raw)[first:last]
        yield encoded
        yield encoded.translate(bytes.maketrans(b"+/", b"-_"))


class Secrets:
    """The secrets seen in this run. Nothing of them is ever shown."""

    def __init__(self) -> None:
        self._spellings: dict[str, frozenset[bytes]] = {}
        self._pattern: re.Pattern[str] | None = None

    def learn(self, secret: str) -> None:
        """Remember a secret, if it is long enough to be told from ordinary text."""
        if secret in self._spellings or not is_searchable(secret):
            return
        if len(self._spellings) >= MAX_SECRETS:
            del self._spellings[next(iter(self._spellings))]
        self._spellings[secret] = frozenset(spellings(secret))
        self._pattern = None

    def known(self) -> tuple[str, ...]:
        """The secrets, the oldest first; for keeping and searching, never for showing."""
        return tuple(self._spellings)

    def replaced(self, text: str) -> str:
        """The text, a byte a character, with each secret replaced, plain and percent-encoded."""
        if not self._spellings:
            return text
        if self._pattern is None:
            plain = (
                re.escape(form)
                for secret in sorted(self._spellings, key=len, reverse=True)
                for form in dict.fromkeys((_latin(secret), quote(secret, safe="", errors="surrogateescape")))
            )
            self._pattern = re.compile("|".join(plain))
        return self._pattern.sub(SCRUBBED, text)

    def survivors(self, data: bytes, secrets: Iterable[str] | None = None) -> int:
        """How many of the secrets (all by default) are in the data, in any spelling and across lines."""
        joined = _LINE_BREAK.sub(b"", data)
        wanted = self._spellings if secrets is None else secrets
        return sum(
            any(spelling in data or spelling in joined for spelling in self._spellings.get(secret, ()))
            for secret in wanted
        )


def _latin(secret: str) -> str:
    return secret.encode("utf-8", "surrogateescape").decode("latin-1")
