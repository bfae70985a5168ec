"""Signals outside the command's own life: before it an orderly end, after it none until everything is written."""

from __future__ import annotations

import os
import signal

from .command import PASSED_ON, SIGNALLED


def end_in_order() -> None:
    """From now on have a signal end this process by `SystemExit`, so that what it began is undone.

    The exit code is 128 and the signal's number, as shells know it. What whoever started us ignores (nohup) stays
    ignored.
    """
    process = os.getpid()

    def end(number: int, frame: object) -> None:
        if os.getpid() != process:
            os._exit(SIGNALLED + number)  # a child that was forked off must not undo what is its parent's
        hold_back()
        raise SystemExit(SIGNALLED + number)

    for number in PASSED_ON:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)


def hold_back() -> None:
    """From now on have no signal end this process: what is left to be done is short, and is not to be lost."""
    # Blocked while it changes: Python complains of a signal that comes to lose its handler.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, PASSED_ON)
    for number in PASSED_ON:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
