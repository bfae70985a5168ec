"""No connection to a Twilio host, whatever else is wrong, unless a live request was let through."""

import weakref

from mitmproxy import connection
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
        self._let_through: weakref.WeakSet[connection.Client] = weakref.WeakSet()

    def let_through(self, client: connection.Client) -> None:
        """Allow this client's requests to be forwarded; called for a live request that may be recorded."""
        self._let_through.add(client)

    def is_let_through(self, client: connection.Client) -> bool:
        """Whether this client's requests may be forwarded."""
        return client in self._let_through

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """Veto by setting an error, upon which mitmproxy does not connect."""
        host, port = (data.server.address or ("", 0))[:2]
        if is_control_host(host):
            data.server.error = f"Nothing listens at {host}: the proxy itself answers HTTP requests for it."
            return
        if not is_twilio_host(host) and not is_twilio_host(data.client.sni or ""):
            return
        # What a live request that was let through connects to and is not Twilio is the proxy on its way there: the
        # one that mode upstream names, or the gateway.
        if data.client in self._let_through and (port == HTTPS_PORT or not is_twilio_host(host)):
            self.dialled += 1
            return
        self.vetoed += 1
        data.server.error = f"No connection to {host}: only a live request that may be forwarded is allowed to dial."
