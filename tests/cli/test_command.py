import contextlib
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from command_line import START
from twilio_test_proxy.cli import command

# Counts the SIGINTs and SIGTERMs that it gets, and says so shortly after the first.
COUNTER = """
import signal, time
seen = []
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
    signal.signal(number, lambda number, frame: seen.append(number))
print("ready", flush=True)
while not seen:
    time.sleep(0.01)
time.sleep(0.3)
print("seen", *[signal.Signals(number).name for number in seen], flush=True)
raise SystemExit(7)
"""

RUNNER = START + (
    "import os; from twilio_test_proxy.cli.command import run; raise SystemExit(run(sys.argv[1:], dict(os.environ)))"
)


def runner(*words: str) -> list[str]:
    return [sys.executable, "-c", RUNNER, *words]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        pytest.param("exit 0", 0, id="success"),
        pytest.param("exit 7", 7, id="failure"),
        pytest.param("kill -TERM $$", 128 + 15, id="terminated"),
        pytest.param("kill -KILL $$", 128 + 9, id="killed"),
        pytest.param("kill -INT $$", 128 + 2, id="interrupted"),
        # Python ignores SIGPIPE; what it starts must not.
        pytest.param("kill -PIPE $$; exit 1", 128 + 13, id="broken pipe"),
    ],
)
def test_exit_code(script: str, code: int) -> None:
    assert command.run(["sh", "-c", script], os.environ) == code


def test_an_end_that_another_thread_was_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocked in this thread only, the SIGCHLD goes to the other while nobody waits for it."""
    wait = command._next_signal

    def wait_too_late(watched: set[signal.Signals]) -> tuple[int, bool]:
        time.sleep(0.5)
        return wait(watched)

    monkeypatch.setattr(command, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(command, "_next_signal", wait_too_late)
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert command.run(["true"], os.environ) == 0
    finally:
        done.set()
        other.join()


def test_environment_is_exactly_the_given_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command.run(["sh", "-c", f"env > {out}"], {"PATH": os.environ["PATH"], "A": "b"})
    assert "A=b" in out.read_text().splitlines()
    assert "HOME=" not in out.read_text()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        pytest.param(["no-such-command-here"], 127, "command not found", id="not found"),
        pytest.param([""], 127, "command not found", id="empty"),
        pytest.param(["/"], 126, "cannot be run", id="a directory"),
    ],
)
def test_what_cannot_be_started(words: list[str], code: int, message: str) -> None:
    with pytest.raises(command.CommandError, match=message) as caught:
        command.run(words, os.environ)
    assert caught.value.exit_code == code


def test_signals_are_as_before_afterwards() -> None:
    handlers = [signal.getsignal(number) for number in command.PASSED_ON]
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    command.run(["true"], os.environ)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == mask
    assert [signal.getsignal(number) for number in command.PASSED_ON] == handlers


@pytest.mark.parametrize("words", [["true"], ["no-such-command-here"]], ids=["ended", "not started"])
def test_what_signals_do_afterwards_is_settled_before_one_can_come(words: list[str]) -> None:
    blocked = []
    with contextlib.suppress(command.CommandError):
        command.run(words, os.environ, lambda: blocked.append(signal.pthread_sigmask(signal.SIG_BLOCK, [])))
    assert len(blocked) == 1
    assert blocked[0] >= set(command.PASSED_ON)


def test_the_command_s_signal_mask_is_ours() -> None:
    done = subprocess.run(runner("grep", "SigBlk", "/proc/self/status"), capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[1], 16) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1], ids=lambda n: n.name)
def test_a_signal_to_us_alone_is_passed_on(number: signal.Signals) -> None:
    process = subprocess.Popen(runner(sys.executable, "-c", COUNTER), stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process.stdout:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.readline() == f"seen {number.name}\n"
    assert process.wait() == 7


@pytest.mark.parametrize(
    ("is_from_terminal", "passed_on"),
    [pytest.param(True, [], id="the command has it already"), pytest.param(False, [signal.SIGINT], id="to us alone")],
)
def test_what_the_terminal_sent_is_not_passed_on(
    is_from_terminal: bool, passed_on: list[signal.Signals], monkeypatch: pytest.MonkeyPatch
) -> None:
    signals = iter([(signal.SIGINT, is_from_terminal)])
    wait = command._next_signal
    killed = []
    monkeypatch.setattr(command, "_next_signal", lambda watched: next(signals, None) or wait(watched))
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append(number))
    assert command.run(["sleep", "0.2"], os.environ) == 0
    assert killed == passed_on


@pytest.mark.parametrize(("code", "expected"), [(0x80, True), (0, False)], ids=["kernel", "process"])
def test_who_sent_a_signal(code: int, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """As sigaction(2) numbers it: SI_KERNEL, SI_USER."""
    info = SimpleNamespace(si_signo=signal.SIGINT, si_code=code)
    monkeypatch.setattr(signal, "sigtimedwait", lambda watched, seconds: info)
    assert command._next_signal({signal.SIGINT}) == (signal.SIGINT, expected)


def test_standard_input_is_the_command_s() -> None:
    done = subprocess.run(runner("cat"), input="hello", capture_output=True, text=True, check=True)
    assert done.stdout == "hello"


def test_ctrl_c_reaches_the_command_once() -> None:
    """The terminal sends it to the whole group, and we do not pass it on once more."""
    pid, terminal = pty.fork()
    if pid == 0:
        words = runner(sys.executable, "-c", COUNTER)
        os.execv(words[0], words)  # noqa: S606
    text = read_until(terminal, "ready")
    os.write(terminal, b"\x03")
    text = read_until(terminal, "\n", after="seen")
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)  # not before: it would hang up on the command
    assert text.splitlines()[-1].endswith("seen SIGINT")
    assert code == 7


def read_until(terminal: int, wanted: str, after: str = "") -> str:
    text = ""
    deadline = time.monotonic() + 60
    while wanted not in text.partition(after)[2] if after else wanted not in text:
        assert time.monotonic() < deadline, text
        text += os.read(terminal, 1024).decode()
    return text
