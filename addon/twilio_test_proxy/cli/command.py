"""Runs the user's command as if it had been started without us: signals, terminal, standard input, exit code.

The command stays in our process group, so that what the terminal sends (Ctrl-C, Ctrl-Z, a closed window)
reaches it directly, and job control works as ever. What is sent to us alone is passed on.

What a program sends to the whole group (as timeout does) reaches the command twice: the kernel does not say to whom
else a signal went, siginfo_t in sigaction(2), and to pass on none would lose those that were sent to us alone.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

PASSED_ON = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGUSR1,
    signal.SIGUSR2,
)

NOT_EXECUTABLE, NOT_FOUND, SIGNALLED = 126, 127, 128
"""Exit codes as shells use them; the number of the signal is added to the last.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_08_02
"""

LOOK_SECONDS = 1.0
"""How often to look whether the command has ended, should another thread of this process have taken the SIGCHLD."""

# Linux keeps a blocked signal for whoever waits, whatever its default action; macOS needs a handler for that.
_CHILD_HANDLER = signal.SIG_DFL if hasattr(signal, "sigtimedwait") else lambda *_: None

_FROM_KERNEL = 0x80
"""``si_code`` of a signal from the terminal, which the whole foreground group gets: sigaction(2)."""


class CommandError(Exception):
    """The command could not be started; the message says why."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def run(command: Sequence[str], environment: Mapping[str, str], at_end: Callable[[], object] = lambda: None) -> int:
    """Run a command to its end and return its exit code, 128 and the signal's number where one ended it.

    Must be called from the main thread.

    Args:
        command: the program and its arguments.
        environment: its whole environment.
        at_end: called when it has ended, while signals are still held back: settles what they do from then on.

    Raises:
        CommandError: it could not be started.
    """
    watched = {*PASSED_ON, signal.SIGCHLD}
    # Ignored by whoever started us, the death of the command would leave nothing to wait for.
    child_handler = signal.signal(signal.SIGCHLD, _CHILD_HANDLER)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    try:
        pid = _start(command, environment, mask)
        while True:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else SIGNALLED - code
            number, is_from_terminal = _next_signal(watched)
            if number != signal.SIGCHLD and not is_from_terminal:
                os.kill(pid, number)
    finally:
        signal.signal(signal.SIGCHLD, child_handler)
        # A signal that came last is taken here, so that it does not end us before the report is written.
        while signal.sigpending() & watched:
            _next_signal(watched)
        at_end()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _start(command: Sequence[str], environment: Mapping[str, str], mask: set[signal.Signals | int]) -> int:
    try:
        return os.posix_spawnp(
            command[0],
            list(command),
            dict(environment),
            setsigmask=mask,
            # Python ignores these, and what is ignored stays ignored in a new program.
            setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
        )
    except (FileNotFoundError, ValueError) as error:  # the latter for an empty name
        raise CommandError(f"{command[0]}: command not found", NOT_FOUND) from error
    except OSError as error:
        raise CommandError(f"{command[0]}: cannot be run ({error.strerror})", NOT_EXECUTABLE) from error


def _next_signal(watched: set[signal.Signals]) -> tuple[int, bool]:
    """The next signal, and whether the terminal sent it, in which case the command has it already."""
    if hasattr(signal, "sigtimedwait"):
        info = signal.sigtimedwait(watched, LOOK_SECONDS)
        return (info.si_signo, info.si_code == _FROM_KERNEL) if info else (signal.SIGCHLD, False)
    number = signal.sigwait(watched)  # macOS does not say who sent a signal.
    return number, number in (signal.SIGINT, signal.SIGQUIT) and sys.stdin.isatty()
