"""What a cassette's file held before, searched for secrets that were seen since: beside the recording, never in it.

What is being written is searched at once, so only older text is left, and how long that is must not be felt by
who waits for an answer. A thread searches it, as many secrets in one go as have come, for as long as some come.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from twilio_test_proxy.cassettes.errors import CassetteError
from twilio_test_proxy.cassettes.secrets import Secrets
from twilio_test_proxy.cassettes.survivors import holds_secret

PIECE = 8 * 1024
"""Bytes searched without a pause, in less than a millisecond; an item is never cut, however long it is."""

_PAUSE = 0.005
_ITEM = b"\n  - "

Told = Callable[[CassetteError | None], None]
"""Called on the searching thread: with None where a secret was found, else with why the text cannot be searched."""


class OldText:
    """Searches the beginning of one file on a thread of its own, which lives while there is something to do."""

    def __init__(self, path: Path, secrets: Secrets, told: Told) -> None:
        self._path = path
        self._secrets = secrets
        self._told = told
        self._lock = threading.Lock()
        self._pending: list[str] = []
        self._end = 0
        self._thread: threading.Thread | None = None
        self._hurry = threading.Event()

    def search(self, secrets: Iterable[str], end: int) -> None:
        """Begin to search the file's first `end` bytes, which nobody changes, and return at once."""
        with self._lock:
            self._pending.extend(secrets)
            self._end = end
            if self._pending and self._thread is None:
                self._thread = threading.Thread(target=self._run, name="search of a cassette", daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Return when everything asked for was searched. Whoever is told must not wait for the caller."""
        self._hurry.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            with self._lock:
                wanted, self._pending = self._pending, []
                if not wanted:
                    self._thread = None
                    return
                end = self._end
            try:
                found = any(holds_secret(piece, self._secrets, wanted) for piece in self._pieces(end))
            except Exception as error:  # whatever it is, what was not searched must not pass for clean
                reason = error.strerror if isinstance(error, OSError) else repr(error)
                self._told(CassetteError(self._path, f"its older text cannot be searched: {reason}", "record it again"))
            else:
                if found:
                    self._told(None)

    def _pieces(self, end: int) -> Iterator[bytes]:
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:  # removed with all that was in it
            return
        try:
            for piece in item_pieces(descriptor, end):
                yield piece
                # Lets others have the interpreter, who would else wait for its switch interval each time.
                if not self._hurry.is_set():
                    time.sleep(_PAUSE)
        finally:
            os.close(descriptor)


def item_pieces(descriptor: int, end: int) -> Iterator[bytes]:
    """The file's first `end` bytes in pieces of about PIECE bytes, cut only where an item begins."""
    at, parts = 0, [b""]
    while at < end and (block := os.pread(descriptor, min(PIECE, end - at), at)):
        at += len(block)
        before = parts[-1][-len(_ITEM) :]
        cut = (before + block).rfind(_ITEM)
        if cut < 0:
            parts.append(block)
            continue
        whole = b"".join(parts)
        cut += len(whole) - len(before)
        whole += block
        yield whole[:cut]
        parts = [whole[cut:]]
    yield b"".join(parts)
