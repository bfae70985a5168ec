"""A process that records as fast as it can and says what it has recorded, until it is killed."""

import threading
from multiprocessing.connection import Connection
from pathlib import Path

from cassette_samples import send_message, sent_message
from twilio_test_proxy.cassettes.cassette import Cassette
from twilio_test_proxy.cassettes.locks import RecorderLock
from twilio_test_proxy.cassettes.record_mode import RecordMode

THREADS = 3
NUMBERS = 1_000_000


def record_for_ever(path: Path, first: int, reports: Connection) -> None:
    """Record messages from several threads; send each number on `reports` once `record` has returned."""
    reports.send_bytes(b"ready")
    cassette = Cassette(path, RecordMode.NEW_EPISODES)
    sending = threading.Lock()

    def work(offset: int) -> None:
        for number in range(first + offset, first + NUMBERS, THREADS):
            cassette.record(send_message(number), sent_message(number))
            with sending:
                reports.send_bytes(str(number).encode())

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def hold_lock(path: Path, reports: Connection) -> None:
    """Take the lock of a cassette, say so, and keep it until this process is killed."""
    lock = RecorderLock(path)
    reports.send_bytes(b"locked")
    threading.Event().wait()
    lock.release()
