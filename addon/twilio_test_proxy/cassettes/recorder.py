"""Keeps interactions in a cassette's file: one recorder a file, nothing answered before it is durable."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from twilio_test_proxy.cassettes.accounts import names_accounts
from twilio_test_proxy.cassettes.disk import Appender, Check, changed_error, fingerprint, replace_file, write_failure
from twilio_test_proxy.cassettes.documents import read_document
from twilio_test_proxy.cassettes.entries import Entry
from twilio_test_proxy.cassettes.errors import CassetteError, SecretSurvivedError
from twilio_test_proxy.cassettes.interaction import Interaction, Request, Response
from twilio_test_proxy.cassettes.locks import RecorderLock
from twilio_test_proxy.cassettes.old_text import OldText
from twilio_test_proxy.cassettes.secrets import Secrets
from twilio_test_proxy.cassettes.survivors import holds_secret
from twilio_test_proxy.cassettes.yaml_writer import file_text, item_text


class _TriedOutError(Exception):
    """The bytes were written and synchronised; they are to be taken away again."""


@dataclass(slots=True)
class _Ticket:
    """An interaction on its way to the disk."""

    text: bytes
    key: str
    error: BaseException | None = None
    done: bool = field(default=False)


class Recorder:
    """Writes one cassette. `record` may be called from several threads; those that meet share one write."""

    def __init__(self, path: Path, secrets: Secrets, *, replaces: bool) -> None:
        """Become the only recorder of the file and read it.

        Args:
            path: the cassette.
            secrets: what must not be found in the file; it grows while recording.
            replaces: whether, at the end, interactions of earlier runs make way for equal ones recorded now.

        Raises:
            CassetteError: the file cannot be recorded into.
        """
        if path.suffix.lower() == ".json":
            raise CassetteError(path, "a JSON cassette can be played but not recorded into", "name a .yaml file")
        # Through symbolic links, so that two names of one file are one lock, and a rewrite keeps the link.
        self._path = path.resolve()
        self._secrets = secrets
        self._replaces = replaces
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CassetteError(
                path, f"its directory cannot be made: {error.strerror}", "make it or choose another"
            ) from error
        self._held = RecorderLock(self._path)
        try:
            self._fingerprint = fingerprint(self._path)
            self.document = read_document(self._path)
            if self.document.existed and not os.access(self._path, os.W_OK):
                raise CassetteError(path, "the file is read-only", "give yourself write permission, or only replay it")
        except CassetteError:
            self._held.release()
            raise
        self._append_at = self.document.append_at
        self._before = list(self.document.entries)
        self._recorded: list[Entry] = []
        self._searched: set[str] = set()
        self._old_text = OldText(self._path, secrets, self._survivor_in_old_text)
        self._failure: CassetteError | None = None
        self._failure_told = False
        self._closed = False
        self._unwritten = b""
        self._appender: Appender | None = None
        self._queue: list[_Ticket] = []
        self._queue_lock = threading.Lock()
        self._disk_lock = threading.Lock()

    def ready(self) -> None:
        """Look whether `record` could write, before an answer is paid for. Blocks on the disk.

        After a write that failed, as on a full disk, the same bytes are tried out: written and taken away again.

        Raises:
            CassetteError: recording has stopped, somebody changed or removed the file, or it cannot be written.
        """
        with self._disk_lock:
            self._refuse_ended()
            self._refuse_changed()
            if self._unwritten:
                with contextlib.suppress(_TriedOutError):
                    self._put(self._unwritten, _take_away)
                self._unwritten = b""

    def record(self, request: Request, response: Response, key: str) -> Entry:
        """Write an interaction, already scrubbed, and return when it is durable.

        Raises:
            CassetteError: it could not be written; the file is as it was before.
            SecretSurvivedError: a secret was found in the file; what this run wrote of it was removed.
        """
        recorded_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        interaction = Interaction(request, response, {"recorded_at": recorded_at})
        ticket = _Ticket(item_text(interaction, key).encode("ascii"), key)
        with self._queue_lock:
            self._queue.append(ticket)
        with self._disk_lock:
            if not ticket.done:
                with self._queue_lock:
                    batch, self._queue = self._queue, []
                self._write(batch)
        if ticket.error is not None:
            raise ticket.error
        return Entry(None, key, ticket.text, (0, len(ticket.text)))

    def close(self) -> None:
        """Search what is left to search, finish the file and give up the lock; a second call does nothing.

        Raises:
            CassetteError: the file could not be rewritten; nothing recorded is lost.
            SecretSurvivedError: a secret was found in the file, and no call of `record` has told so yet.
        """
        with self._disk_lock:
            if self._closed:
                return
            self._closed = True  # from here on nothing is written, so the search below is the last
            if self._recorded:
                self._search_old_text()
        self._old_text.wait()
        with self._disk_lock:
            try:
                if self._failure is not None and not self._failure_told:
                    raise self._failure
                if self._replaces and self._failure is None:
                    self._drop_replaced()
            finally:
                if self._appender is not None:
                    self._appender.close()
                    self._appender = None
                self._held.release()

    def _write(self, batch: list[_Ticket]) -> None:
        text = b"".join(ticket.text for ticket in batch)
        try:
            self._refuse_ended()
            if self._appender is not None:
                self._search_old_text()
            self._put(text, self._refuse_survivors)
        except BaseException as error:
            if isinstance(error, SecretSurvivedError):
                self._failure, self._failure_told = error, True
            self._unwritten = text
            for ticket in batch:
                ticket.error = error
            if not isinstance(error, Exception):
                raise
        else:
            self._recorded.extend(Entry(None, t.key, t.text, (0, len(t.text))) for t in batch)
        finally:
            for ticket in batch:
                ticket.done = True

    def _refuse_ended(self) -> None:
        if self._closed:
            raise CassetteError(self._path, "it was ejected", "insert it again")
        if self._failure is not None:
            self._failure_told = True
            raise self._failure

    def _refuse_changed(self) -> None:
        if self._appender is not None:
            self._appender.refuse_changed()
        elif fingerprint(self._path) != self._fingerprint:
            raise changed_error(self._path)

    def _put(self, text: bytes, check: Check) -> None:
        if self._appender is None:
            self._start(text, check)
        else:
            self._appender.append(text, check)

    def _start(self, text: bytes, check: Check) -> None:
        """Write the first interaction of this run: appended to a file of our shape, else with a rewrite."""
        self._refuse_changed()
        if self._append_at is None:
            # The whole file is read and written anyway, so all of it is searched before and after.
            if self._path.exists() and holds_secret(self._path.read_bytes(), self._secrets):
                raise self._earlier_error()
            known = self._secrets.known()
            items = [self._item(entry) for entry in self._before]
            whole = file_text([*items, text.decode("ascii")], self.document.others)
            replace_file(self._path, whole, check)
            self._searched.update(known)
            self._append_at = len(whole)
            self._appender = Appender(self._path, self._append_at)
            return
        appender = Appender(self._path, self._append_at)
        try:
            appender.append(text, check)
        except BaseException:
            appender.close()
            self._fingerprint = fingerprint(self._path)  # the write was taken back, which changed the time
            raise
        self._appender = appender
        self._search_old_text()

    def _item(self, entry: Entry) -> str:
        if entry.text:
            return entry.text.decode("ascii")
        text = item_text(entry.interaction, entry.key)
        # Without an index it stays another recorder's, whose account SIDs are hidden when it is played.
        return item_text(entry.interaction, None) if names_accounts(text) else text

    def _refuse_survivors(self, data: bytes) -> None:
        if holds_secret(data, self._secrets):
            raise SecretSurvivedError(
                self._path,
                "a secret was found in the interaction just written, which was removed; recording stopped",
                "report which field held it, and record again without it",
            )

    def _search_old_text(self) -> None:
        """Have what the file holds by now searched for each secret seen since the last time.

        Whoever holds the disk lock calls this before each write. What is written later is searched for all
        secrets known by then, so each piece of the file is searched for each secret, once or twice.
        """
        fresh = [secret for secret in self._secrets.known() if secret not in self._searched]
        if fresh:
            self._searched.update(fresh)
            # Without an appender recording has stopped, and nobody writes.
            self._old_text.search(fresh, sys.maxsize if self._appender is None else self._appender.end)

    def _survivor_in_old_text(self, unsearched: CassetteError | None) -> None:
        """Stop recording, and remove what this run wrote with a secret in it. Called by the searching thread."""
        with self._disk_lock:
            error = unsearched or self._without_survivors()
            if self._failure is None:
                self._failure = error

    def _without_survivors(self) -> CassetteError:
        """Remove what this run wrote with a secret in it, and say so, or why it could not be."""
        clean = [entry for entry in self._recorded if not holds_secret(entry.text, self._secrets)]
        if len(clean) == len(self._recorded):
            return self._earlier_error()
        try:
            self._rewrite([*self._before, *clean])
        except CassetteError as error:
            return error
        except OSError as error:
            return write_failure(self._path, error)
        self._recorded = clean
        return SecretSurvivedError(
            self._path,
            "a secret was found in an interaction of this run, which was removed; recording stopped",
            "report which field held it, and record again without it",
        )

    def _earlier_error(self) -> SecretSurvivedError:
        return SecretSurvivedError(
            self._path,
            "an interaction recorded earlier holds a secret, so nothing more is added",
            "clean it with `scripts/cassette scrub`",
        )

    def _drop_replaced(self) -> None:
        keys = {entry.key for entry in self._recorded}
        kept = [entry for entry in self._before if entry.key not in keys]
        if self._recorded and len(kept) < len(self._before):
            self._rewrite([*kept, *self._recorded])

    def _rewrite(self, entries: list[Entry]) -> None:
        if self._appender is not None:
            self._appender.refuse_changed()
            self._appender.close()
            self._appender = None
        if not entries:
            self._path.unlink()
            return
        text = file_text([self._item(entry) for entry in entries], self.document.others)
        replace_file(self._path, text, lambda _: None)


def _take_away(_: bytes) -> None:
    raise _TriedOutError
