import multiprocessing
import os
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from recorder_child import hold_lock
from twilio_test_proxy.cassettes.errors import CassetteError
from twilio_test_proxy.cassettes.locks import RecorderLock


def test_the_second_recorder_is_refused_and_told_who_has_it(tmp_path: Path) -> None:
    lock = RecorderLock(tmp_path / "a.yaml")
    with pytest.raises(CassetteError) as raised:
        RecorderLock(tmp_path / "a.yaml")
    assert f"another recorder is writing it (process {os.getpid()})" in str(raised.value)
    RecorderLock(tmp_path / "b.yaml").release()
    lock.release()
    RecorderLock(tmp_path / "a.yaml").release()


def test_nothing_is_left_after_the_end(tmp_path: Path) -> None:
    lock = RecorderLock(tmp_path / "a.yaml")
    assert [path.name for path in tmp_path.iterdir()] == [".a.yaml.lock"]
    lock.release()
    lock.release()
    assert list(tmp_path.iterdir()) == []


def in_another_process(path: Path) -> tuple[multiprocessing.process.BaseProcess, Connection]:
    processes = multiprocessing.get_context("forkserver")
    receiving, sending = processes.Pipe(duplex=False)
    child = processes.Process(target=hold_lock, args=(path, sending))
    child.start()
    sending.close()
    assert receiving.recv_bytes() == b"locked"
    return child, receiving


def test_a_killed_recorder_locks_nobody_out(tmp_path: Path) -> None:
    child, receiving = in_another_process(tmp_path / "a.yaml")
    with pytest.raises(CassetteError, match=f"process {child.pid}"):
        RecorderLock(tmp_path / "a.yaml")
    child.kill()
    child.join()
    receiving.close()
    RecorderLock(tmp_path / "a.yaml").release()
    assert list(tmp_path.iterdir()) == []


def test_a_lock_file_that_was_removed_in_between_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The holder removes its file between the open and the lock of the next one."""
    import fcntl

    real = fcntl.flock
    calls: list[int] = []

    def flock(descriptor: int, operation: int) -> None:
        if not calls:
            (tmp_path / ".a.yaml.lock").unlink()
        calls.append(operation)
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    lock = RecorderLock(tmp_path / "a.yaml")
    assert len(calls) == 2
    monkeypatch.undo()
    with pytest.raises(CassetteError):
        RecorderLock(tmp_path / "a.yaml")
    lock.release()


@pytest.mark.parametrize(
    ("error", "said"),
    [(PermissionError(13, "no"), "its directory cannot be written"), (OSError(30, "Read-only"), "Read-only")],
)
def test_a_lock_that_cannot_be_made_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    def refuse(*_: object) -> int:
        raise error

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(CassetteError, match=said):
        RecorderLock(tmp_path / "a.yaml")
