"""Secrets looked for in the text of a cassette's file, and in the bodies that stand encoded there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from twilio_test_proxy.cassettes.encodings import ContentCodingError, decoded
from twilio_test_proxy.cassettes.items import binary_bodies
from twilio_test_proxy.cassettes.secrets import Secrets

_GZIP_MAGIC = b"\x1f\x8b\x08"  # RFC 1952, section 2.3.1


def holds_secret(text: bytes, secrets: Secrets, wanted: Iterable[str] | None = None) -> bool:
    """Whether a text of ours, items or a whole file, holds a secret (of those wanted; of all by default)."""
    wanted = None if wanted is None else frozenset(wanted)
    return any(secrets.survivors(data, wanted) for data in _layers(text))


def _layers(text: bytes) -> Iterator[bytes]:
    yield text
    for body in binary_bodies(text):
        yield body
        if body.startswith(_GZIP_MAGIC):  # a file in gzip, or a coding that no header names
            with contextlib.suppress(ContentCodingError):
                yield decoded(body, (("Content-Encoding", "gzip"),))
