"""``doctor``: what is installed here, and whether each client of this machine goes through the proxy."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from twilio_test_proxy.certificates import authority, directory, trust

from . import environment, probes, versions
from .cassette_tables import console
from .options import AddonOptions
from .proxy_process import ProxyError, ProxyProcess, ProxySettings, own_environment

COLOURS: Mapping[probes.Verdict, str] = {
    "caught": "green",
    "bypasses the proxy": "red",
    "distrusts the CA": "red",
    "cannot be tried": "yellow",
}


def examine(folder: Path, confined: authority.Authority) -> list[probes.Finding]:
    """Send a message with every client through a proxy of its own.

    Raises:
        ProxyError: the proxy did not start.
    """
    files = trust.write(confined, folder / "trust", os.environ)
    sid, token = f"AC{secrets.token_hex(16)}", secrets.token_hex(16)
    told = AddonOptions(test_account_sid=sid, test_auth_token=token)
    settings = ProxySettings(confined.confdir, told.by_name())
    with ProxyProcess(settings, folder, {**own_environment(), **told.secrets()}) as proxy:
        added = environment.variables(proxy.url, files, os.environ)
        client = {**os.environ, **added, "TWILIO_ACCOUNT_SID": sid, "TWILIO_AUTH_TOKEN": token}
        # Two at once: more would slow each other down past their own time-outs.
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda probe: probes.run(probe, client), probes.find(os.environ)))


def installed_table(parts: Iterable[versions.Part], confined: authority.Authority) -> Table:
    """What the proxy stands on."""
    table = Table("Installed", "Version", box=None, pad_edge=False, header_style="bold")
    table.add_column("", overflow="fold")  # a path that is cut short cannot be copied
    for part in parts:
        table.add_row(part.name, part.version, part.remark)
    ends = f"until {confined.expires:%Y-%m-%d}, for twilio.com only"
    table.add_row("CA", ends, str(confined.certificate))
    return table


def client_table(findings: Iterable[probes.Finding]) -> Table:
    """What became of each client's message, with the cure where it was not answered by the proxy."""
    table = Table("Client", "Version", "With exec", box=None, pad_edge=False, header_style="bold")
    table.add_column("Cure", overflow="fold")
    for finding in findings:
        colour = COLOURS[finding.verdict]
        cure = "\n".join(filter(None, [probes.CURES[finding.verdict], escape(finding.detail[:200])]))
        table.add_row(finding.probe.client, finding.probe.version, f"[{colour}]{finding.verdict}[/]", cure)
    return table


@click.command("doctor")
def doctor() -> None:
    """Show what is installed, and send a message with every client that this machine has.

    The credentials of the messages are made up: none reaches a phone, whichever way it goes. The exit code is
    1 where a client goes past the proxy or distrusts it.
    """
    output = console()
    try:
        confined = authority.ensure()
        output.print(installed_table(versions.parts(), confined))
        output.print()
        with output.status("Sending a message with each client …"), tempfile.TemporaryDirectory() as folder:
            findings = examine(Path(folder), confined)
    except (ProxyError, directory.DirectoryError) as error:
        raise click.ClickException(str(error)) from error
    output.print(client_table(findings))
    lost = [finding for finding in findings if finding.verdict in ("bypasses the proxy", "distrusts the CA")]
    raise SystemExit(1 if lost else 0)
