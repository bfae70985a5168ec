"""Which recorded requests look most like one asked for: a rough order, to choose those worth comparing exactly.

A request is taken apart into its fields, roughly: no header is looked at and nothing is parsed. An index of
these costs a few microseconds a request, once, and some tens of bytes to keep.
"""

from __future__ import annotations

import heapq
import re
import zlib
from array import array

_CHECKSUM = 0xFFFF
"""Fields are told apart by 16 bits of a checksum: enough for an order, and a bound to the memory."""

_MAX_FIELDS = 200
"""Fields of one request that count; Twilio's largest form has some fifty."""

_MAX_LOOK = 64 * 1024
"""Bytes of a body that are looked at."""

_JSON_BREAKS = re.compile(rb"[,{}\[\]]+")


class Likeness:
    """An index of recorded requests by their fields, which puts them in order of likeness to another request."""

    def __init__(self) -> None:
        self._sizes = array("H")
        self._having: dict[int, array[int]] = {}

    def __len__(self) -> int:
        """How many requests there are."""
        return len(self._sizes)

    def add(self, uri: str, body: bytes) -> None:
        """Add the next request."""
        number = len(self._sizes)
        fields = _fields(uri, body)
        self._sizes.append(len(fields))
        for field in fields:
            having = self._having.get(field)
            if having is None:
                self._having[field] = array("I", (number,))
            else:
                having.append(number)

    def likest(self, uri: str, body: bytes, count: int) -> list[tuple[int, int]]:
        """The `count` requests most like this one, the likest first, equals in the order added.

        Each with about how many fields it differs in, and its number, counted from 0.
        """
        fields = _fields(uri, body)
        shared = [0] * len(self._sizes)
        for field in fields:
            for number in self._having.get(field, ()):
                shared[number] += 1
        asked = len(fields)
        # A field with another value is one difference, and so is one that only one of the two has.
        unlike = (max(size, asked) - same for size, same in zip(self._sizes, shared, strict=True))
        return heapq.nsmallest(count, zip(unlike, range(len(shared)), strict=True))


def _fields(uri: str, body: bytes) -> set[int]:
    """Checksums of the query's fields and the body's."""
    query = uri.partition("?")[2]
    parts = _pairs(query.encode("utf-8", "surrogateescape")) if query else []
    if body:
        parts += _parts(body[:_MAX_LOOK])
    return {zlib.crc32(part) & _CHECKSUM for part in parts[:_MAX_FIELDS]}


def _parts(body: bytes) -> list[bytes]:
    if body.startswith((b"{", b"[")):
        return _JSON_BREAKS.split(body.translate(None, b" \t\r\n"))
    if b"\n" in body:  # the lines of a multipart body, or of a text
        return body.splitlines()
    return _pairs(body)


def _pairs(form: bytes) -> list[bytes]:
    # Not decoded, for speed: clients differ in how they spell a space and in the case of escapes, hardly in more.
    return form.replace(b"+", b"%20").upper().split(b"&")
