"""When two requests are the same: by what they mean, not by how a client happened to spell it.

Method, scheme, host, port, path, the query in any order, and the body: a form in any order of fields, JSON by
value, multipart by its parts whatever the boundary, anything else byte for byte. Fields that repeat keep
their order among themselves. Headers play no part. Requests are compared scrubbed.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from twilio_test_proxy.cassettes.bodies import (
    BodyKind,
    body_kind,
    form_fields,
    json_value,
    multipart_parts,
)
from twilio_test_proxy.cassettes.interaction import Request, first_header

KEY_LENGTH = 32
"""Hexadecimal digits of a key: 128 bits of SHA-256, as many as keep 100,000 requests apart for sure."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_MAX_EXACT_FLOAT = 2**53


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: the parts of its URI, normalised (RFC 3986, section 6.2)."""

    scheme: str
    host: str
    port: int
    path: str
    query: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What a body says. `value` is a tuple of pairs, a JSON value or bytes, as `kind` tells."""

    kind: BodyKind
    value: object


def target(uri: str) -> Target:
    """The normalised parts of an absolute URI; the query is sorted by name. What is no URI equals only itself."""
    try:
        parts = urlsplit(uri)
    except ValueError:  # a client asked for a host that is none
        return Target("", "", 0, uri, ())
    scheme = parts.scheme.lower()
    try:
        port = parts.port
    except ValueError:
        port = None
    path = _ESCAPE.sub(_normal_escape, parts.path) if "%" in parts.path else parts.path
    return Target(
        scheme,
        (parts.hostname or "").rstrip("."),
        port or _DEFAULT_PORTS.get(scheme, 0),
        path or "/",
        _sorted_by_name(form_fields(parts.query.encode("utf-8", "surrogateescape"))) if parts.query else (),
    )


def content(request: Request) -> Content:
    """What the request's body says; a body that is not what its header claims counts byte for byte."""
    body = request.body
    content_type = first_header(request.headers, "content-type")
    kind = body_kind(body, content_type)
    try:
        if kind is BodyKind.FORM:
            return Content(kind, _sorted_by_name(form_fields(body)))
        if kind is BodyKind.JSON:
            return Content(kind, json_value(body))
        if kind is BodyKind.MULTIPART:
            parts = multipart_parts(body, content_type)
            return Content(kind, _sorted_by_name([(p.name, _part_text(p.filename, p.content)) for p in parts]))
    except ValueError:
        pass
    return Content(BodyKind.EMPTY if not body else BodyKind.OTHER, body)


def request_key(request: Request) -> str:
    """The key under which a scrubbed request is found: equal for requests that mean the same."""
    where = target(request.uri)
    what = content(request)
    value = what.value
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    elif what.kind is BodyKind.JSON:
        value = json_by_value(value)
    meaning = [
        request.method.upper(),
        where.scheme,
        where.host,
        where.port,
        where.path,
        where.query,
        what.kind.value,
        value,
    ]
    text = json.dumps(meaning, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]


def json_by_value(value: object) -> object:
    """A JSON value in which equal numbers are spelt equally: 1.0 and 1e0 are 1."""
    if isinstance(value, dict):
        return {name: json_by_value(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [json_by_value(inner) for inner in value]
    if isinstance(value, float) and abs(value) < _MAX_EXACT_FLOAT and value.is_integer():
        return int(value)
    return value


def _sorted_by_name(pairs: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pairs, key=lambda pair: pair[0]))  # stable: repeated names keep their order


def _part_text(filename: str, data: bytes) -> str:
    text = data.decode("utf-8", "surrogateescape")
    return f"{filename}: {text}" if filename else text


def _normal_escape(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if char in _UNRESERVED else match[0].upper()
