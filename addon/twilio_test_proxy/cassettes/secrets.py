"""The secrets seen so far, and every spelling in which one of them could have slipped into a file."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Protocol
from urllib.parse import quote, quote_plus

from twilio_test_proxy.cassettes.fields import SCRUBBED
from twilio_test_proxy.cassettes.needles import Needles
from twilio_test_proxy.cassettes.plain_views import views
from twilio_test_proxy.cassettes.scalars import quoted

MIN_LENGTH = 8
"""Shorter passwords occur in ordinary text; they are removed from their fields but not searched for."""

MIN_PLAIN_LENGTH = 16
"""From this length on even a secret of letters or of digits alone cannot be an ordinary word or number."""

MAX_SECRETS = 1000
"""Of a run the newest are kept: one that sees more has passwords made up for every request. Of one request or
answer the first are: the credentials with which it was sent come before what is in its body."""

_MAX_REMEMBERED = 500  # characters of a secret: what clients send may have megabytes
_FEW = 8  # secrets that are looked for one by one sooner than filed

_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{16,}")


def is_searchable(secret: str) -> bool:
    """Whether finding this text in a file means that a secret is in it, and not an ordinary word."""
    if len(secret) < MIN_LENGTH or SCRUBBED in secret:
        return False
    return len(secret) >= MIN_PLAIN_LENGTH or not (secret.isalpha() or secret.isdigit())


def spellings(secret: str) -> Iterator[bytes]:
    """The secret as it may stand in a file: plain, in URLs, JSON, XML and YAML, in hexadecimal and base64."""
    raw = raw_bytes(secret)
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


class Learner(Protocol):
    """Whoever is told what was removed."""

    def learn(self, secret: str) -> None:
        """Remember a secret, if it is long enough to be told from ordinary text."""


class Found:
    """The secrets in one request, by which it is compared: what others showed does not change its meaning."""

    def __init__(self) -> None:
        self.secrets: dict[str, None] = {}

    def learn(self, secret: str) -> None:
        """Remember a secret, if it is long enough to be told from ordinary text."""
        if secret in self.secrets or len(self.secrets) >= MAX_SECRETS or not is_searchable(secret):
            return
        self.secrets[secret] = None

    def replaced(self, text: str) -> str:
        """The text, a byte a character, with each secret replaced, plain and percent-encoded."""
        few = len(self.secrets) <= _FEW  # as in nearly every request: its token, and nothing of it anywhere else
        if few and not any(form in text for secret in self.secrets for form in _forms(secret)):
            return text
        needles = Needles()
        for secret in self.secrets:
            needles.add(secret, (form.encode("latin-1") for form in _forms(secret)))
        return _replaced(text, needles)


class Secrets:
    """The secrets seen in this run. Nothing of them is ever shown. May be searched while it learns."""

    def __init__(self) -> None:
        self._spellings: dict[str, frozenset[bytes]] = {}
        self._needles = Needles()
        self._folded = Needles()  # hexadecimal digits, which may come back in the other case

    def learn(self, secret: str) -> None:
        """Remember a secret, if it is long enough to be told from ordinary text."""
        if secret in self._spellings or not is_searchable(secret):
            return
        if len(self._spellings) >= MAX_SECRETS:
            oldest = next(iter(self._spellings))
            self._needles.remove(oldest, self._spellings.pop(oldest))
            self._folded.remove(oldest, _folded(oldest))
        self._spellings[secret] = frozenset(spellings(secret))
        self._needles.add(secret, self._spellings[secret])
        self._folded.add(secret, _folded(secret))

    def __contains__(self, secret: str) -> bool:
        return secret in self._spellings

    def known(self) -> tuple[str, ...]:
        """The secrets, the oldest first; for keeping and searching, never for showing."""
        return tuple(self._spellings)

    def replaced(self, text: str) -> str:
        """The text, a byte a character, with each secret replaced, plain and percent-encoded."""
        return _replaced(text, self._needles)

    def survivors(self, data: bytes, secrets: Iterable[str] | None = None) -> int:
        """How many of the secrets (all by default) are in the data, in any spelling and across lines."""
        found: set[str] = set()
        for view in views(data):
            found |= self._needles.owners_in(view)
        found |= self._folded.owners_in(view.lower())  # the last, which is the plainest
        return len(found if secrets is None else found.intersection(secrets))


def _replaced(text: str, needles: Needles) -> str:
    """The text without the forms of what is in it, replaced in one pass, however many they are."""
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogatepass")
    by_head: dict[str, set[str]] = {}
    for secret in needles.owners_in(data):
        for form in _forms(secret):
            by_head.setdefault(form[:MIN_LENGTH], set()).add(form)
    if not by_head:
        return text
    lengths = {head: sorted({len(form) for form in forms}, reverse=True) for head, forms in by_head.items()}
    pieces, done = [], 0
    for at in [at for at in range(len(text)) if text[at : at + MIN_LENGTH] in by_head]:
        head = text[at : at + MIN_LENGTH]
        for length in lengths[head] if at >= done else ():  # what lies inside another must not cut it
            if text[at : at + length] in by_head[head]:
                pieces += [text[done:at], SCRUBBED]
                done = at + length
                break
    return "".join([*pieces, text[done:]])


def _forms(secret: str) -> tuple[str, str]:
    """The secret plain and percent-encoded, a byte a character."""
    return (_short_forms if len(secret) <= _MAX_REMEMBERED else _short_forms.__wrapped__)(secret)


@lru_cache(maxsize=MAX_SECRETS)
def _short_forms(secret: str) -> tuple[str, str]:
    raw = raw_bytes(secret)
    return raw.decode("latin-1"), quote(raw, safe="")


def _folded(secret: str) -> tuple[bytes, ...]:
    return (secret.lower().encode(),) if _HEXADECIMAL.fullmatch(secret) else ()


def raw_bytes(secret: str) -> bytes:
    """The text in UTF-8; half a character is the byte that it stands for or, if it stands for none, three of its own.

    Sources: PEP 383, and Python's error handler "surrogatepass".
    """
    try:
        return secret.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a character, as only JSON can spell it
        return secret.encode("utf-8", "surrogatepass")
