"""The library under mitmproxy: opened by options, changed by commands, finished at the end."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mitmproxy import exceptions
from mitmproxy.test import taddons

from cassette_samples import send_message, sent_message, write_cassette
from twilio_test_proxy.addons.cassettes import TwilioCassettes
from twilio_test_proxy.addons.library import DEFAULT
from twilio_test_proxy.addons.options import TwilioOptions
from twilio_test_proxy.cassettes.cassette import Cassette

COMMANDS = ("insert", "eject", "rewind", "status")
BROKEN = "interactions: []\nversion: 1\n- x\n"


class Running:
    """The two addons under mitmproxy, as after its start."""

    def __init__(self, directory: Path, **options: object) -> None:
        settings = TwilioOptions()
        self.cassettes = TwilioCassettes(settings)
        self.addons = (settings, self.cassettes)
        self.master = taddons.context(*self.addons).master
        self.set(twilio_cassette_dir=str(directory), **options)

    def set(self, **options: object) -> None:
        self.master.options.update(**options)

    def start(self) -> "Running":
        for addon in self.addons:
            addon.running()
        return self

    def command(self, name: str, *arguments: str) -> Any:
        return json.loads(self.master.commands.call_strings(f"twilio.cassette.{name}", list(arguments)))

    @property
    def in_force(self) -> Cassette:
        path = self.cassettes.library.path(DEFAULT)
        assert path
        return self.cassettes.library.open(path)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    write_cassette(tmp_path / "a.yaml", 2)
    write_cassette(tmp_path / "b.yaml", 1)
    started = Running(tmp_path, twilio_cassette=str(tmp_path / "a.yaml")).start()
    yield started
    started.cassettes.done()


def errors(caplog: pytest.LogCaptureFixture, level: int = logging.ERROR) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == level]


def test_the_commands_say_what_they_do(running: Running) -> None:
    for name in COMMANDS:
        command = running.master.commands.commands[f"twilio.cassette.{name}"]
        assert command.help
        assert command.signature_help().endswith("-> str")


def test_status(running: Running, tmp_path: Path) -> None:
    running.in_force.play(send_message())
    (state,) = running.command("status")
    assert state == {
        "cassette": str(tmp_path / "a.yaml"),
        "record_mode": "none",
        "interactions": 2,
        "played": 1,
        "missed": 0,
        "unplayed": 1,
        "recorded": 0,
        "unplayed_interactions": [
            {
                "number": 2,
                "method": "POST",
                "uri": f"https://api.twilio.com/2010-04-01/Accounts/AC{'0' * 32}/Messages.json",
            }
        ],
    }


def test_insert(running: Running, tmp_path: Path) -> None:
    assert running.command("insert", "b")["interactions"] == 1
    assert running.in_force.path == tmp_path / "b.yaml"


def test_insert_with_a_record_mode(running: Running, tmp_path: Path) -> None:
    running.set(twilio_forward_live=True)
    assert running.command("insert", "new", "once")["record_mode"] == "once"
    running.in_force.record(send_message(), sent_message())
    assert (tmp_path / "new.yaml").exists()


def test_rewind(running: Running) -> None:
    first = running.in_force.play(send_message())
    assert running.command("rewind")["played"] == 0
    assert running.in_force.play(send_message()) == first


def test_eject(running: Running, tmp_path: Path) -> None:
    running.in_force.play(send_message())
    ejected = running.command("eject")
    assert (ejected["cassette"], ejected["played"], ejected["unplayed"]) == (str(tmp_path / "a.yaml"), 1, 1)
    assert running.command("eject") is None
    assert running.command("rewind") is None
    assert running.command("status") == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("../a",), "inside the cassette directory"),
        (("/etc/passwd",), "inside the cassette directory"),
        (("broken",), r"broken.yaml, line 3: .*; "),
        (("b", "onse"), "'onse' is not a record mode: use one of none, once, new_episodes, all"),
        (("b", "all"), "start with twilio_forward_live=true"),
    ],
    ids=["outside", "absolute", "unreadable", "no record mode", "recording with the lock closed"],
)
def test_a_wrong_command_says_what_is_wrong_and_changes_nothing(
    running: Running, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "broken.yaml").write_text(BROKEN)
    before = running.in_force
    with pytest.raises(exceptions.CommandError, match=sentence):
        running.command("insert", *arguments)
    assert running.in_force is before


def test_the_console_shows_what_a_command_answers(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    running.command("insert", "b")
    assert '"interactions": 1' in errors(caplog, logging.INFO)[-1]


def test_an_unreadable_cassette_at_the_start_is_one_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "broken.yaml").write_text(BROKEN)
    running = Running(tmp_path, twilio_cassette=str(tmp_path / "broken.yaml"))
    running.set(twilio_report=str(tmp_path / "report.json"), listen_port=0)
    (error,) = {*errors(caplog)}
    assert f"{tmp_path / 'broken.yaml'}, line 3" in error
    assert "\n" not in error


def test_an_option_that_names_an_unreadable_cassette_is_taken_back(
    running: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "broken.yaml").write_text(BROKEN)
    running.command("insert", "b")
    before = running.in_force
    before.play(send_message())
    with pytest.raises(exceptions.OptionsError, match="line 3"):
        running.set(twilio_cassette=str(tmp_path / "broken.yaml"))
    assert running.master.options.twilio_cassette == str(tmp_path / "a.yaml")
    assert running.in_force is before
    assert before.status().played == 1
    assert errors(caplog) == []


def test_a_recording_goes_on_after_a_wrong_option(tmp_path: Path) -> None:
    """Record mode `once`, opened anew, would find its own file and record no more."""
    (tmp_path / "broken.yaml").write_text(BROKEN)
    options = {"twilio_record_mode": "once", "twilio_forward_live": True}
    running = Running(tmp_path, twilio_cassette=str(tmp_path / "new.yaml"), **options).start()
    running.in_force.record(send_message(0), sent_message(0))
    with pytest.raises(exceptions.OptionsError):
        running.set(twilio_cassette=str(tmp_path / "broken.yaml"))
    running.in_force.record(send_message(1), sent_message(1))
    assert running.in_force.status().recorded == 2
    running.cassettes.done()
    assert not list(tmp_path.glob(".*.lock"))


def test_options_that_are_changed_start_anew(running: Running, tmp_path: Path) -> None:
    running.command("insert", "b")
    running.in_force.play(send_message())
    running.set(twilio_cassette=str(tmp_path / "b.yaml"), twilio_allow_playback_repeats=True)
    assert (running.in_force.path, running.in_force.status().played) == (tmp_path / "b.yaml", 0)
    for _ in range(2):
        running.in_force.play(send_message())
    assert running.in_force.status().plays == 2
    running.set(twilio_cassette="")
    assert running.cassettes.library.path(DEFAULT) is None
    assert [result["played"] for result in running.cassettes.results()] == [1, 1]


def test_the_same_file_in_another_record_mode(running: Running, tmp_path: Path) -> None:
    for mode in ("new_episodes", "all", "none"):
        running.set(twilio_record_mode=mode, twilio_forward_live=True)
        assert running.in_force.mode == mode
    assert not list(tmp_path.glob(".*.lock"))


def test_other_options_leave_the_cassettes_alone(running: Running) -> None:
    before = running.in_force
    running.set(http2=False)
    running.set(twilio_cassette=running.master.options.twilio_cassette)
    assert running.in_force is before


def test_a_cassette_that_does_not_exist_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Running(tmp_path, twilio_cassette=str(tmp_path / "nowhere.yaml"))
    (warning,) = errors(caplog, logging.WARNING)
    assert warning.endswith("nowhere.yaml does not exist, so every live request is a miss: record it first.")
    assert not (tmp_path / "nowhere.yaml").exists()


@pytest.mark.parametrize("by", ["the option", "insert"])
def test_what_was_cut_off_a_file_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture, by: str) -> None:
    path = write_cassette(tmp_path / "cut.yaml", 2)
    path.write_bytes(path.read_bytes()[:-150])
    running = Running(tmp_path, **({"twilio_cassette": str(path)} if by == "the option" else {})).start()
    if by == "insert":
        running.command("insert", "cut")
    (warning,) = errors(caplog, logging.WARNING)
    assert str(path) in warning


def test_what_became_of_every_cassette_is_known_at_the_end(running: Running) -> None:
    running.in_force.play(send_message())
    running.command("eject")
    running.command("insert", "b")
    assert [result["unplayed"] for result in running.cassettes.results()] == [1, 1]
    running.cassettes.done()
    assert [result["unplayed"] for result in running.cassettes.results()] == [1, 1]
    assert running.cassettes.states() == []


def test_a_file_that_cannot_be_finished_is_an_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    options = {"twilio_record_mode": "all", "twilio_forward_live": True}
    running = Running(tmp_path, twilio_cassette=str(path), **options).start()
    running.in_force.record(send_message(), sent_message())
    (tmp_path / ".a.yaml.tmp").mkdir()
    running.cassettes.done()
    (error,) = errors(caplog)
    assert str(path) in error


def test_nothing_changes_while_an_answer_is_still_to_be_recorded(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    options = {"twilio_record_mode": "new_episodes", "twilio_forward_live": True}
    running = Running(tmp_path, twilio_cassette=str(path), **options).start()
    cassette = running.in_force
    with running.cassettes.library.in_flight(cassette):
        for name, arguments in (("insert", ["a"]), ("eject", [])):
            with pytest.raises(exceptions.CommandError, match="1 request is on the way to Twilio"):
                running.command(name, *arguments)
        with pytest.raises(exceptions.OptionsError, match="1 request is on the way to Twilio"):
            running.set(twilio_allow_playback_repeats=True)
        assert running.master.options.twilio_allow_playback_repeats is False
        assert running.in_force is cassette
        cassette.record(send_message(1), sent_message(1))
    assert running.command("eject")["recorded"] == 1
    running.set(twilio_allow_playback_repeats=True)
    running.cassettes.done()
