"""The cassettes that are open, and which of them is in force for whom. Knows nothing of mitmproxy's hooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..cassettes.errors import CassetteError
from ..cassettes.names import cassette_path
from ..cassettes.record_mode import RecordMode
from .settings import Settings

if TYPE_CHECKING:
    from ..cassettes.cassette import Cassette, CassetteStatus

DEFAULT = ""  # the user name of those who have none
MAX_UNPLAYED = 20  # interactions that a description lists; it counts them all


class InFlightError(ValueError):
    """A cassette cannot be changed now, for an answer of Twilio's that is paid for is still to be recorded in it."""

    def __init__(self, path: Path, requests: int) -> None:
        """Say so in one sentence."""
        are = "1 request is" if requests == 1 else f"{requests} requests are"
        super().__init__(
            f"Cassette {path}: {are} on the way to Twilio and will be recorded in it; change it once they are answered."
        )


class Library:
    """One open cassette for each proxy user, opened when it is first asked for.

    Two users may name the same file (`a` and `a.yaml`); they share the cassette.

    Attributes:
        settings: the options that it was made with.
        closed: descriptions of the cassettes that were ejected or finished, in that order.
    """

    def __init__(self, settings: Settings, closed: list[dict[str, Any]] | None = None) -> None:
        self.settings = settings
        self.closed = [] if closed is None else closed
        self._inserted: dict[str, Path] = {}  # by user name, what takes the place of the user's own cassette
        self._ejected: set[str] = set()
        self._open: dict[Path, Cassette] = {}
        self._in_flight: Counter[Path] = Counter()

    def path(self, user: str) -> Path | None:
        """The cassette in force for a proxy user, None where there is none.

        Raises:
            CassetteNameError: the user name names no cassette.
        """
        if user in self._inserted:
            return self._inserted[user]
        if user in self._ejected:
            return None
        if user:
            return cassette_path(self.settings.cassette_dir, user)
        return _expanded(self.settings.cassette) if self.settings.cassette else None

    def in_force(self, user: str) -> bool:
        """Whether a user has a cassette; a name that names none counts too, for it was meant to."""
        if user in self._inserted:
            return True
        return user not in self._ejected and bool(user or self.settings.cassette)

    def open(self, path: Path, mode: RecordMode | None = None) -> Cassette:
        """The cassette at a path, as it is if it is open already. Blocks on the disk where it is not.

        Raises:
            CassetteError: it cannot be read, or not be recorded into.
        """
        key = _key(path)
        if key not in self._open:
            mode = mode or RecordMode(self.settings.record_mode)
            # Late: reading YAML takes a fifth of the start, and most runs have no cassette.
            from ..cassettes.cassette import Cassette

            self._open[key] = Cassette(path, mode, allow_playback_repeats=self.settings.allow_playback_repeats)
        return self._open[key]

    @contextmanager
    def in_flight(self, cassette: Cassette) -> Iterator[None]:
        """Keep a cassette from being closed while a request is on its way whose answer it is to keep."""
        key = _key(cassette.path)
        self._in_flight[key] += 1
        try:
            yield
        finally:
            self._in_flight[key] -= 1

    def refuse_in_flight(self, paths: Iterable[Path] | None = None) -> None:
        """Look whether cassettes, by default all, may be closed.

        Raises:
            InFlightError: answers of Twilio's are still to be recorded in one of them.
        """
        for path in self._open if paths is None else paths:
            if requests := self._in_flight[_key(path)]:
                raise InFlightError(path, requests)

    def insert(self, user: str, name: str, mode: RecordMode | None = None) -> Cassette:
        """Put a cassette of the cassette directory in force for a user, read anew from its file.

        Raises:
            CassetteNameError: the name leads outside the directory, or the user name names no cassette.
            CassetteError: it cannot be read; what was in force for the user stays.
            InFlightError: it is open, and answers are still to be recorded in it.
        """
        if user:
            cassette_path(self.settings.cassette_dir, user)  # whoever cannot be told from others gets none
        path = cassette_path(self.settings.cassette_dir, name)
        self.release(path)
        cassette = self.open(path, mode)
        self._inserted[user] = path
        return cassette

    def eject(self, user: str) -> CassetteStatus | None:
        """Close a user's cassette and return what became of it, None where none was in force.

        Raises:
            CassetteNameError: the user name names no cassette.
            CassetteError: the cassette could not be read, or not be finished; it is ejected all the same.
            InFlightError: answers are still to be recorded in it.
        """
        path = self.path(user)
        if path is None:
            return None
        self.refuse_in_flight([path])
        self._inserted.pop(user, None)
        self._ejected.add(user)
        status = self.open(path).status()
        self._close(path)
        return status

    def rewind(self, user: str) -> CassetteStatus | None:
        """Play a user's cassette from the beginning again; None where none is in force.

        Raises:
            CassetteNameError, CassetteError: as `path` and `open`.
        """
        path = self.path(user)
        if path is None:
            return None
        cassette = self.open(path)
        cassette.rewind()
        return cassette.status()

    def __iter__(self) -> Iterator[Cassette]:
        """The open cassettes, in the order in which they were opened."""
        return iter(list(self._open.values()))

    def close(self) -> list[CassetteError]:
        """Close every cassette; the errors of those that could not be finished."""
        errors = []
        for path in list(self._open):
            try:
                self._close(path)
            except CassetteError as error:
                errors.append(error)
        return errors

    def release(self, path: Path) -> None:
        """Close a cassette, if it is open, so that it can be opened anew.

        Raises:
            CassetteError: it could not be finished.
            InFlightError: answers are still to be recorded in it.
        """
        cassette = self._open.get(_key(path))
        if cassette is None:
            return
        self.refuse_in_flight([path])
        status = cassette.status()
        if status.plays or status.missed or status.recorded:
            self._close(path)
        else:
            # Nobody has asked it yet, so nobody is to be told that it was not played.
            del self._open[_key(path)]
            cassette.close()

    def _close(self, path: Path) -> None:
        cassette = self._open.pop(_key(path), None)
        if cassette is not None:
            self.closed.append(describe(cassette))
            cassette.close()


def describe(cassette: Cassette) -> dict[str, Any]:
    """What became of a cassette, as plain values, with the first unplayed interactions."""
    unplayed = [
        {"number": number, "method": method, "uri": uri}
        for (number, method, uri), _ in zip(cassette.unplayed(), range(MAX_UNPLAYED), strict=False)
    ]
    return describe_status(cassette.status()) | {"unplayed_interactions": unplayed}


def describe_status(status: CassetteStatus) -> dict[str, Any]:
    """A status as plain values."""
    return {
        "cassette": str(status.path),
        "record_mode": str(status.mode),
        "interactions": status.interactions,
        "played": status.played,
        "missed": status.missed,
        "unplayed": status.unplayed,
        "recorded": status.recorded,
    }


def _key(path: Path) -> Path:
    try:
        return path.resolve()
    except RuntimeError:  # up to Python 3.12: links that lead round in a circle
        return path


def _expanded(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:  # nobody of that name has a home directory
        return Path(path)
