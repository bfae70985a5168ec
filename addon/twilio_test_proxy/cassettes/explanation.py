"""Why a cassette does not answer a request: a paragraph for an SDK's exception, and its parts for a page."""

from __future__ import annotations

import difflib
import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from twilio_test_proxy.cassettes.differences import Difference, differences
from twilio_test_proxy.cassettes.interaction import Request
from twilio_test_proxy.cassettes.similarity import Likeness

MAX_MESSAGE_LENGTH = 1000
MAX_SHOWN_DIFFERENCES = 8
MAX_COMPARED = 50
"""Recorded requests that are compared field by field with the one asked for."""

MAX_PATHS = 500
"""Recorded paths among which a similar one is looked for."""

_MAX_URI_LENGTH = 200


class MissReason(StrEnum):
    """Why nothing was played."""

    NO_CASSETTE = "no cassette"
    EMPTY = "empty"
    RECORDING_ALL = "recording all"
    NEW = "new in this run"
    ALREADY_PLAYED = "already played"
    DIFFERENT = "different"
    NOTHING_SIMILAR = "nothing similar"


@dataclass(frozen=True, slots=True)
class Miss:
    """A request that the cassette does not answer. Everything in it is scrubbed.

    Attributes:
        cassette: the cassette's path as text.
        request: the request asked for, scrubbed.
        reason: why nothing was played.
        closest: the most similar recorded request, if there is one.
        number: the place of that one in the cassette, counted from 1.
        differences: in what that one differs.
        plays: how many equal requests are recorded, all of them played.
    """

    cassette: str
    request: Request
    reason: MissReason
    closest: Request | None = None
    number: int = 0
    differences: tuple[Difference, ...] = ()
    plays: int = 0

    @property
    def message(self) -> str:
        """The explanation in one paragraph without line feeds, of at most MAX_MESSAGE_LENGTH characters."""
        uri = _shortened(self.request.uri, _MAX_URI_LENGTH)
        asked = f"{self.request.method} {uri}"
        text = " ".join(f"{self._sentence(asked)}".split())
        return _shortened(text, MAX_MESSAGE_LENGTH)

    def _sentence(self, asked: str) -> str:
        holds_not = f"Cassette {self.cassette} does not hold {asked}"
        if self.reason is MissReason.NO_CASSETTE:
            return f"There is no cassette {self.cassette} to answer {asked}."
        if self.reason is MissReason.EMPTY:
            return f"Cassette {self.cassette} is empty, so it does not hold {asked}."
        if self.reason is MissReason.RECORDING_ALL:
            return f"Record mode all plays nothing from cassette {self.cassette}: {asked}."
        if self.reason is MissReason.NEW:
            return f"Cassette {self.cassette} is new in this run and is not played before it is closed: {asked}."
        if self.reason is MissReason.ALREADY_PLAYED:
            times = "once" if self.plays == 1 else f"{self.plays} times"
            return (
                f"Cassette {self.cassette} holds {asked} {times}, and it was already played {times}:"
                " allow playback repeats, or record it as often as it is asked."
            )
        if self.closest is None:
            return f"{holds_not}, nor anything for a similar path."
        shown = "; ".join(str(difference) for difference in self.differences[:MAX_SHOWN_DIFFERENCES])
        shown = shown or "its bytes are not the same"
        more = len(self.differences) - MAX_SHOWN_DIFFERENCES
        rest = f"; and {more} more" if more > 0 else ""
        return f"{holds_not}. The closest recorded interaction, number {self.number}, differs: {shown}{rest}."


class Places:
    """Where in a cassette the requests for each method and path are; built at the first miss."""

    def __init__(self, targets: Iterable[tuple[str, str]], uri_and_body: Callable[[int], tuple[str, bytes]]) -> None:
        """Take methods and URIs in the order of the cassette, and what gives a request's URI and body by its place."""
        self._numbers: dict[str, dict[str, list[int]]] = {}
        self._count = 0
        self._uri_and_body = uri_and_body
        self._likeness: dict[tuple[str, str], Likeness] = {}
        for method, uri in targets:
            self.add(method, uri)

    def add(self, method: str, uri: str) -> None:
        """Add the next interaction of the cassette."""
        by_method = self._numbers.setdefault(_path(uri), {})
        by_method.setdefault(method, []).append(self._count)
        self._count += 1

    def candidates(self, request: Request) -> list[int]:
        """The places, counted from 0, of the recorded requests that may be closest, at most MAX_COMPARED."""
        path = _path(request.uri)
        paths = [path]
        if path not in self._numbers:
            paths = difflib.get_close_matches(path, list(self._numbers)[:MAX_PATHS], n=3, cutoff=0.6)
        groups = [(near, method) for near in paths for method in self._numbers[near]]
        same = [group for group in groups if group[1] == request.method]
        return self._likest(request, same or groups)

    def _likest(self, request: Request, groups: list[tuple[str, str]]) -> list[int]:
        numbers = [self._numbers[path][method] for path, method in groups]
        if sum(map(len, numbers)) <= MAX_COMPARED:
            return [number for several in numbers for number in several]
        found = [
            (unlike, several[at])
            for group, several in zip(groups, numbers, strict=True)
            for unlike, at in self._index(group, several).likest(request.uri, request.body, MAX_COMPARED)
        ]
        return [number for _, number in heapq.nsmallest(MAX_COMPARED, found)]

    def _index(self, group: tuple[str, str], numbers: list[int]) -> Likeness:
        """The index of the requests for a path and method, made when it is first wanted, and up to date."""
        likeness = self._likeness.setdefault(group, Likeness())
        for number in numbers[len(likeness) :]:
            likeness.add(*self._uri_and_body(number))
        return likeness


def closest(
    request: Request, places: Iterable[int], recorded: Callable[[int], Request]
) -> tuple[int, Request, tuple[Difference, ...]] | None:
    """The recorded request with the fewest differences, its place counted from 0, and those differences."""
    best: tuple[int, Request, tuple[Difference, ...]] | None = None
    for place in places:
        candidate = recorded(place)
        found = differences(candidate, request)
        if best is None or len(found) < len(best[2]):
            best = (place, candidate, found)
    return best


def _path(uri: str) -> str:
    without_scheme = uri.partition("://")[2]
    path = without_scheme[without_scheme.find("/") :] if "/" in without_scheme else "/"
    return path.partition("?")[0].partition("#")[0]


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 3] + "..."
