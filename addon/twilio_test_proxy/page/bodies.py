"""Bodies as a person reads them: a form as its fields, JSON indented, text as it is, binary as its size."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import accumulate

from twilio_test_proxy.cassettes.bodies import BodyKind, body_kind, form_fields, json_value

MAX_BODY = 64 * 1024
"""Bytes of a body that are kept, and that are shown; of a larger one only the size."""

_MAX_DEPTH = 50  # brackets; the indentation of a body that is nothing else grows with the square of it


@dataclass(frozen=True, slots=True)
class ShownBody:
    """A body for the page. At most one of `fields` and `text` is filled; `note` says what is not shown, and why.

    Attributes:
        source: the body as it was sent, where `fields` or `text` shows it differently; otherwise empty.
    """

    note: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    text: str = ""
    source: str = ""


def shown_body(body: bytes, content_type: str, size: int) -> ShownBody:
    """A body, already scrubbed and decoded, as a person reads it.

    Args:
        body: the body, empty where it was too large to be kept.
        content_type: of the header field.
        size: its length in bytes as it went over the wire.
    """
    if not body:
        return ShownBody(_reason(size))
    if len(body) > MAX_BODY:
        return ShownBody(_reason(len(body)))
    kind = body_kind(body, content_type)
    text = _text(body, content_type)
    if kind is BodyKind.FORM:
        return ShownBody(fields=tuple((visible(name), visible(value)) for name, value in form_fields(body)))
    if text is None:
        return ShownBody(f"{len(body):,} bytes that are no text.")
    if kind is BodyKind.JSON:
        return _json(body, text)
    return ShownBody(text=text)


def _reason(size: int) -> str:
    if not size:
        return "No body."
    if size > MAX_BODY:
        return f"{size:,} bytes, more than the {MAX_BODY:,} that this page shows."
    return f"{size:,} bytes in a content coding that cannot be undone."


def _json(body: bytes, text: str) -> ShownBody:
    depth = max(accumulate(1 if character in "[{" else -1 if character in "]}" else 0 for character in text))
    try:
        value = json_value(body)
    except ValueError:
        return ShownBody(text=text)
    if depth > _MAX_DEPTH:
        return ShownBody(text=text)
    return ShownBody(text=visible(json.dumps(value, indent=2, ensure_ascii=False)), source=text)


def _text(body: bytes, content_type: str) -> str | None:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        if "charset=iso-8859-1" not in content_type.lower():
            return None
        text = body.decode("latin-1")
    # A body with these is a picture or a recording, whatever its header says.
    return None if any(character < " " and character not in "\t\r\n\f" for character in text) else visible(text)


def visible(text: str) -> str:
    """The text without what HTML cannot hold: lone surrogates (of bytes that are not UTF-8) and NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
