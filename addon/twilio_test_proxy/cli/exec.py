"""``exec``: run a command so that its Twilio traffic goes through a proxy of its own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from twilio_test_proxy.certificates import authority, directory, trust
from twilio_test_proxy.isolation.refusals import IsolationError

from . import command, environment, report
from .mitmdump_child import UPSTREAM_AUTH
from .options import AddonOptions, addon_options
from .proxy_process import ProxyError, ProxyProcess, ProxySettings, own_environment
from .run_folder import RunFolder, run_folder
from .upstream import upstream_proxy

FAILED = 1
"""The exit code where the command succeeded, but not what it asked of Twilio."""

SHOWN_MISSES = 5


@dataclass(frozen=True)
class Run:
    """What a run is asked for beside its command."""

    addon: AddonOptions = field(default_factory=AddonOptions)
    fail_on_miss: bool = False
    fail_on_unplayed: bool = False
    reports: Sequence[Path] = ()
    quiet: bool = False
    isolated: bool = False


def run(arguments: Sequence[str], wanted: Run) -> int:
    """Run a command beside a proxy of its own and return the exit code of the whole.

    Raises:
        ProxyError, CommandError, DirectoryError, ReportError, IsolationError: each with a sentence for the user.
    """
    for path in wanted.reports:
        report.check_path(path)
    confined = authority.ensure()
    with run_folder() as folder:
        if wanted.isolated:
            from .isolated import run_isolated

            found, code = run_isolated(arguments, wanted.addon, confined, folder)
        else:
            found, code = run_beside(arguments, wanted.addon, confined, folder)
    return conclude(found, code, wanted)


def run_beside(
    arguments: Sequence[str], addon: AddonOptions, confined: authority.Authority, folder: RunFolder
) -> tuple[dict[str, Any], int]:
    """Run a command with variables that lead it to a proxy beside it; the proxy's report and the exit code."""
    outer = upstream_proxy(os.environ)
    if outer.warning:
        click.echo(f"twilio-test-proxy: {outer.warning}", err=True)
    settings = ProxySettings(confined.confdir, addon.by_name(), modes=[outer.mode])
    told = {**own_environment(), **addon.secrets(), UPSTREAM_AUTH: outer.credentials}
    files = trust.write(confined, folder.trust, os.environ)
    with ProxyProcess(settings, folder.proxy, told) as proxy:
        added = environment.variables(proxy.url, files, os.environ)
        code = command.run(arguments, {**os.environ, **added})
        return proxy.end(), code


def conclude(found: dict[str, Any], code: int, wanted: Run) -> int:
    """Print the summary, write the reports, and return the exit code of the whole."""
    complaints = failures(found, wanted)
    final = code or (FAILED if complaints else 0)
    for path in wanted.reports:
        report.write(path, found, final)
    if not wanted.quiet:
        click.echo(f"twilio-test-proxy: {report.summary_line(found)}", err=True)
    # Not where the command failed by itself: its own failure is the one to look at.
    for complaint in complaints if not code else []:
        click.secho(f"twilio-test-proxy: {complaint}", err=True, fg="red")
    return final


def failures(found: dict[str, Any], wanted: Run) -> list[str]:
    """Why a run has failed though its command succeeded: a text for each reason."""
    counts = report.counters(found)
    complaints = []
    if counts["dialled"] and not wanted.addon.forward_live:
        complaints.append(f"{counts['dialled']} connections were opened to Twilio, and none was allowed.")
    if wanted.fail_on_miss and counts["missed"]:
        missed = [request for request in found.get("requests") or [] if request.get("outcome") == "missed"]
        lines = [f"  {it.get('method')} {it.get('url')}: {it.get('message')}" for it in missed]
        shown = lines[:SHOWN_MISSES] + ["  …"] * (len(lines) > SHOWN_MISSES)
        head = f"{counts['missed']} requests are not in the cassette (--fail-on-miss)"
        complaints.append("\n".join([f"{head}{':' if shown else '.'}", *shown]))
    if wanted.fail_on_unplayed and counts["unplayed"]:
        complaints.append(f"{counts['unplayed']} recorded interactions were not asked for (--fail-on-unplayed).")
    return complaints


# Everything from the command's name on is the command's, even what looks like an option of ours.
@click.command("exec", context_settings={"allow_interspersed_args": False})
@addon_options
@click.option("--fail-on-miss", is_flag=True, help="Fail where a live request is not in the cassette.")
@click.option("--fail-on-unplayed", is_flag=True, help="Fail where a recorded interaction is not asked for.")
@click.option(
    "--report",
    "reports",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    help="Write all requests and outcomes: JSON (.json) or JUnit (.xml). May be given twice.",
)
@click.option("--isolated", is_flag=True, help="Let the command reach nothing but the proxy, by any way (Linux).")
@click.option("-q", "--quiet", is_flag=True, help="Print no summary.")
@click.argument("arguments", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND...")
def exec_command(
    arguments: tuple[str, ...],
    fail_on_miss: bool,
    fail_on_unplayed: bool,
    reports: tuple[Path, ...],
    quiet: bool,
    isolated: bool,
    **addon: Any,
) -> None:
    """Run COMMAND so that its Twilio traffic goes through a proxy of its own.

    The exit code is the command's own, unless --fail-on-… finds fault with a command that succeeded.

    \b
    Examples:
        twilio-test-proxy exec -- python send.py
        twilio-test-proxy exec --cassette checkout --fail-on-unplayed -- npm test
        twilio-test-proxy exec --isolated -- ./legacy-suite
    """
    wanted = Run(AddonOptions(**addon), fail_on_miss, fail_on_unplayed, reports, quiet, isolated)
    try:
        code = run(arguments, wanted)
    except command.CommandError as error:
        click.echo(f"twilio-test-proxy: {error}", err=True)
        code = error.exit_code
    except (ProxyError, directory.DirectoryError, report.ReportError, IsolationError) as error:
        click.echo(f"twilio-test-proxy: {error}", err=True)
        code = FAILED
    raise SystemExit(code)
