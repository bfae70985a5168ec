"""A cassette: plays recorded answers, explains what it cannot play, and keeps what is recorded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from twilio_test_proxy.cassettes import accounts as sids
from twilio_test_proxy.cassettes.accounts import Accounts, accounts_of
from twilio_test_proxy.cassettes.documents import read_document
from twilio_test_proxy.cassettes.entries import Entry
from twilio_test_proxy.cassettes.errors import CassetteError
from twilio_test_proxy.cassettes.explanation import Miss, MissReason, Places, closest
from twilio_test_proxy.cassettes.interaction import Request, Response
from twilio_test_proxy.cassettes.matching import request_key
from twilio_test_proxy.cassettes.record_mode import RecordMode
from twilio_test_proxy.cassettes.recorder import Recorder
from twilio_test_proxy.cassettes.scrub import Scrubber, played


@dataclass(frozen=True, slots=True)
class CassetteStatus:
    """What a cassette holds and what became of it since it was opened or rewound.

    Attributes:
        path: the file.
        mode: the record mode.
        existed: whether the file held a cassette when it was opened.
        interactions: how many it holds now.
        played: how many of them were played at least once.
        plays: how many answers were played, repeats included.
        missed: how many requests it did not answer and could not record.
        recorded: how many interactions were recorded since it was opened.
        unplayed: how many interactions that it held when it was opened were not played; none in record mode `all`.
        notices: what a user must know about the file, in sentences.
    """

    path: Path
    mode: RecordMode
    existed: bool
    interactions: int
    played: int
    plays: int
    missed: int
    recorded: int
    unplayed: int
    notices: tuple[str, ...]


class Cassette:
    """One cassette, open in one record mode. Its methods may be called from several threads.

    `play`, `status`, `unplayed` and `rewind` work in memory; the constructor, `record` and `close` use the
    disk.
    """

    def __init__(
        self,
        path: Path | str,
        mode: RecordMode = RecordMode.NONE,
        *,
        allow_playback_repeats: bool = False,
    ) -> None:
        """Read the file; where the mode records, become its only recorder. Blocks on the disk.

        Raises:
            CassetteError: the file is unreadable, or the mode records and another recorder has it, its
                directory cannot be written or it is a JSON file.
        """
        self.path = Path(path)
        self.mode = mode
        self._repeats = allow_playback_repeats
        self._lock = threading.RLock()
        self._scrubber = Scrubber()
        document = read_document(self.path)
        self._recorder: Recorder | None = None
        if mode.may_record(document.existed):
            self._recorder = Recorder(self.path, self._scrubber.secrets, replaces=mode is RecordMode.ALL)
            document = self._recorder.document
        self._existed = document.existed
        self.notices = tuple(document.notices)
        self._entries: list[Entry] = document.entries
        self._loaded = len(self._entries)
        # What others wrote may hold account SIDs; they are hidden when it is played.
        self._foreign = {place for place, entry in enumerate(self._entries) if entry.key is None}
        self._places: dict[str, list[int]] = {}
        for place, entry in enumerate(self._entries):
            if entry.key is None:
                request = entry.interaction.request
                entry.key = request_key(self._scrubber.compared(request, accounts_of(request)))
            self._places.setdefault(entry.key, []).append(place)
        self._by_path: Places | None = None
        self._missed = self._plays = self._recorded = 0
        self._used: dict[str, int] = {}

    @property
    def may_record(self) -> bool:
        """Whether a request that was not played may be recorded."""
        return self._recorder is not None

    def play(self, request: Request) -> Response | Miss:
        """The recorded answer to the request, or why there is none. Never blocks on the disk.

        Equal requests play in recorded order; when all were played, the last one plays again if repeats are allowed
        (vcrpy would play the first one from the start, so that a state that was polled for would never be reached).
        The answer has the asking client's SIDs and no header of its length, but for an answer to HEAD.
        """
        accounts = accounts_of(request)
        with self._lock:
            key = request_key(self._scrubber.compared(request, accounts))
            place = self._next_place(key)
            if place is None:
                self._missed += not self.may_record
                return self._miss(self._scrubber.request(request, accounts), key)
            self._plays += 1
            entry = self._entries[place]
        response = entry.response
        if place in self._foreign:
            response = _hidden(response, accounts_of(entry.interaction.request))
        return played(response, accounts, request.method)

    def ready(self) -> None:
        """Look whether an exchange could be kept now, before Twilio is asked. Blocks on the disk.

        Raises:
            CassetteError: `record` would fail, whatever Twilio answers.
        """
        self._recording().ready()

    def record(self, request: Request, response: Response) -> None:
        """Keep an exchange with Twilio, scrubbed, and return when it is durable. Blocks on the disk.

        Concurrent calls share one write. The caller answers the client once this has returned.

        Raises:
            CassetteError: it could not be written; the file is as it was before.
            SecretSurvivedError: a secret was found in the written bytes, or since the last call in older ones;
                they were removed, and every later call raises the same.
        """
        recorder = self._recording()
        accounts = accounts_of(request)
        with self._lock:
            compared = self._scrubber.compared(request, accounts)
            kept = self._scrubber.kept(request, compared, accounts)
            answer = self._scrubber.response(response, accounts)
        key = request_key(compared)
        entry = recorder.record(kept, answer, key)
        with self._lock:
            self._places.setdefault(key, []).append(len(self._entries))
            self._entries.append(entry)
            self._recorded += 1
            if self._by_path is not None:
                self._by_path.add(kept.method, kept.uri)

    def rewind(self) -> None:
        """Play from the beginning again."""
        with self._lock:
            self._used.clear()
            self._plays = self._missed = 0

    def status(self) -> CassetteStatus:
        """What the cassette holds and what became of it."""
        with self._lock:
            return CassetteStatus(
                self.path,
                self.mode,
                self._existed,
                len(self._entries),
                sum(self._used.values()),
                self._plays,
                self._missed,
                self._recorded,
                sum(1 for _ in self._unplayed_places()),
                self.notices,
            )

    def unplayed(self) -> Iterator[tuple[int, str, str]]:
        """Number (from 1), method and scrubbed URI of each interaction of the start that was not played."""
        with self._lock:
            places = list(self._unplayed_places())
        for place in places:
            yield place + 1, *self._target(place)

    def close(self) -> None:
        """Finish: in record mode `all`, drop what was recorded anew; give up the lock. Blocks on the disk.

        Raises:
            CassetteError: the file could not be rewritten; nothing recorded is lost.
            SecretSurvivedError: a secret was found in the file, and no call of `record` has told so yet.
        """
        if self._recorder is not None:
            self._recorder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _recording(self) -> Recorder:
        if self._recorder is None:
            raise CassetteError(
                self.path, f"record mode {self.mode} does not record here", "choose another record mode"
            )
        return self._recorder

    def _next_place(self, key: str) -> int | None:
        if not self.mode.may_play(self._existed, self._repeats):
            return None
        places = self._places.get(key)
        if places is None:
            return None
        used = self._used.get(key, 0)
        if used < len(places):
            self._used[key] = used + 1
            return places[used]
        return places[-1] if self._repeats else None

    def _unplayed_places(self) -> Iterator[int]:
        if self.mode is RecordMode.ALL:  # nothing is meant to be played
            return iter(())
        unplayed = (place for key, places in self._places.items() for place in places[self._used.get(key, 0) :])
        return iter(sorted(place for place in unplayed if place < self._loaded))

    def _miss(self, request: Request, key: str) -> Miss:
        name = str(self.path)
        if not self._existed and not self._entries:
            return Miss(name, request, MissReason.NO_CASSETTE)
        if self.mode is RecordMode.ALL:
            return Miss(name, request, MissReason.RECORDING_ALL)
        if not self._existed and not self._repeats:
            return Miss(name, request, MissReason.NEW)
        if not self._entries:
            return Miss(name, request, MissReason.EMPTY)
        places = self._places.get(key)
        if places is not None:
            recorded = self._request(places[-1])
            return Miss(name, request, MissReason.ALREADY_PLAYED, recorded, places[-1] + 1, plays=len(places))
        if self._by_path is None:
            targets = (self._target(place) for place in range(len(self._entries)))
            self._by_path = Places(targets, lambda place: self._entries[place].uri_and_body)
        found = closest(request, self._by_path.candidates(request), self._request)
        if found is None:
            return Miss(name, request, MissReason.NOTHING_SIMILAR)
        return Miss(name, request, MissReason.DIFFERENT, found[1], found[0] + 1, found[2])

    def _request(self, place: int) -> Request:
        request = self._entries[place].interaction.request
        return self._scrubber.request(request) if place in self._foreign else request

    def _target(self, place: int) -> tuple[str, str]:
        if place in self._foreign:
            request = self._request(place)
            return request.method, request.uri
        return self._entries[place].method_and_uri


def _hidden(response: Response, accounts: Accounts) -> Response:
    """A response that another recorder kept, with the SIDs of its own account hidden as in ours."""
    text = response.body.decode("latin-1")
    accounts = sids.with_live(accounts, text)
    return Response(
        response.status,
        response.reason,
        tuple((name, sids.hide(value, accounts)) for name, value in response.headers),
        sids.hide(text, accounts).encode("latin-1"),
        response.extra,
    )
