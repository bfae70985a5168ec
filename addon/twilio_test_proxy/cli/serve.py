"""``serve``: the proxy in the foreground, with this machine's certificate authority."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import socket
import sys
from typing import Any

import click

from twilio_test_proxy.certificates import authority, directory

from .options import AddonOptions, OptionsError, addon_options, complete_files
from .proxy_process import ProxyError, ProxySettings
from .upstream import UpstreamProxy, upstream_proxy

LISTENING_OTHERWISE = frozenset(
    (
        *("-m", "--mode", "--listen-host", "--listen-port", "-n", "--no-server"),
        *("-h", "--help", "--version", "--options", "--commands"),
    )
)
"""mitmdump's options with which it listens elsewhere or not at all."""


class PortError(Exception):
    """The proxy cannot listen where it should; the message is one sentence with the cure."""


def arguments(settings: ProxySettings, outer: UpstreamProxy) -> list[str]:
    """The arguments for mitmdump; credentials are no secret here, since they are not a command line's."""
    auth = ["--set", f"upstream_auth={outer.credentials}"] if outer.credentials else []
    return [*settings.command(), *auth]


# Options that are none of ours are mitmdump's, and so is all that follows them.
@click.command("serve", context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True})
@click.option(
    "--port",
    "-p",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="Port to listen on; 0 for any that is free.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@addon_options
@click.argument(
    "mitmdump_arguments",
    nargs=-1,
    type=click.UNPROCESSED,
    metavar="[MITMDUMP ARGUMENTS...]",
    shell_complete=complete_files,
)
def serve(port: int, host: str, mitmdump_arguments: tuple[str, ...], **addon: Any) -> None:
    """Run the proxy in the foreground, for shells and programs that are told of it with `env`."""
    wanted = AddonOptions(**addon)
    # A mode among the further arguments stands alone: mitmproxy would listen twice on the same port.
    further = {word.partition("=")[0] for word in mitmdump_arguments}
    has_mode = bool(further & {"-m", "--mode"})
    try:
        # Where the addon's own options are among the further arguments, the addon has to check them all.
        if not any("twilio_" in word for word in mitmdump_arguments):
            wanted.check(os.environ)
        outer = upstream_proxy(os.environ)
        confined = authority.ensure()
        if not further & LISTENING_OTHERWISE:
            check_port(host, port)
    except (OptionsError, ProxyError, PortError, directory.DirectoryError) as error:
        raise click.ClickException(str(error)) from error
    if outer.warning:
        click.echo(outer.warning, err=True)
    os.environ.update(wanted.secrets())
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


def check_port(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on, before anything is said of a proxy there.

    Raises:
        PortError: another program listens there, or it is no address of this machine's.
    """
    try:
        addresses = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, address in addresses[:1]:
            with socket.socket(family, kind, protocol) as probe:
                # As asyncio does: what a server before has left behind does not count.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind(address)
    except UnicodeError as error:
        raise PortError(f"{host!r} is no address: name one with --host.") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortError(f"Port {port} is in use: name another with --port, or 0 for any that is free.") from error
        raise PortError(
            f"Cannot listen on {host} port {port} ({error.strerror}): name others with --host and --port."
        ) from error


def _own_command() -> str:
    """How to call this command line in another shell: by its name where PATH has it, else by its path (a clone)."""
    return "twilio-test-proxy" if shutil.which("twilio-test-proxy") else shlex.quote(sys.argv[0])


def _reached_at(host: str) -> str:
    """How to reach what listens on an address from this machine."""
    if host in ("", "0.0.0.0"):  # noqa: S104
        return "127.0.0.1"
    if host == "::":
        return "[::1]"
    return f"[{host}]" if ":" in host else host
