"""``exec --isolated``: the command and its proxy in a network of their own, which has nothing else (Linux)."""

from __future__ import annotations

import functools
import os
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twilio_test_proxy.certificates import trust
from twilio_test_proxy.certificates.authority import Authority
from twilio_test_proxy.isolation.enclosure import PROXY_MODES, Enclosure

from . import environment
from .conclusion import Ended, run_to_end
from .options import AddonOptions
from .proxy_process import ProxyProcess, ProxySettings, own_environment
from .run_folder import RunFolder
from .upstream import upstream_proxy

if TYPE_CHECKING:
    from twilio_test_proxy.isolation.dialling import Connection


def run_isolated(arguments: Sequence[str], addon: AddonOptions, confined: Authority, folder: RunFolder) -> Ended:
    """Move this process into a network of its own, for good, and run a proxy and a command there.

    Args:
        arguments: the command.
        addon: what the proxy is told.
        confined: the authority that the proxy's certificates come from.
        folder: the directories of this run.

    Returns:
        What the command and the proxy have left.

    Raises:
        IsolationError: the kernel does not allow it.
        ProxyError, CommandError, DirectoryError: each with a sentence for the user.
    """
    files = trust.write(confined, folder.trust, os.environ)
    enclosure = Enclosure(way_out() if addon.forward_live else None)
    options = {**addon.by_name(), **enclosure.proxy_options}
    settings = ProxySettings(confined.confdir, options, PROXY_MODES)

    def show() -> None:
        for sentence in enclosure.show(arguments[0], os.environ, Path.cwd(), confined.pem.decode()):
            click.echo(f"twilio-test-proxy: {sentence}", err=True)

    try:
        with ProxyProcess(settings, folder.proxy, {**own_environment(), **addon.secrets()}, show) as proxy:
            added = environment.isolated_variables(proxy.url, files, os.environ)
            return run_to_end(arguments, added, proxy)
    finally:
        enclosure.close()


def way_out() -> functools.partial[Coroutine[Any, Any, Connection]]:
    """How live requests reach Twilio from outside: through the user's own proxy where there is one.

    Raises:
        ProxyError: what names that proxy is no URL.
    """
    # Imported late: asyncio takes longer to import than all the rest here.
    from twilio_test_proxy.isolation.dialling import dial

    outer = upstream_proxy(os.environ)
    if outer.warning:
        click.echo(f"twilio-test-proxy: {outer.warning}", err=True)
    return functools.partial(dial, proxy=outer.mode.partition("upstream:")[2], credentials=outer.credentials)
