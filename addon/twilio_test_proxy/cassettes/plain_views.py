"""Data as whoever reads them may see them: lines joined, and every escape of URLs, JSON, XML and YAML undone."""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_ROUNDS = 4
"""Escapes inside escapes that are undone: JSON in JSON in YAML, percent signs in JSON in YAML."""

_LINE_BREAK = re.compile(rb"\\?\n *")
_ESCAPE = re.compile(
    rb"%([0-9A-Fa-f]{2})|\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([\\/\"'])|[nr])"
    rb"|&(?:#[xX]([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));"
)
_ENTITIES = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}


def views(data: bytes) -> Iterator[bytes]:
    """The data, these with their lines joined, and at last these also without the zeros of UTF-16 and escapes."""
    yield data
    joined = _LINE_BREAK.sub(b"", data)
    if joined != data:
        yield joined
    plain = joined.replace(b"\0", b"")
    for _ in range(MAX_ROUNDS):
        before, plain = plain, _ESCAPE.sub(_unescaped, plain)
        if plain == before:
            break
    if plain != joined:
        yield plain


def _unescaped(match: re.Match[bytes]) -> bytes:
    percent, json_code, yaml_code, char, hexadecimal, decimal, entity = match.groups()
    if char is not None:
        return char
    if percent is not None:
        return bytes((int(percent, 16),))
    if entity is not None:
        return _ENTITIES[entity]
    digits = json_code or yaml_code or hexadecimal
    if digits is None and decimal is None:
        return b""  # a line break, as between the lines of base64
    code = int(digits, 16) if digits is not None else int(decimal)
    return chr(code).encode("utf-8", "surrogatepass") if code <= 0x10FFFF else match[0]
