"""No connection to a Twilio host, whatever else is wrong, unless a live request was let through."""

import weakref

from mitmproxy import connection, http
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from ..twilio.routes import is_twilio_host
from .hosts import is_control_host

HTTPS_PORT = 443


class TwilioDialGuard:
    """Vetoes connections to Twilio where mitmproxy opens them, and counts them.

    Attributes:
        dialled: connections to Twilio that were allowed.
        vetoed: connections to Twilio that were prevented.
    """

    def __init__(self) -> None:
        self.dialled = 0
        self.vetoed = 0
        self._let_through: weakref.WeakKeyDictionary[connection.Client, str] = weakref.WeakKeyDictionary()
        self._tunnels: weakref.WeakSet[connection.Client] = weakref.WeakSet()

    def let_through(self, client: connection.Client, host: str) -> None:
        """Allow this client to dial port 443 of one host; called for a live request that may be forwarded."""
        self._let_through[client] = host

    def is_let_through(self, client: connection.Client) -> bool:
        """Whether this client's requests may be forwarded."""
        return client in self._let_through

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Note who has a tunnel to Twilio: in upstream mode the address dialled is that of the upstream proxy."""
        if is_twilio_host(flow.request.host):
            self._tunnels.add(flow.client_conn)

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """Veto by setting an error, upon which mitmproxy does not connect."""
        host, port = (data.server.address or ("", 0))[:2]
        if is_control_host(host):
            data.server.error = f"Nothing listens at {host}: the proxy itself answers HTTP requests for it."
            return
        allowed = self._let_through.get(data.client)
        # What a live request connects to and is not Twilio is the proxy on its way there: the one that mode upstream
        # names, or the gateway.
        if allowed is not None and ((host, port) == (allowed, HTTPS_PORT) or not is_twilio_host(host)):
            self.dialled += 1
            return
        if allowed is None and not self._is_meant_for_twilio(host, data.client):
            return
        self.vetoed += 1
        data.server.error = f"No connection to {host}: only a live request that may be forwarded is allowed to dial."

    def _is_meant_for_twilio(self, host: str, client: connection.Client) -> bool:
        return is_twilio_host(host) or is_twilio_host(client.sni or "") or client in self._tunnels
