"""The request asked for beside the closest recorded one, field by field, equal fields too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from twilio_test_proxy.cassettes.accounts import HIDDEN_ACCOUNT
from twilio_test_proxy.cassettes.bodies import BodyKind
from twilio_test_proxy.cassettes.explanation import Miss, MissReason
from twilio_test_proxy.cassettes.interaction import Request
from twilio_test_proxy.cassettes.matching import Content, content, json_by_value, target
from twilio_test_proxy.page.bodies import visible

MAX_ROWS = 200
"""Fields that are compared; a longer table explains nothing more."""

MAX_VALUE = 2000
"""Characters of a value that are shown."""

_CONTEXT = 80  # characters before the first that differs


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of both requests; None where a request does not have it.

    `differs` tells whether the field keeps the recorded interaction from being played.
    """

    field: str
    recorded: str | None
    asked: str | None
    differs: bool


def in_short(miss: Miss) -> str:
    """Why the cassette did not answer, in fewer words than the message that an SDK shows."""
    if miss.reason is MissReason.ALREADY_PLAYED:
        return f"already played, as interaction {miss.number}"
    if miss.reason is MissReason.DIFFERENT:
        differences = "; ".join(map(str, miss.differences)) or "its bytes are not the same"
        return f"closest is {miss.number}: {differences.replace(HIDDEN_ACCOUNT, 'AC…')}"
    if miss.reason is MissReason.NOTHING_SIMILAR:
        return "nothing is recorded for a similar path"
    return miss.message


def compare(miss: Miss) -> list[Compared]:
    """The fields of both requests in the order of the recorded one, at most MAX_ROWS, then differing ones first.

    Empty where nothing similar is recorded.
    """
    if miss.closest is None:
        return []
    recorded, asked = _fields(miss.closest), _fields(miss.request)
    names = [*recorded, *(name for name in asked if name not in recorded)]
    pairs = ((name, recorded.get(name), asked.get(name)) for name in names)
    rows = [Compared(name, old, new, old != new) for name, old, new in pairs]
    if len(rows) > MAX_ROWS:
        rows = sorted(rows, key=lambda row: not row.differs)[:MAX_ROWS]
    return [_shortened(row) for row in rows]


def _shortened(row: Compared) -> Compared:
    """The row with values of at most MAX_VALUE characters, from shortly before the first that differs."""
    if max(len(row.recorded or ""), len(row.asked or "")) <= MAX_VALUE:
        return row
    pairs = zip(row.recorded or "", row.asked or "", strict=False)
    same = next((at for at, (old, new) in enumerate(pairs) if old != new), 0)
    start = max(0, same - _CONTEXT)
    return Compared(row.field, _cut(row.recorded, start), _cut(row.asked, start), row.differs)


def _cut(value: str | None, start: int) -> str | None:
    if value is None:
        return None
    cut = value[start : start + MAX_VALUE]
    return f"{'…' if start else ''}{cut}{'…' if start + MAX_VALUE < len(value) else ''}"


def _fields(request: Request) -> dict[str, str]:
    where = target(request.uri)
    port = {"http": 80, "https": 443}.get(where.scheme) != where.port
    fields = [
        ("method", request.method.upper()),
        ("URL", f"{where.scheme}://{where.host}{f':{where.port}' if port else ''}{where.path}"),
        *((f"query {name}", value) for name, value in where.query),
        *_body(content(request)),
    ]
    grouped: dict[str, str] = {}
    for name, value in fields:
        grouped[name] = f"{grouped[name]}\n{value}" if name in grouped else value
    return grouped


def _body(what: Content) -> Iterator[tuple[str, str]]:
    if what.kind in (BodyKind.FORM, BodyKind.MULTIPART) and isinstance(what.value, tuple):
        yield from ((visible(name), visible(value)) for name, value in what.value)
    elif what.kind is BodyKind.JSON:
        yield from _leaves(json_by_value(what.value))
    elif what.kind is not BodyKind.EMPTY and isinstance(what.value, bytes):
        yield "body", visible(what.value.decode("utf-8", "replace"))


def _leaves(value: object) -> Iterator[tuple[str, str]]:
    """The leaves of a JSON value, named by JSONPath (RFC 9535). Clients nest deeper than Python recurses."""
    waiting: list[tuple[str, object]] = [("$", value)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict) and value:
            waiting += [(f"{path}.{name}", inner) for name, inner in reversed(value.items())]
        elif isinstance(value, list) and value:
            waiting += [(f"{path}[{number}]", value[number]) for number in reversed(range(len(value)))]
        else:
            yield visible(path), visible(json.dumps(value, ensure_ascii=False))
