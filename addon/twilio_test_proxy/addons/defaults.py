"""mitmproxy's own options, set to what this project needs; what the user has set and does no harm is kept."""

import asyncio
import logging
from collections.abc import Awaitable, Iterable
from typing import Any

from mitmproxy import ctx, exceptions
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.proxy import mode_specs
from mitmproxy.proxy.mode_specs import ProxyMode

logger = logging.getLogger(__name__)

# Hosts that are intercepted; every other one is tunnelled untouched. mitmproxy matches it against host:port.
INTERCEPTED_HOSTS = r"^(([^:]+\.)?twilio\.com\.?|twilio-test-proxy\.test\.?):"

LISTEN_HOST = "127.0.0.1"
BODY_SIZE_LIMIT = "64m"  # far above any body of Twilio's; mitmproxy holds bodies in memory


class TwilioDefaults:
    """Sets mitmproxy's options so that it works offline, listens on loopback only and is quiet."""

    def __init__(self) -> None:
        self._running = False

    def load(self, loader: object) -> None:
        """Set the options before the first connection."""
        options = ctx.options
        changes: dict[str, Any] = {
            # With `eager` mitmproxy connects upstream before it asks any hook: offline, CONNECT would answer 502.
            "connection_strategy": "lazy"
        }
        if not options.listen_host:
            changes["listen_host"] = LISTEN_HOST
        for sentence in _contradictions():
            logger.error("%s", sentence)
        if not options.ignore_hosts and INTERCEPTED_HOSTS not in options.allow_hosts:
            changes["allow_hosts"] = [*options.allow_hosts, INTERCEPTED_HOSTS]
        if options.body_size_limit is None:
            changes["body_size_limit"] = BODY_SIZE_LIMIT
        changes |= _quiet()
        _warn_of_secrets()
        options.update(**changes)

    def configure(self, updated: Iterable[str]) -> None:
        """Have mitmproxy take back, while it runs, what would lead clients past the addons.

        Raises:
            OptionsError: one sentence.
        """
        if not self._running:
            return
        found = _contradictions()
        if "allow_hosts" in updated and INTERCEPTED_HOSTS not in ctx.options.allow_hosts:
            found.append(f"allow_hosts must keep {INTERCEPTED_HOSTS}, or Twilio's hosts are tunnelled untouched.")
        if found:
            raise exceptions.OptionsError(found[0])

    def running(self) -> Awaitable[None] | None:
        """Close what listens on every interface, and listen again on loopback.

        On Python 3.12 and later mitmproxy has begun to listen before it loads a script. Awaitable only then: where a
        script is loaded again, mitmproxy waits for nothing.
        """
        self._running = True
        server = ctx.master.addons.get("proxyserver")
        if ctx.options.listen_host != LISTEN_HOST or not isinstance(server, Proxyserver):
            return None
        modes = [mode_specs.ProxyMode.parse(mode) for mode in ctx.options.mode]
        # A mode that names its own address (regular@0.0.0.0:8080) is the user's wish.
        mistaken = {
            instance.mode
            for instance in server.servers
            if not instance.mode.custom_listen_host and any(_is_wildcard(a[0]) for a in instance.listen_addrs)
        }
        if not mistaken:
            return None
        return _listen_again(server, modes, [mode for mode in modes if mode not in mistaken])

    def done(self) -> None:
        """Do not let asyncio print a traceback for each client that is still connected.

        Up to Python 3.12, asyncio's StreamReaderProtocol asks a cancelled task for its exception, and reports the
        CancelledError that it gets.
        """
        logging.getLogger("asyncio").addFilter(_is_no_cancellation)


def _contradictions() -> list[str]:
    """What is set and takes requests away from the addons, a sentence each."""
    options = ctx.options
    found = []
    if options.ignore_hosts:
        found.append(
            "ignore_hosts cannot be used together with this addon: remove it, "
            "hosts outside twilio.com are tunnelled untouched anyway."
        )
    if not options.validate_inbound_headers:
        found.append("validate_inbound_headers=false lets requests be smuggled past the proxy: leave it true.")
    if options.stream_large_bodies:
        found.append("stream_large_bodies hides bodies from the proxy: leave it unset.")
    return found


async def _listen_again(server: Proxyserver, modes: list[ProxyMode], kept: list[ProxyMode]) -> None:
    await server.servers.update(kept)
    await server.servers.update(modes)


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def _is_wildcard(host: str) -> bool:
    return host in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


def _quiet() -> dict[str, Any]:
    """One line a request, this project's own, in place of mitmproxy's lines for connections and flows."""
    changes: dict[str, Any] = {}
    if getattr(ctx.options, "termlog_verbosity", None) == "info":  # absent under `mitmproxy`
        changes["termlog_verbosity"] = "warn"
    detail = getattr(ctx.options, "flow_detail", None)
    if detail == 1:
        changes["flow_detail"] = 0
    return changes


def _warn_of_secrets() -> None:
    """Say which options print or save what is scrubbed elsewhere; of headers, TwilioRedaction takes credentials out."""
    detail = getattr(ctx.options, "flow_detail", None) or 0
    if detail >= 3:
        logger.warning("flow_detail=%d prints message bodies, which may hold codes and passwords.", detail)
    elif detail == 2:
        logger.warning("flow_detail=2 prints queries and the targets of redirects, which may hold tokens.")
    for name in ("save_stream_file", "hardump"):
        if getattr(ctx.options, name, None):
            logger.warning(
                "%s saves message bodies, queries and the targets of redirects as they are, with any code, password "
                "and token in them: keep the file to yourself.",
                name,
            )
