"""Interactions in the shapes that vcrpy and its relatives give them in a mapping, YAML's or JSON's.

Sources: `vcr/serialize.py`, `vcr/serializers/compat.py`, `vcr/request.py` and `vcr/stubs/` of vcrpy 2 to 9.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import urlsplit

from twilio_test_proxy.cassettes.interaction import Headers, Interaction, Request, Response

_KNOWN_IN_INTERACTION = frozenset({"request", "response", "metadata"})
_KNOWN_IN_RESPONSE = frozenset({"status", "headers", "body", "status_code", "content", "reason_phrase"})


class ShapeError(ValueError):
    """A mapping is not what a cassette has in that place. `line` counts from 1, None where unknown."""

    def __init__(self, problem: str, cure: str, line: int | None, incomplete: bool = False) -> None:
        self.problem = problem
        self.cure = cure
        self.line = line
        self.incomplete = incomplete
        super().__init__(f"{problem}; {cure}")


def interaction_from(item: object, line: int | None = None) -> Interaction:
    """The interaction in one item of `interactions`.

    Raises:
        ShapeError: a part is missing or of the wrong kind.
    """
    mapping = _mapping(item, "an interaction", line)
    request = _mapping(_part(mapping, "request", "an interaction"), "request", _line(mapping))
    response = _mapping(_part(mapping, "response", "an interaction"), "response", _line(mapping))
    metadata = mapping.get("metadata")
    return Interaction(
        _request(request),
        _response(response),
        dict(metadata) if isinstance(metadata, Mapping) else {},
        {name: value for name, value in mapping.items() if name not in _KNOWN_IN_INTERACTION},
    )


def _request(mapping: Mapping[str, object]) -> Request:
    method = _text(_part(mapping, "method", "request"), "method", mapping)
    uri = _text(_part(mapping, "uri", "request"), "uri", mapping)
    try:
        urlsplit(uri)
    except ValueError as error:
        raise ShapeError(f"a `uri` is none ({error})", "restore it or record it again", _line(mapping)) from error
    return Request(
        method,
        uri,
        _headers(mapping.get("headers"), mapping),
        _body(mapping.get("body"), mapping),
    )


def _response(mapping: Mapping[str, object]) -> Response:
    extra = {name: value for name, value in mapping.items() if name not in _KNOWN_IN_RESPONSE}
    headers = _headers(mapping.get("headers"), mapping)
    if "status_code" in mapping:  # how vcrpy's httpx stub wrote before version 6
        phrase = mapping.get("reason_phrase") or ""
        code = _status(mapping["status_code"], mapping)
        return Response(code, str(phrase), headers, _body(mapping.get("content"), mapping), extra)
    status = _mapping(_part(mapping, "status", "response"), "status", _line(mapping))
    body = _part(mapping, "body", "response")
    if body is None:
        raise ShapeError("a response has a null body", "write `body: {string: ''}`", _line(mapping), True)
    reason = status.get("message")
    return Response(
        _status(_part(status, "code", "status"), status),
        "" if reason is None else str(reason),
        headers,
        _body(body, mapping),
        extra,
    )


def _status(value: object, mapping: Mapping[str, object]) -> int:
    if isinstance(value, int) and 100 <= value <= 999:
        return value
    if isinstance(value, str) and value.isdigit() and 100 <= int(value) <= 999:
        return int(value)
    raise ShapeError(f"the status {value!r} is no HTTP status", "write a number like 200", _line(mapping))


def _body(value: object, mapping: Mapping[str, object]) -> bytes:
    if isinstance(value, Mapping):
        if "base64_string" in value:
            try:
                return base64.b64decode(str(value["base64_string"] or ""))
            except binascii.Error as error:
                raise ShapeError(f"a base64_string is no base64 ({error})", "restore it", _line(mapping)) from error
        if "string" not in value:
            raise ShapeError("a body has no `string`", "write `body: {string: ...}`", _line(value), True)
        value = value["string"]
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value).encode()
    raise ShapeError(f"a body is a {type(value).__name__}, not text", "write it as text", _line(mapping))


def _headers(value: object, mapping: Mapping[str, object]) -> Headers:
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        raise ShapeError("headers are not a mapping", "write `Name: [value]` for each", _line(mapping))
    pairs: list[tuple[str, str]] = []
    for name, values in value.items():
        for one in values if isinstance(values, list) else [values]:
            if isinstance(one, bytes):
                pairs.append((name, one.decode("latin-1")))
            elif isinstance(one, str | int) or one is None:
                pairs.append((name, "" if one is None else str(one)))
            else:
                raise ShapeError(f"the header {name} is not text", "write `Name: [value]`", _line(value))
    return tuple(pairs)


def _mapping(value: object, what: str, line: int | None) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return value
    found = "null" if value is None else f"a {type(value).__name__}"
    raise ShapeError(f"{what} is {found}, not a mapping", "restore it or record it again", line, value is None)


def _part(mapping: Mapping[str, object], name: str, what: str) -> object:
    if name in mapping:
        return mapping[name]
    raise ShapeError(f"{what} has no `{name}`", "restore it or record it again", _line(mapping), True)


def _text(value: object, name: str, mapping: Mapping[str, object]) -> str:
    if isinstance(value, str):
        return value
    incomplete = value is None
    raise ShapeError(f"`{name}` is not text", "write it as text", _line(mapping), incomplete)


def _line(mapping: Mapping[str, object]) -> int | None:
    return getattr(mapping, "line", None)
