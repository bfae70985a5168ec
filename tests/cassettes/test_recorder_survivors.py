"""What becomes of a secret that is found in the file, at once or later."""

import threading
from pathlib import Path

import pytest

from cassette_samples import (
    TOKEN,
    item,
    kept,
    numbers_in,
    vcrpy_interaction,
    write_cassette,
    write_vcrpy_cassette,
)
from recorders import record, recorder, with_secret
from twilio_test_proxy.cassettes import old_text
from twilio_test_proxy.cassettes.errors import CassetteError, SecretSurvivedError
from twilio_test_proxy.cassettes.interaction import Interaction, Request
from twilio_test_proxy.cassettes.secrets import Secrets
from twilio_test_proxy.cassettes.yaml_writer import file_text


@pytest.mark.parametrize("before", [0, 1], ids=["new file", "old file"])
def test_a_survivor_is_removed_and_recording_stops(tmp_path: Path, before: int) -> None:
    path = tmp_path / "a.yaml"
    if before:
        write_cassette(path)
    recording = recorder(path, with_secret())
    leaking = Request("GET", "https://api.twilio.com/", (("X-Leak", TOKEN),))
    for request in (leaking, kept(1).request):
        with pytest.raises(SecretSurvivedError, match="which was removed; recording stopped"):
            recording.record(request, kept(1).response, "k" * 32)
        with pytest.raises(SecretSurvivedError, match="recording stopped"):
            recording.ready()
        assert (numbers_in(path) if path.exists() else []) == [0] * before
    recording.close()
    assert TOKEN not in "".join(file.read_text() for file in tmp_path.iterdir())
    assert len(list(tmp_path.iterdir())) == before


@pytest.mark.parametrize("told", ["by the next recording", "at the end"])
def test_a_secret_found_out_later_is_removed_from_what_this_run_wrote(tmp_path: Path, told: str) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    secrets = Secrets()
    recording = recorder(path, secrets)
    recording.record(Request("GET", f"https://api.twilio.com/{TOKEN}"), kept().response, "k" * 32)
    record(recording, 2)
    secrets.learn(TOKEN)
    record(recording, 3)
    if told == "by the next recording":
        recording._old_text.wait()
        for _ in range(2):
            with pytest.raises(SecretSurvivedError, match="an interaction of this run, which was removed"):
                record(recording, 4)
    else:
        with pytest.raises(SecretSurvivedError, match="an interaction of this run, which was removed"):
            recording.close()
    recording.close()
    assert numbers_in(path) == [0, 2, 3]
    assert TOKEN not in path.read_text()
    recorder(path).close()  # the lock was given back


def test_a_secret_found_out_last_is_looked_for_at_the_end(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    secrets = Secrets()
    recording = recorder(path, secrets)
    recording.record(Request("GET", f"https://api.twilio.com/{TOKEN}"), kept().response, "k" * 32)
    secrets.learn(TOKEN)
    with pytest.raises(SecretSurvivedError, match="an interaction of this run, which was removed"):
        recording.close()
    assert numbers_in(path) == [0]


def test_the_only_interaction_with_a_secret_takes_the_file_along(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    secrets = Secrets()
    recording = recorder(path, secrets)
    recording.record(Request("GET", f"https://api.twilio.com/{TOKEN}"), kept().response, "k" * 32)
    secrets.learn(TOKEN)
    with pytest.raises(SecretSurvivedError):
        recording.close()
    assert list(tmp_path.iterdir()) == []


def test_a_secret_in_an_earlier_run_is_said_and_left(tmp_path: Path) -> None:
    leaking = Interaction(Request("GET", f"https://api.twilio.com/{TOKEN}"), kept().response, {})
    path = tmp_path / "a.yaml"
    path.write_text(file_text([item(kept()), item(leaking)]))
    recording = recorder(path, with_secret())
    record(recording, 1)
    with pytest.raises(SecretSurvivedError, match="clean it with `scripts/cassette scrub`"):
        recording.close()
    assert numbers_in(path) == [0, 0, 1]


def test_a_secret_that_stops_recording_is_removed_from_older_text_too(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    secrets = Secrets()
    recording = recorder(path, secrets)
    leaking = Request("GET", f"https://api.twilio.com/{TOKEN}")
    recording.record(leaking, kept().response, "k" * 32)
    record(recording, 2)
    secrets.learn(TOKEN)
    with pytest.raises(SecretSurvivedError, match="just written"):
        recording.record(leaking, kept().response, "k" * 32)
    recording.close()
    assert numbers_in(path) == [0, 2]


def test_what_cannot_be_removed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    secrets = Secrets()
    recording = recorder(path, secrets)
    recording.record(Request("GET", f"https://api.twilio.com/{TOKEN}"), kept().response, "k" * 32)
    secrets.learn(TOKEN)

    def refused(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refused)
        recording._search_old_text()
        recording._old_text.wait()
    with pytest.raises(CassetteError, match="permission denied"):
        recording.close()


def test_a_secret_seen_after_recording_stopped_is_removed_too(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    secrets = Secrets()
    recording = recorder(path, secrets)
    for number, secret in enumerate((TOKEN, "another-secret-1", "none"), 1):
        request = Request("GET", f"https://api.twilio.com/{secret}")
        recording.record(request, kept(number).response, "k" * 32)
    secrets.learn(TOKEN)
    record(recording, 4)
    recording._old_text.wait()
    assert numbers_in(path) == [0, 2, 3, 4]
    secrets.learn("another-secret-1")
    with pytest.raises(SecretSurvivedError):
        recording.close()
    assert numbers_in(path) == [0, 3, 4]


def test_an_old_text_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = recorder(write_cassette(tmp_path / "a.yaml"), with_secret())

    def broken(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(old_text, "item_pieces", broken)
    record(recording, 1)
    with pytest.raises(CassetteError, match="Input/output error"):
        recording.close()


def test_a_secret_in_somebody_elses_recording_is_said_and_left(tmp_path: Path) -> None:
    path = write_vcrpy_cassette(tmp_path / "a.yaml", [vcrpy_interaction(headers={"Authorization": [TOKEN]})])
    before = path.read_bytes()
    recording = recorder(path, with_secret())
    with pytest.raises(SecretSurvivedError, match="clean it with `scripts/cassette scrub`"):
        record(recording, 1)
    recording.close()
    assert path.read_bytes() == before


@pytest.mark.parametrize("before", [0, 1], ids=["new file", "old file"])
def test_a_file_is_searched_again_only_for_new_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    secrets = with_secret()
    path = tmp_path / "a.yaml"
    if before:
        write_cassette(path)
    recording = recorder(path, secrets)
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(recording._old_text, "search", lambda fresh, _: asked.append(tuple(fresh)))
    for number in range(1, 4):
        record(recording, number)
        if number == 2:
            secrets.learn("another-secret-1")
    recording.close()
    assert asked == [(TOKEN,)] * before + [("another-secret-1",)]


def test_nothing_waits_for_the_search_of_older_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = with_secret()
    path = write_cassette(tmp_path / "a.yaml")
    recording = recorder(path, secrets)
    begun, gate = threading.Event(), threading.Event()
    searched: list[list[str]] = []

    def slow(_: bytes, __: Secrets, wanted: list[str]) -> bool:
        if wanted not in searched:
            searched.append(wanted)
        begun.set()
        return not gate.wait(30)

    monkeypatch.setattr(old_text, "holds_secret", slow)
    for number in range(1, 5):
        secrets.learn(f"secret-number-{number}")
        record(recording, number)
        assert begun.wait(30)
    assert numbers_in(path) == [0, 1, 2, 3, 4]
    gate.set()
    recording.close()
    assert searched[0] == [TOKEN, "secret-number-1"]
    assert searched[1:] == [["secret-number-2", "secret-number-3", "secret-number-4"]]


def test_a_secret_shown_while_many_record_is_removed_from_all_that_hold_it(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    secrets = Secrets()
    recording = recorder(path, secrets)
    failures: list[CassetteError] = []

    def work(first: int) -> None:
        for number in range(first, first + 20):
            uri = f"https://api.twilio.com/{TOKEN if number % 3 else number}"
            try:
                recording.record(Request("GET", uri), kept(number).response, "k" * 32)
            except CassetteError as error:
                failures.append(error)
            if number == 30:
                secrets.learn(TOKEN)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(1, 81, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        recording.close()
    else:
        with pytest.raises(SecretSurvivedError):
            recording.close()
    assert all(isinstance(error, SecretSurvivedError) for error in failures)
    assert TOKEN not in path.read_text()
    assert numbers_in(path)[0] == 0
