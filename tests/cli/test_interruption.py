import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from command_line import START, environment
from twilio_test_proxy.cli.command import PASSED_ON

# In mitmdump's place: opens the first pipe when it has come to a point, which a test can wait for, and goes on when
# the second is closed.
PROXY = """
import json, os, signal, sys

def wait():
    open(os.environ["REACHED"], "w").close()
    open(os.environ["GO_ON"]).read()

options = dict(word.split("=", 1) for word in sys.argv if word.startswith("twilio_"))
ending = []
signal.signal(signal.SIGTERM, lambda *_: ending.append(1) if ending else (ending.append(1), end()))

def end():
    if os.environ["WAITS"] == "at the end":
        wait()
    with open(options["twilio_report"], "w") as file:
        json.dump({"summary": {"answered": 3}}, file)
    os._exit(0)

if os.environ["WAITS"] == "at the start":
    open(os.environ["REACHED"], "w").close()
    sys.stdin.read()
    end()
with open(options["twilio_ready_file"] + "~", "w") as file:
    json.dump({"listen": [["127.0.0.1", 1]]}, file)
os.rename(options["twilio_ready_file"] + "~", options["twilio_ready_file"])
while True:
    signal.pause()
"""

EXEC = START + (
    "import pathlib, os; from twilio_test_proxy.cli import proxy_process;"
    "proxy_process.CHILD = pathlib.Path(os.environ['CHILD']);"
    "from twilio_test_proxy.cli.main import main; main()"
)

every_signal = pytest.mark.parametrize("number", PASSED_ON, ids=lambda number: number.name)
either_way = pytest.mark.parametrize("isolation", [(), ("--isolated",)], ids=["beside", "isolated"])


class Run:
    """A run of exec whose proxy waits, with a directory for temporary files of its own."""

    def __init__(self, folder: Path, home: Path, waits: str, *words: str) -> None:
        self.folder = folder
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        (folder / "child.py").write_text(PROXY)
        for name in ("reached", "go-on"):
            os.mkfifo(folder / name)
        added = {
            "TMPDIR": str(self.temporary),
            "CHILD": str(folder / "child.py"),
            "REACHED": str(folder / "reached"),
            "GO_ON": str(folder / "go-on"),
            "WAITS": waits,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", EXEC, "exec", *words],
            env=environment(home, **added),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for_the_proxy(self) -> None:
        """Until it waits."""
        (self.folder / "reached").open().close()

    def let_the_proxy_go_on(self) -> IO[str]:
        """What it waits for."""
        return (self.folder / "go-on").open("w")


@either_way
@every_signal
def test_before_the_command_starts_a_signal_ends_in_order(
    number: signal.Signals, isolation: tuple[str, ...], home: Path, tmp_path: Path
) -> None:
    run = Run(tmp_path, home, "at the start", *isolation, "touch", str(tmp_path / "was-run"))
    run.wait_for_the_proxy()
    run.process.send_signal(number)
    out, err = run.process.communicate()
    assert (out, err, run.process.returncode) == ("", "", 128 + number)
    assert list(run.temporary.iterdir()) == []
    assert not (tmp_path / "was-run").exists()


@either_way
@every_signal
def test_after_the_command_has_ended_a_signal_costs_nothing(
    number: signal.Signals, isolation: tuple[str, ...], home: Path, tmp_path: Path
) -> None:
    words = (*isolation, "--report", str(tmp_path / "r.json"), "sh", "-c", "exit 7")
    run = Run(tmp_path, home, "at the end", *words)
    run.wait_for_the_proxy()
    run.process.send_signal(number)
    run.let_the_proxy_go_on().close()
    out, err = run.process.communicate()
    assert (out, err) == ("", "twilio-test-proxy: 3 answered, 0 connections to Twilio\n")
    assert run.process.returncode == 7
    assert (tmp_path / "r.json").exists()
    assert list(run.temporary.iterdir()) == []


WITHIN = START + (
    "import os, signal; from twilio_test_proxy.cli import interruption\n"
    "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    "interruption.end_in_order()\n"
    "def send(number):\n"
    "    try: os.kill(os.getpid(), number)\n"
    "    finally: print('undone', os.getpid() == first, flush=True)\n"
    "first = os.getpid()\n"
)


def within(program: str) -> tuple[str, int]:
    done = subprocess.run([sys.executable, "-c", WITHIN + program], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout, done.returncode


def test_what_whoever_started_us_ignores_stays_ignored() -> None:
    assert within("send(signal.SIGHUP); print('on')") == ("undone True\non\n", 0)


def test_a_second_signal_does_not_disturb_the_end() -> None:
    program = "try: send(signal.SIGTERM)\nfinally: os.kill(os.getpid(), signal.SIGINT); print('all undone')"
    assert within(program) == ("undone True\nall undone\n", 128 + signal.SIGTERM)


def test_a_child_that_was_forked_off_undoes_nothing() -> None:
    program = "child = os.fork()\nif not child: send(signal.SIGTERM)\nprint(os.waitpid(child, 0)[1] >> 8)"
    assert within(program) == (f"{128 + signal.SIGTERM}\n", 0)
