"""Sends a live request to Twilio: rebuilt, over verified TLS, to port 443 of the host by its name."""

import logging
from collections.abc import Iterable

from mitmproxy import connection, ctx, exceptions, http
from mitmproxy.addons.clientplayback import ReplayHandler
from mitmproxy.flow import Error
from mitmproxy.proxy.layers.http._hooks import HttpErrorHook
from mitmproxy.tls import TlsData

from .dial_guard import HTTPS_PORT, TwilioDialGuard
from .hosts import FORWARDED

logger = logging.getLogger(__name__)

_HOP_BY_HOP = ("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade")
_INSECURE = (
    "ssl_insecure=true sends live credentials to whoever answers, without verifying the certificate: leave it false, "
    "and name a CA of your own with ssl_verify_upstream_trusted_ca."
)


class TwilioForwarding:
    """Forwards through mitmproxy's own machinery for replaying a request, so that its options hold.

    A copy is sent and the client's own flow never is: nothing smuggled in its framing goes out, its failure can be
    answered in Twilio's envelope, and the guard lets nothing through but these copies.
    """

    def __init__(self, guard: TwilioDialGuard) -> None:
        self._guard = guard
        self._running = False
        self._copies: set[http.HTTPFlow] = set()

    def configure(self, updated: Iterable[str]) -> None:
        """Refuse to forward over TLS that is not verified: live credentials would go to whoever answers.

        Raises:
            OptionsError: a change while running asks for it (mitmproxy takes it back). At the start the error is
                logged instead, upon which mitmproxy ends with exit code 1.
        """
        if not {"ssl_insecure", "twilio_forward_live"}.intersection(updated):
            return
        if not (ctx.options.ssl_insecure and ctx.options.twilio_forward_live):
            return
        if self._running:
            raise exceptions.OptionsError(_INSECURE)
        logger.error("%s", _INSECURE)

    def running(self) -> None:
        """From now on a wrong value is taken back instead of ending the process."""
        self._running = True

    def tls_start_server(self, data: TlsData) -> None:
        """Speak HTTP/1.1 to Twilio: h2 before 4.3, which mitmproxy 11 pins, can be made to smuggle requests.

        https://github.com/advisories/GHSA-847f-9342-265h
        """
        if isinstance(data.conn, connection.Server) and self._guard.is_let_through(data.context.client):
            data.conn.alpn_offers = [b"http/1.1"]

    def done(self) -> None:
        """End the copies that are on their way: mitmproxy saves those, too, and else with the credentials in them."""
        for copy in list(self._copies):
            end(copy)

    async def forward(self, flow: http.HTTPFlow, host: str) -> http.Response:
        """Twilio's answer to the request of a flow.

        Raises:
            ForwardingError: Twilio could not be reached, its certificate not be verified, or its answer not be read.
        """
        if ctx.options.ssl_insecure:
            raise ForwardingError(_INSECURE)
        copy = flow.copy()
        copy.response, copy.error = None, None
        copy.metadata = {FORWARDED: True}
        copy.is_replay = "request"
        copy.request = rebuilt(flow.request, host)
        copy.server_conn = connection.Server(address=(host, HTTPS_PORT))
        handler = ReplayHandler(copy, ctx.options)
        self._guard.let_through(handler.client, host)
        self._copies.add(copy)
        try:
            await handler.replay()
        finally:
            self._copies.discard(copy)
        if copy.response is None or copy.error is not None:
            raise ForwardingError(copy.error.msg if copy.error else "no answer")
        response: http.Response = copy.response
        if response.status_code < 200:
            # mitmproxy reads an interim answer as the whole one, and closes the connection on which the other follows.
            raise ForwardingError(f"Twilio first sent an interim answer, {response.status_code}, which cannot be read")
        return response


class ForwardingError(Exception):
    """The live request got no answer from Twilio; the text says why."""


def end(flow: http.HTTPFlow) -> None:
    """Tell every addon that there will be no answer to a flow, for the proxy is stopped."""
    flow.error = Error("The proxy was stopped.")
    ctx.master.addons.trigger(HttpErrorHook(flow))


def rebuilt(request: http.Request, host: str) -> http.Request:
    """The request as it goes to Twilio: HTTP/1.1, https, port 443, framed anew, without hop-by-hop headers."""
    named = {name.strip().lower() for value in request.headers.get_all("connection") for name in value.split(",")}
    dropped = {*_HOP_BY_HOP, *named, "host", "content-length", "expect", "proxy-authorization"}
    headers = http.Headers(
        [(name, value) for name, value in request.headers.fields if name.decode("latin-1").lower() not in dropped]
    )
    headers.insert(0, "Host", host)
    body = request.raw_content or b""
    if body or request.method in ("POST", "PUT", "PATCH"):
        headers["Content-Length"] = str(len(body))
    return http.Request(
        host=host,
        port=HTTPS_PORT,
        method=request.data.method,
        scheme=b"https",
        authority=b"",
        path=request.data.path,
        http_version=b"HTTP/1.1",
        headers=headers,
        content=body,
        trailers=None,
        timestamp_start=request.timestamp_start,
        timestamp_end=request.timestamp_end,
    )
