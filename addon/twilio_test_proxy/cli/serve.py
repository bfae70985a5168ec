"""``serve``: the proxy in the foreground, with this machine's certificate authority."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from typing import Any

import click

from twilio_test_proxy.certificates import authority, directory

from .options import AddonOptions, addon_options
from .proxy_process import ProxyError, ProxySettings
from .upstream import UpstreamProxy, upstream_proxy


def arguments(settings: ProxySettings, outer: UpstreamProxy) -> list[str]:
    """The arguments for mitmdump; credentials are no secret here, since they are not a command line's."""
    auth = ["--set", f"upstream_auth={outer.credentials}"] if outer.credentials else []
    return [*settings.command(), *auth]


# Options that are none of ours are mitmdump's, and so is all that follows them.
@click.command("serve", context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True})
@click.option("--port", "-p", default=8080, show_default=True, help="Port to listen on; 0 for any that is free.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@addon_options
@click.argument("mitmdump_arguments", nargs=-1, type=click.UNPROCESSED, metavar="[MITMDUMP ARGUMENTS...]")
def serve(port: int, host: str, mitmdump_arguments: tuple[str, ...], **addon: Any) -> None:
    """Run the proxy in the foreground, for shells and programs that are told of it with `env`."""
    wanted = AddonOptions(**addon)
    try:
        outer = upstream_proxy(os.environ)
        confined = authority.ensure()
    except (ProxyError, directory.DirectoryError) as error:
        raise click.ClickException(str(error)) from error
    if outer.warning:
        click.echo(outer.warning, err=True)
    os.environ.update(wanted.secrets())
    # A mode among the further arguments stands alone: mitmproxy would listen twice on the same port.
    has_mode = any(word in ("-m", "--mode") or word.startswith("--mode=") for word in mitmdump_arguments)
    settings = ProxySettings(
        confined.confdir,
        wanted.by_name(),
        modes=[] if has_mode else [outer.mode],
        host=host,
        port=port,
        arguments=mitmdump_arguments,
    )
    if port:
        click.echo("In the shell whose programs shall use it:", err=True)
        click.echo(f'  eval "$({_own_command()} env --url http://{_reached_at(host)}:{port})"', err=True)
        click.echo(f"What becomes of each request, in a browser: http://{_reached_at(host)}:{port}/", err=True)
    # Late: it takes half a second.
    from mitmproxy.tools.main import mitmdump

    mitmdump(arguments(settings, outer))


def _own_command() -> str:
    """How to call this command line in another shell: by its name where PATH has it, else by its path (a clone)."""
    return "twilio-test-proxy" if shutil.which("twilio-test-proxy") else shlex.quote(sys.argv[0])


def _reached_at(host: str) -> str:
    """How to reach what listens on an address from this machine."""
    if host in ("", "0.0.0.0", "::"):  # noqa: S104
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
