"""In what two requests differ, field by field, in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from twilio_test_proxy.cassettes.bodies import BodyKind
from twilio_test_proxy.cassettes.control_characters import printable
from twilio_test_proxy.cassettes.interaction import Request
from twilio_test_proxy.cassettes.matching import Content, content, json_by_value, target

MAX_VALUE_LENGTH = 80
"""Characters of one value that are shown."""

MAX_JSON_DIFFERENCES = 20
"""Differences between two JSON values that are listed; more of them explain nothing more."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `recorded` or `asked` is None where that side does not have the field."""

    field: str
    recorded: str | None
    asked: str | None

    def __str__(self) -> str:
        """The difference in words: `To: recorded +1410..., asked +1411...`."""
        return f"{self.field}: recorded {_shown(self.recorded)}, asked {_shown(self.asked)}"


def differences(recorded: Request, asked: Request) -> tuple[Difference, ...]:
    """Everything in which a recorded request and the one asked for differ; both scrubbed."""
    return tuple(_differences(recorded, asked))


def _differences(recorded: Request, asked: Request) -> Iterator[Difference]:
    old, new = target(recorded.uri), target(asked.uri)
    yield from _unequal("method", recorded.method.upper(), asked.method.upper())
    yield from _unequal("scheme", old.scheme, new.scheme)
    yield from _unequal("host", old.host, new.host)
    yield from _unequal("port", str(old.port), str(new.port))
    yield from _unequal("path", old.path, new.path)
    for difference in _fields(old.query, new.query):
        yield Difference(f"query {difference.field}", difference.recorded, difference.asked)
    yield from _contents(content(recorded), content(asked))


def _unequal(field: str, recorded: str, asked: str) -> Iterator[Difference]:
    if recorded != asked:
        yield Difference(field, recorded, asked)


def _contents(recorded: Content, asked: Content) -> Iterator[Difference]:
    if recorded.kind is not asked.kind:
        yield Difference("body", _described(recorded), _described(asked))
    elif recorded.kind in (BodyKind.FORM, BodyKind.MULTIPART):
        yield from _fields(_pairs(recorded.value), _pairs(asked.value))
    elif recorded.kind is BodyKind.JSON:
        yield from _json("$", json_by_value(recorded.value), json_by_value(asked.value), MAX_JSON_DIFFERENCES)
    elif recorded.value != asked.value:
        yield _bytes(_raw(recorded.value), _raw(asked.value))


def _fields(recorded: Iterable[tuple[str, str]], asked: Iterable[tuple[str, str]]) -> Iterator[Difference]:
    old, new = _grouped(recorded), _grouped(asked)
    for name in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(name), new.get(name)
        if before != after:
            yield Difference(name, _joined(before), _joined(after))


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return groups


def _joined(values: list[str] | None) -> str | None:
    return None if values is None else " and ".join(values)


def _json(path: str, recorded: object, asked: object, budget: int) -> Iterator[Difference]:
    """Differences between two JSON values, named by JSONPath (RFC 9535), at most `budget` of them."""
    if isinstance(recorded, dict) and isinstance(asked, dict):
        names = [*recorded, *(name for name in asked if name not in recorded)]
        children = [(f"{path}.{name}", name in recorded, name in asked, name) for name in names]
        pairs = [(place, recorded.get(name), asked.get(name), here, there) for place, here, there, name in children]
    elif isinstance(recorded, list) and isinstance(asked, list):
        pairs = [
            (
                f"{path}[{number}]",
                recorded[number] if number < len(recorded) else None,
                asked[number] if number < len(asked) else None,
                number < len(recorded),
                number < len(asked),
            )
            for number in range(max(len(recorded), len(asked)))
        ]
    else:
        if recorded != asked or isinstance(recorded, bool) is not isinstance(asked, bool):
            yield Difference(path, _compact(recorded), _compact(asked))
        return
    found = 0
    for place, before, after, here, there in pairs:
        if not (here and there):
            inner = [Difference(place, _compact(before) if here else None, _compact(after) if there else None)]
        else:
            inner = list(_json(place, before, after, budget - found))
        yield from inner
        found += len(inner)
        if found >= budget:
            return


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _bytes(recorded: bytes, asked: bytes) -> Difference:
    shared = next((i for i, (a, b) in enumerate(zip(recorded, asked, strict=False)) if a != b), None)
    at = min(len(recorded), len(asked)) if shared is None else shared
    start = max(0, at - MAX_VALUE_LENGTH // 4)
    stop = start + MAX_VALUE_LENGTH // 2
    return Difference(
        f"body from byte {at}",
        recorded[start:stop].decode("utf-8", "replace"),
        asked[start:stop].decode("utf-8", "replace"),
    )


def _described(what: Content) -> str:
    if what.kind is BodyKind.EMPTY:
        return "no body"
    if what.kind is BodyKind.OTHER:
        return f"{len(_raw(what.value))} bytes"
    article = "" if what.kind is BodyKind.JSON else "a "
    return f"{article}{what.kind.value}"


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    return value if isinstance(value, tuple) else ()


def _raw(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


def _shown(value: str | None) -> str:
    if value is None:
        return "nothing"
    short = value if len(value) <= MAX_VALUE_LENGTH else value[: MAX_VALUE_LENGTH - 3] + "..."
    clean = printable(short.replace("\n", "\\n"))
    return f'"{clean}"' if not clean or clean != clean.strip() or " " in clean or "," in clean else clean
