"""What a body is: a form, JSON, XML, multipart or neither, by its header and, without one, by its look."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from urllib.parse import unquote_plus

FORM = "application/x-www-form-urlencoded"
_FORM_LOOK = re.compile(rb"[A-Za-z_][\w.%+\[\]-]*=[^&\s]*(?:&[^&=\s]+=[^&\s]*)*")
_MAX_REMEMBERED = 64  # characters; a phone number, not a message
_MAX_LOOK = 64 * 1024
# The longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = re.compile(rb"([<{\[]\0\0\0)|(\0\0\0[<{\[])|([<{\[]\0[^\0])|(\0[<{\[]\0[^\0])")
_MAX_EXACT_FLOAT = 2**53
MAX_JSON_DEPTH = 64
"""Levels of JSON that are looked into; deeper bodies, of which Twilio has none, count byte for byte."""


class BodyKind(StrEnum):
    """The kinds of body that are compared by what they mean and not by their bytes."""

    EMPTY = "empty"
    FORM = "form"
    JSON = "JSON"
    MULTIPART = "multipart"
    XML = "XML"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart/form-data body (RFC 7578)."""

    name: str
    filename: str
    head: bytes
    content: bytes

    @property
    def type(self) -> str:
        """The part's own content type, or an empty string."""
        found = re.search(rb"\r\ncontent-type:([^\r\n]*)", self.head, re.IGNORECASE)
        return found[1].decode("latin-1").strip() if found else ""


def body_kind(body: bytes, content_type: str) -> BodyKind:
    """The kind of a body: what `content_type` says, or what it looks like where that says nothing."""
    if not body:
        return BodyKind.EMPTY
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == FORM:
        return BodyKind.FORM
    if media_type == "application/json" or media_type.endswith("+json"):
        return BodyKind.JSON
    if media_type == "multipart/form-data":
        return BodyKind.MULTIPART
    if media_type in ("application/xml", "text/xml") or media_type.endswith("+xml"):
        return BodyKind.XML
    first = body.lstrip()[:1]
    if first in (b"{", b"["):
        return BodyKind.JSON
    if first == b"<":
        return BodyKind.XML
    if not media_type and len(body) <= _MAX_LOOK and _FORM_LOOK.fullmatch(body):
        return BodyKind.FORM
    return BodyKind.OTHER


def wide_encoding(body: bytes) -> str | None:
    """UTF-16 or UTF-32, if a mark or the zeros between its first characters show that the body is in it.

    Sources: RFC 4627, section 3, for JSON; XML 1.0, appendix F.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return encoding
    found = _UNMARKED.match(body)
    if found is None:
        return None
    return ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")[(found.lastindex or 1) - 1]


def form_fields(body: bytes) -> list[tuple[str, str]]:
    """The fields of a form in the order sent, decoded; bytes that are not UTF-8 become lone surrogates."""
    fields = []
    for pair in body.decode("utf-8", "surrogateescape").split("&"):
        if pair:
            name, _, value = pair.partition("=")
            fields.append((form_text(name), form_text(value)))
    return fields


def form_text(text: str) -> str:
    """A name or value of a form, decoded; bytes that are not UTF-8 become lone surrogates."""
    if "%" not in text and "+" not in text:
        return text
    return _short_form_text(text) if len(text) <= _MAX_REMEMBERED else unquote_plus(text, errors="surrogateescape")


@lru_cache(maxsize=1024)  # each value is decoded to be scrubbed and to be compared
def _short_form_text(text: str) -> str:
    return unquote_plus(text, errors="surrogateescape")


def json_value(body: bytes) -> object:
    """The value of a JSON body; a whole number that a float may not hold exactly is an int in every spelling.

    Raises:
        ValueError: the body is no JSON, or nested too deeply.
    """
    try:
        value = json.loads(body, parse_float=_number)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error
    # What compares and scrubs values calls itself for each level, under whatever stack a proxy's hook already has.
    if body.count(b"[") + body.count(b"{") > MAX_JSON_DEPTH and _depth(value) > MAX_JSON_DEPTH:
        raise ValueError("the JSON is nested too deeply")
    return value


def _number(text: str) -> float:
    value = float(text)
    if abs(value) < _MAX_EXACT_FLOAT or math.isinf(value):
        return value
    exact = Decimal(text)
    return int(exact) if exact == exact.to_integral_value() else value


def _depth(value: object) -> int:
    """How many objects and lists lie in each other."""
    depth, level = 0, [value]
    while level:
        containers = [each for each in level if isinstance(each, dict | list)]
        level = [inner for each in containers for inner in (each.values() if isinstance(each, dict) else each)]
        depth += bool(containers)
    return depth


def multipart_parts(body: bytes, content_type: str) -> list[Part]:
    """The parts of a multipart/form-data body in the order sent.

    Raises:
        ValueError: the boundary is not named or the body does not follow it.
    """
    return [_part(piece) for piece in _pieces(body, content_type)[1:-1]]


def rewritten_multipart(body: bytes, content_type: str, content: Callable[[Part], bytes]) -> bytes:
    """The multipart/form-data body with what `content` gives in place of each part's content.

    Raises:
        ValueError: as `multipart_parts`.
    """
    first, *pieces, last = _pieces(body, content_type)
    parts = [_part(piece) for piece in pieces]
    between = b"\r\n" + _boundary(content_type)
    new = [part.head + b"\r\n\r\n" + content(part) for part in parts]
    return between.join([first, *new, last])[2:]


def _pieces(body: bytes, content_type: str) -> list[bytes]:
    """What stands before, between and after the boundaries; a line break is put in front of the body."""
    pieces = (b"\r\n" + body).split(b"\r\n" + _boundary(content_type))
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise ValueError("the body does not end at its boundary")
    return pieces


def _boundary(content_type: str) -> bytes:
    found = re.search(r"boundary=(?:\"([^\"]+)\"|([^\s;]+))", content_type, re.IGNORECASE)
    if found is None:
        raise ValueError("the content type names no boundary")
    return b"--" + (found[1] or found[2]).encode("latin-1")


def _part(piece: bytes) -> Part:
    head, separator, content = piece.partition(b"\r\n\r\n")
    if not separator:
        raise ValueError("a part has no empty line after its headers")
    text = head.decode("utf-8", "surrogateescape")
    return Part(_parameter(text, "name"), _parameter(text, "filename"), head, content)


def _parameter(head: str, name: str) -> str:
    """A parameter of a part's Content-Disposition; quotes around it may be missing (RFC 2183, section 2)."""
    found = re.search(rf";\s*{name}=(?:\"([^\"]*)\"|([^\s;\"]+))", head, re.IGNORECASE)
    return (found[1] or found[2] or "") if found else ""
