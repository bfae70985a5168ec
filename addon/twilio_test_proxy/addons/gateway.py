"""Leads live requests through the gateway where the proxy itself runs isolated."""

import logging

from mitmproxy import ctx, exceptions, http
from mitmproxy.addonmanager import Loader
from mitmproxy.connection import Server
from mitmproxy.proxy.mode_specs import ReverseMode

from .options import check_deferred

logger = logging.getLogger(__name__)


class TwilioGateway:
    """Sends what is about to be forwarded through an HTTP proxy. Comes after every addon that may answer."""

    def __init__(self) -> None:
        self._address: tuple[str, int] | None = None
        self._running = False

    def load(self, loader: Loader) -> None:
        """Declare the option."""
        check_deferred("twilio_gateway", str)
        loader.add_option(
            "twilio_gateway",
            str,
            "",
            "HTTP proxy, as host:port, through which live requests reach Twilio. Set by `exec --isolated`.",
        )

    def configure(self, updated: set[str]) -> None:
        """Read the option.

        Raises:
            OptionsError: a change while running is not host:port. At the start the error is logged instead, upon
                which mitmproxy ends with exit code 1.
        """
        if "twilio_gateway" not in updated:
            return
        value: str = ctx.options.twilio_gateway
        host, _, port = value.rpartition(":")
        if value and not (host and port.isdecimal()):
            sentence = f"twilio_gateway must be HOST:PORT, not {value!r}."
            if self._running:
                raise exceptions.OptionsError(sentence)
            logger.error("%s", sentence)
            return
        self._address = (host, int(port)) if value else None

    def running(self) -> None:
        """From now on wrong values are taken back instead of ending the process."""
        self._running = True

    def request(self, flow: http.HTTPFlow) -> None:
        """Choose the gateway for a request that no addon has answered."""
        if self._address is None or flow.response or flow.error:
            return
        if isinstance(flow.client_conn.proxy_mode, ReverseMode):
            # There every request seems to be for the host that the mode names; Host says which was meant.
            flow.request.host = flow.request.pretty_host
        flow.server_conn = Server(address=(flow.request.host, flow.request.port))
        flow.server_conn.via = ("http", self._address)
