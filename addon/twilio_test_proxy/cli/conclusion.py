"""What a run comes to: the command's exit code and the proxy's report, in words, in files and in one exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from . import command, interruption, report
from .proxy_process import ProxyError, ProxyProcess

FAILED = 1
"""The exit code where the command succeeded, but not what it asked of Twilio."""

SHOWN_MISSES = 5


@dataclass(frozen=True)
class Ended:
    """What a command and its proxy have left."""

    code: int
    """The command's exit code."""
    found: Mapping[str, Any] = field(default_factory=dict)
    """The proxy's report; empty where it left none."""
    trouble: str = ""
    """Why the proxy left no report."""


@dataclass(frozen=True)
class Demands:
    """What a run is to be judged by, and where the judgement goes."""

    forward_live: bool = False
    """Connections to Twilio are allowed."""
    fail_on_miss: bool = False
    fail_on_unplayed: bool = False
    reports: Sequence[Path] = ()
    quiet: bool = False


def run_to_end(arguments: Sequence[str], added: Mapping[str, str], proxy: ProxyProcess) -> Ended:
    """Run a command with variables added to its environment, then end the proxy; no signal comes in between.

    Raises:
        CommandError: the command could not be started.
    """
    code = command.run(arguments, {**os.environ, **added}, interruption.hold_back)
    try:
        return Ended(code, proxy.end())
    except ProxyError as error:
        return Ended(code, trouble=str(error))


def conclude(ended: Ended, demands: Demands) -> int:
    """Print the summary, write the reports, and return the exit code of the whole: the command's where it is not 0."""
    complaints = [ended.trouble] if ended.trouble else failures(ended.found, demands)
    final = ended.code or (FAILED if complaints else 0)
    lost = []
    for path in demands.reports:
        try:
            report.write(path, ended.found, final, complaints)
        except report.ReportError as error:
            lost.append(str(error))
    # Without a report it would count nothing, and say so of what nobody has counted.
    if not demands.quiet and not ended.trouble:
        _say(report.summary_line(ended.found))
    # Not where the command failed by itself: its own failure is the one to look at.
    shown = complaints if ended.trouble or not ended.code else []
    for sentence in [*shown, *lost]:
        _say(sentence, colour="red")
    return final or (FAILED if lost else 0)


def _say(sentence: str, colour: str | None = None) -> None:
    try:
        click.secho(f"twilio-test-proxy: {sentence}", err=True, fg=colour)
    except OSError:
        # The disk is full or the reader is gone, which must not cost the command its exit code, not at the exit either.
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - for what is left of this process


def failures(found: Mapping[str, Any], demands: Demands) -> list[str]:
    """Why a run has failed though its command succeeded: a text for each reason."""
    counts = report.counters(found)
    complaints = []
    if counts["dialled"] and not demands.forward_live:
        complaints.append(f"{_counted(counts['dialled'], 'connection was')} opened to Twilio, and none was allowed.")
    if demands.fail_on_miss and counts["missed"]:
        missed = [request for request in found.get("requests") or [] if request.get("outcome") == "missed"]
        lines = [f"  {it.get('method')} {it.get('url')}: {it.get('message')}" for it in missed]
        shown = lines[:SHOWN_MISSES] + ["  …"] * (len(lines) > SHOWN_MISSES)
        head = f"{_counted(counts['missed'], 'request is')} not in the cassette (--fail-on-miss)"
        complaints.append("\n".join([f"{head}{':' if shown else '.'}", *shown]))
    if demands.fail_on_unplayed and counts["unplayed"]:
        unplayed = _counted(counts["unplayed"], "recorded interaction was")
        complaints.append(f"{unplayed} not asked for (--fail-on-unplayed).")
    return complaints


def _counted(number: int, one: str) -> str:
    """`1 request is`, `2 requests are`."""
    if number == 1:
        return f"1 {one}"
    noun, _, verb = one.rpartition(" ")
    return f"{number} {noun}s {'are' if verb == 'is' else 'were'}"
