"""One recorder for each cassette: a lock beside the file that a dead process cannot hold."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from twilio_test_proxy.cassettes.errors import CassetteError


class RecorderLock:
    """The right to write a cassette, held from creation until `release`.

    The lock is taken on a hidden file beside the cassette and not on the cassette, because the cassette may
    not exist yet and a rewrite replaces it. The kernel drops the lock with the process that holds it, so a
    file left behind by a killed recorder locks nobody out; the next recorder takes it over and removes it.
    """

    def __init__(self, cassette: Path) -> None:
        """Take the lock.

        Raises:
            CassetteError: another recorder has it, or the lock file cannot be made.
        """
        self.path = cassette.with_name(f".{cassette.name}.lock")
        try:
            self._descriptor = self._acquire(cassette)
        except PermissionError as error:
            raise CassetteError(
                cassette, "its directory cannot be written", "give yourself write permission"
            ) from error
        except OSError as error:
            raise CassetteError(
                cassette, f"its lock cannot be made: {error.strerror}", "check its directory"
            ) from error

    def _acquire(self, cassette: Path) -> int:
        while True:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
                os.close(descriptor)
                raise CassetteError(
                    cassette,
                    f"another recorder is writing it (process {holder or 'unknown'})",
                    "stop that one or record into another cassette",
                ) from None
            # The holder before us may have removed the file between our open and our lock.
            if self._is_current(descriptor):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
                return descriptor
            os.close(descriptor)

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.fstat(descriptor).st_ino == self.path.stat().st_ino
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Give the lock back and remove its file; a second call does nothing."""
        if self._descriptor < 0:
            return
        with contextlib.suppress(OSError):
            self.path.unlink()
        os.close(self._descriptor)
        self._descriptor = -1
