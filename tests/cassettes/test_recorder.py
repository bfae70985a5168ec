import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from cassette_samples import (
    TOKEN,
    item,
    kept,
    load_with_vcrpy,
    numbers_in,
    vcrpy_interaction,
    write_cassette,
    write_vcrpy_cassette,
)
from recorders import record, recorder, with_secret
from twilio_test_proxy.cassettes import recorder as module
from twilio_test_proxy.cassettes.disk import Appender
from twilio_test_proxy.cassettes.documents import read_document
from twilio_test_proxy.cassettes.errors import CassetteError, SecretSurvivedError
from twilio_test_proxy.cassettes.interaction import Response
from twilio_test_proxy.cassettes.matching import request_key


def test_a_new_file_appears_with_its_first_interaction(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "a.yaml"
    recording = recorder(path)
    assert not path.exists()
    record(recording, 0)
    assert numbers_in(path) == [0]
    record(recording, 1)
    assert numbers_in(path) == [0, 1]
    recording.close()
    recording.close()
    assert list(path.parent.iterdir()) == [path]


def test_the_entry_is_the_one_in_the_file(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    recording = recorder(path)
    entry = recording.record(kept(1).request, kept(1).response, "k" * 32)
    recording.close()
    assert path.read_bytes().endswith(entry.text)
    assert entry.key == "k" * 32
    assert entry.interaction.response == kept(1).response
    assert str(entry.interaction.metadata["recorded_at"]).endswith("+00:00")


def test_a_name_that_is_a_link_is_recorded_through(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "real.yaml")
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    recording = recorder(link)
    with pytest.raises(CassetteError, match="another recorder"):
        recorder(path)
    record(recording, 1)
    recording.close()
    assert link.is_symlink()
    assert numbers_in(path) == [0, 1]


def test_json_is_refused_and_no_lock_left(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="name a"):
        recorder(tmp_path / "a.json")
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CassetteError, match="its directory cannot be made"):
        recorder(tmp_path / "file" / "a.yaml")


def test_an_unreadable_file_is_refused_and_the_lock_given_back(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("[")
    for _ in range(2):
        with pytest.raises(CassetteError, match="this is not YAML"):
            recorder(path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_closed_recorder_records_no_more(tmp_path: Path) -> None:
    recording = recorder(tmp_path / "a.yaml")
    recording.close()
    for attempt in (recording.ready, lambda: record(recording, 0)):
        with pytest.raises(CassetteError, match="it was ejected"):
            attempt()
    assert list(tmp_path.iterdir()) == []


def test_what_others_keep_beside_an_interaction_survives_a_rewrite(tmp_path: Path) -> None:
    noted = vcrpy_interaction() | {"note": "the first", "tags": ["a", {"b": None}]}
    path = write_vcrpy_cassette(tmp_path / "a.yaml", [noted])
    for number in (1, 2):
        recording = recorder(path)
        record(recording, number)
        recording.close()
    assert numbers_in(path) == [0, 1, 2]
    assert [entry.interaction.others for entry in read_document(path).entries] == [
        {"note": "the first", "tags": ["a", {"b": None}]}, {}, {},
    ]  # fmt: skip


@pytest.mark.parametrize("before", [0, 3], ids=["new file", "old file"])
def test_after_a_failed_write_the_next_one_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    path = tmp_path / "a.yaml"
    if before:
        write_cassette(path, before)
    recording = recorder(path)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    for number in range(before, before + 2):
        with monkeypatch.context() as patched:
            patched.setattr(os, "pwrite", full)
            recording.ready()
            for attempt in (partial(record, recording, 9), recording.ready, recording.ready):
                with pytest.raises(CassetteError, match="the disk is full; free some space"):
                    attempt()
        recording.ready()
        assert (numbers_in(path) if path.exists() else []) == list(range(number))
        record(recording, number)
    recording.close()
    assert numbers_in(path) == list(range(before + 2))


def test_interactions_that_meet_share_one_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    recording = recorder(path)
    record(recording, 1)
    writes: list[bytes] = []
    gate = threading.Event()
    real = Appender.append

    def append(self: Appender, items: bytes, check: Callable[[bytes], None]) -> None:
        writes.append(items)
        gate.wait(30)
        real(self, items, check)

    monkeypatch.setattr(Appender, "append", append)
    threads = [threading.Thread(target=record, args=(recording, number)) for number in range(2, 12)]
    for thread in threads:
        thread.start()
    while len(recording._queue) < 9:
        threading.Event().wait(0.001)
    gate.set()
    for thread in threads:
        thread.join()
    recording.close()
    assert len(writes) == 2
    assert sorted(numbers_in(path)) == list(range(12))


def test_everybody_in_a_failed_write_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    recording = recorder(path, with_secret())
    tickets = [module._Ticket(item(kept(n)).encode(), "k") for n in (1, 2)]
    tickets[1].text = tickets[1].text.replace(b"CREATED", TOKEN.encode())
    recording._write(tickets)
    assert all(ticket.done and isinstance(ticket.error, SecretSurvivedError) for ticket in tickets)
    recording.close()
    assert numbers_in(path) == [0]


def test_what_is_recorded_anew_replaces_the_old_at_the_end(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml", 3)
    recording = recorder(path, replaces=True)
    new = Response(500, "ERROR", (), b"new")
    recording.record(kept(1).request, new, request_key(kept(1).request))
    recording.close()
    assert [answer["status"]["code"] for _, answer in load_with_vcrpy(path)] == [201, 201, 500]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("change", ["grown", "replaced", "removed", "made"])
def test_a_file_that_changed_since_it_was_read_is_not_written(tmp_path: Path, change: str) -> None:
    path = tmp_path / "a.yaml"
    if change != "made":
        write_cassette(path)
    recording = recorder(path)
    if change == "removed":
        path.unlink()
    elif change == "replaced":
        write_cassette(tmp_path / "b.yaml").replace(path)
    else:
        write_cassette(path, 2)
    before = path.read_bytes() if path.exists() else None
    deed = "removed" if change == "removed" else "changed"
    for attempt in (recording.ready, lambda: record(recording, 5), recording.ready):
        with pytest.raises(CassetteError, match=f"somebody {deed} the file while it was recorded; insert"):
            attempt()
    recording.close()
    assert (path.read_bytes() if path.exists() else None) == before


@pytest.mark.parametrize("change", ["grown", "replaced", "removed"])
def test_a_file_that_changes_between_two_interactions_is_written_no_more(tmp_path: Path, change: str) -> None:
    path = tmp_path / "a.yaml"
    recording = recorder(path)
    record(recording, 0)
    recording.ready()
    if change == "removed":
        path.unlink()
    elif change == "replaced":
        write_cassette(tmp_path / "b.yaml").replace(path)
    else:
        path.write_bytes(path.read_bytes() + b"# one more\n")
    deed = "removed" if change == "removed" else "changed"
    for attempt in (recording.ready, lambda: record(recording, 1)):
        with pytest.raises(CassetteError, match=f"somebody {deed} the file while it was recorded; insert"):
            attempt()
    recording.close()


def test_a_read_only_file_is_refused_at_once_and_the_lock_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    path.chmod(0o444)
    # The superuser may write everything; this is what anybody else is told.
    monkeypatch.setattr(os, "access", lambda file, mode: not mode & os.W_OK or bool(file.stat().st_mode & 0o200))
    with pytest.raises(CassetteError, match="the file is read-only; give yourself write permission"):
        recorder(path)
    assert list(tmp_path.iterdir()) == [path]
    path.chmod(0o644)
    recorder(path).close()


def test_a_file_that_changed_is_not_rewritten_at_the_end(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml", 2)
    recording = recorder(path, replaces=True)
    record(recording, 1)
    write_cassette(path, 4)
    with pytest.raises(CassetteError, match="somebody changed the file"):
        recording.close()
    assert numbers_in(path) == [0, 1, 2, 3]
    assert list(tmp_path.iterdir()) == [path]
