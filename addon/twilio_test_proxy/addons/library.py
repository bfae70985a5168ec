"""The cassettes that are open, and which of them is in force for whom. Knows nothing of mitmproxy's hooks."""

from collections.abc import Iterator
from pathlib import Path

from ..cassettes.cassette import Cassette, CassetteStatus
from ..cassettes.errors import CassetteError
from ..cassettes.names import cassette_path
from ..cassettes.record_mode import RecordMode
from .settings import Settings

DEFAULT = ""  # the user name of those who have none


class Library:
    """One open cassette for each proxy user, opened when it is first asked for.

    Two users may name the same file (`a` and `a.yaml`); they share the cassette.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._inserted: dict[str, Path] = {}  # by user name, what takes the place of the user's own cassette
        self._ejected: set[str] = set()
        self._open: dict[Path, Cassette] = {}

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
        return Path(self.settings.cassette).expanduser() if self.settings.cassette else None

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
        key = path.resolve()
        if key not in self._open:
            mode = mode or RecordMode(self.settings.record_mode)
            self._open[key] = Cassette(path, mode, allow_playback_repeats=self.settings.allow_playback_repeats)
        return self._open[key]

    def insert(self, user: str, name: str, mode: RecordMode | None = None) -> Cassette:
        """Put a cassette of the cassette directory in force for a user, read anew from its file.

        Raises:
            CassetteNameError: the name leads outside the directory.
            CassetteError: it cannot be read; what was in force stays.
        """
        path = cassette_path(self.settings.cassette_dir, name)
        self._close(path)
        cassette = self.open(path, mode)
        self._inserted[user] = path
        self._ejected.discard(user)
        return cassette

    def eject(self, user: str) -> CassetteStatus | None:
        """Close a user's cassette and return what became of it, None where none was in force.

        Raises:
            CassetteNameError, CassetteError: as `path` and `Cassette.close`.
        """
        path = self.path(user)
        if path is None:
            return None
        status = self.open(path).status()
        self._close(path)
        self._inserted.pop(user, None)
        self._ejected.add(user)
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

    def _close(self, path: Path) -> None:
        cassette = self._open.pop(path.resolve(), None)
        if cassette is not None:
            cassette.close()
