"""Cassette files on disk: appended to at constant cost, replaced as a whole, never left half-written.

An interaction is appended in two steps. First it is written as a pending block, which is valid YAML however
much of it reaches the disk (see `canonical.PENDING`), and synchronised. Then one byte turns the block into
the next item, and is synchronised too. A reader therefore sees either the whole interaction or none of it,
whether the process is killed or the power fails.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path

from twilio_test_proxy.cassettes.canonical import PENDING
from twilio_test_proxy.cassettes.errors import CassetteError
from twilio_test_proxy.cassettes.yaml_writer import SEPARATOR

Check = Callable[[bytes], None]
"""Called with the bytes as they were read back from the file; raises if they must not stay there."""

_CURES = {
    errno.ENOSPC: ("the disk is full", "free some space"),
    errno.EDQUOT: ("the disk quota is used up", "free some space"),
    errno.EFBIG: ("the file may not grow further", "raise the limit or use another cassette"),
    errno.EROFS: ("the file system is read-only", "choose another directory"),
    errno.EACCES: ("permission denied", "give yourself write permission"),
    errno.EPERM: ("permission denied", "give yourself write permission"),
}


def write_failure(path: Path, error: OSError) -> CassetteError:
    """The error for a write that failed; the file is as it was before."""
    problem, cure = _CURES.get(error.errno or 0, (error.strerror or str(error), "check the disk"))
    return CassetteError(path, f"the interaction could not be written: {problem}", cure)


def replace_file(path: Path, text: str, check: Check) -> None:
    """Make `text` the content of the file, atomically and durably; on any failure the file stays as it was.

    Raises:
        CassetteError: it could not be written.
    """
    temporary = path.with_name(f".{path.name}.tmp")  # one name: whoever writes holds the cassette's lock
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else None
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        try:
            if mode is not None:
                os.fchmod(descriptor, mode)
            data = text.encode("ascii")
            _write_all(descriptor, data, 0)
            os.fsync(descriptor)
            check(os.pread(descriptor, len(data), 0))
        finally:
            os.close(descriptor)
        temporary.replace(path)
        sync_directory(path.parent)
    except OSError as error:
        raise write_failure(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def fingerprint(path: Path) -> tuple[int, ...] | None:
    """What changes when anybody writes or replaces the file; None where there is no file.

    Raises:
        CassetteError: the file cannot be looked at.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise write_failure(path, error) from error
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def changed_error(path: Path) -> CassetteError:
    """The error for a file that was changed or removed by somebody else than its recorder."""
    deed = "changed" if os.path.lexists(path) else "removed"
    return CassetteError(path, f"somebody {deed} the file while it was recorded", "insert the cassette again")


def sync_directory(directory: Path) -> None:
    """Make a new or renamed name in the directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Appender:
    """A cassette file in our shape, open at its end; what it writes is durable when the call returns."""

    def __init__(self, path: Path, end: int) -> None:
        """Open the file and cut off whatever stands after `end`, the end of its last interaction.

        Raises:
            CassetteError: the file cannot be opened for writing.
        """
        self._path = path
        self._end = end
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            if os.fstat(self._descriptor).st_size > end:
                os.ftruncate(self._descriptor, end)
        except OSError as error:
            raise write_failure(path, error) from error

    @property
    def end(self) -> int:
        """Where the last interaction ends."""
        return self._end

    def append(self, items: bytes, check: Check) -> None:
        """Append items, in the text that `item_text` makes, and return when they are durable.

        Raises:
            CassetteError: they could not be written, or somebody else changed the file; it is as before.
        """
        self.refuse_changed()
        try:
            block = PENDING + items
            _write_all(self._descriptor, block, self._end)
            os.fdatasync(self._descriptor)
            check(os.pread(self._descriptor, len(items), self._end + len(PENDING)))
            os.pwrite(self._descriptor, SEPARATOR[:1].encode(), self._end)
            os.fdatasync(self._descriptor)
        except BaseException as error:
            self._restore()
            if isinstance(error, OSError):
                raise write_failure(self._path, error) from error
            raise
        # Only looks: the comment's remainder may reach the disk at any time, or never.
        with contextlib.suppress(OSError):
            os.pwrite(self._descriptor, SEPARATOR[1:].encode(), self._end + 1)
        self._end += len(block)

    def refuse_changed(self) -> None:
        """Look whether the file is still the one that this appender left.

        Raises:
            CassetteError: somebody else replaced, removed, cut or grew it.
        """
        try:
            here, there = os.fstat(self._descriptor), self._path.stat()
        except FileNotFoundError as error:
            raise changed_error(self._path) from error
        except OSError as error:
            raise write_failure(self._path, error) from error
        if (here.st_dev, here.st_ino) != (there.st_dev, there.st_ino) or here.st_size != self._end:
            raise changed_error(self._path)

    def _restore(self) -> None:
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, self._end)
            os.fdatasync(self._descriptor)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _write_all(descriptor: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        offset += written
        view = view[written:]
