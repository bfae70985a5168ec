"""``exec``: run a command so that its Twilio traffic goes through a proxy of its own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from twilio_test_proxy.certificates import authority, directory, trust
from twilio_test_proxy.isolation.refusals import IsolationError

from . import command, environment, interruption, report
from .conclusion import FAILED, Demands, Ended, conclude, run_to_end
from .mitmdump_child import UPSTREAM_AUTH
from .options import AddonOptions, OptionsError, addon_options, complete_files
from .proxy_process import ProxyError, ProxyProcess, ProxySettings, own_environment
from .run_folder import RunFolder, run_folder
from .upstream import upstream_proxy


def run(arguments: Sequence[str], addon: AddonOptions, demands: Demands, isolated: bool) -> int:
    """Run a command beside a proxy of its own and return the exit code of the whole.

    Raises:
        OptionsError, ProxyError, CommandError, DirectoryError, ReportError, IsolationError: each with a sentence for
            the user.
    """
    addon.check(os.environ)
    for path in demands.reports:
        report.check_path(path)
    confined = authority.ensure()
    with run_folder() as folder:
        if isolated:
            from .isolated import run_isolated

            ended = run_isolated(arguments, addon, confined, folder)
        else:
            ended = run_beside(arguments, addon, confined, folder)
    return conclude(ended, demands)


def run_beside(
    arguments: Sequence[str], addon: AddonOptions, confined: authority.Authority, folder: RunFolder
) -> Ended:
    """Run a command with variables that lead it to a proxy beside it."""
    outer = upstream_proxy(os.environ)
    if outer.warning:
        click.echo(f"twilio-test-proxy: {outer.warning}", err=True)
    settings = ProxySettings(confined.confdir, addon.by_name(), modes=[outer.mode])
    told = {**own_environment(), **addon.secrets(), UPSTREAM_AUTH: outer.credentials}
    files = trust.write(confined, folder.trust, os.environ)
    with ProxyProcess(settings, folder.proxy, told) as proxy:
        return run_to_end(arguments, environment.variables(proxy.url, files, os.environ), proxy)


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
@click.option(
    "--isolated",
    is_flag=True,
    help="Let the command reach no network but the proxy, by any way (Linux). "
    "Unix sockets in the file system (Docker's, ssh-agent's) are not a network, and stay.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print no summary.")
@click.argument(
    "arguments", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND...", shell_complete=complete_files
)
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
    wanted = AddonOptions(**addon)
    demands = Demands(wanted.forward_live, fail_on_miss, fail_on_unplayed, reports, quiet)
    interruption.end_in_order()
    try:
        code = run(arguments, wanted, demands, isolated)
    except command.CommandError as error:
        click.echo(f"twilio-test-proxy: {error}", err=True)
        code = error.exit_code
    except (OptionsError, ProxyError, directory.DirectoryError, report.ReportError, IsolationError) as error:
        click.echo(f"twilio-test-proxy: {error}", err=True)
        code = FAILED
    raise SystemExit(code)
