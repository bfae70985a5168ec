"""One recorded exchange: a request, its response, and what we noted beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Headers = tuple[tuple[str, str], ...]
"""Header fields in the order sent, repeated fields as repeated pairs."""


def header_values(headers: Headers, name: str) -> Iterator[str]:
    """The values of every header field called `name`, in any case, in the order sent."""
    wanted = name.lower()
    return (value for key, value in headers if key.lower() == wanted)


def first_header(headers: Headers, name: str) -> str:
    """The first value of the header field `name`, or an empty string."""
    return next(header_values(headers, name), "")


def without_headers(headers: Headers, names: frozenset[str]) -> Headers:
    """The header fields whose lower-case name is not in `names`."""
    return tuple(pair for pair in headers if pair[0].lower() not in names)


def grouped_headers(headers: Headers) -> dict[str, list[str]]:
    """Header fields as vcrpy keeps them: a name, spelt as first sent, to the list of its values."""
    spelling: dict[str, str] = {}
    groups: dict[str, list[str]] = {}
    for name, value in headers:
        groups.setdefault(spelling.setdefault(name.lower(), name), []).append(value)
    return groups


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request with an absolute URI. `body` is empty where none was sent."""

    method: str
    uri: str
    headers: Headers = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response. `extra` holds what other recorders keep in a response and we do not know."""

    status: int
    reason: str = ""
    headers: Headers = ()
    body: bytes = b""
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Interaction:
    """A request, its response, and facts beside them (`recorded_at`, ISO 8601 in UTC, is ours).

    `others` holds what other recorders, or people, keep beside request and response and we do not know.
    """

    request: Request
    response: Response
    metadata: Mapping[str, object] = field(default_factory=dict)
    others: Mapping[str, object] = field(default_factory=dict)
