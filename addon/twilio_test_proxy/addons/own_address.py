"""Whether a request is meant for the proxy itself, by its name or at its own port, and whether it is from here."""

import ipaddress
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import Any

from mitmproxy import connection, ctx, http
from mitmproxy.proxy.mode_specs import RegularMode, UpstreamMode
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from .hosts import is_control_host, twilio_host

_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))

ONLY_HERE = "This is only readable from the machine that the proxy runs on."
"""What programs on other machines are told."""

_OWN_PORT = "This is the proxy's own port, and the proxy does not connect to itself."
_LOOP = "The proxy has connected to itself: what was asked for leads back to its own port."

Address = tuple[str, int]


class Reach(Enum):
    """How a request has reached the proxy itself."""

    PROXIED = auto()
    """Through the proxy, by the proxy's name."""
    DIRECT = auto()
    """At the proxy's own port, as any web server is asked."""
    MISDIRECTED = auto()
    """The URL and the Host header do not both name it."""


class TwilioOwnAddress:
    """Knows which connections this proxy has opened to itself, tells them from a client's, and answers nothing there.

    mitmproxy knows itself only by localhost, 127.0.0.1, ::1 and the address that it was told to listen on. By any other
    name (that of the machine, one that leads here by DNS rebinding) a single request would go round for ever, and
    what comes round seems to be asked by a client on this machine (CVE-2025-23217).
    """

    def __init__(self) -> None:
        self._opened: set[tuple[Address, Address]] = set()

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """Refuse to connect to an address that is the proxy's own; names are not looked up here."""
        server = ctx.master.addons.get("proxyserver")
        listened = [
            address
            for instance in (server.servers if server else [])
            if instance.mode.transport_protocol == data.server.transport_protocol
            for address in instance.listen_addrs
        ]
        if data.server.address and is_listened_at(data.server.address, listened):
            data.server.error = _OWN_PORT

    def server_connected(self, data: ServerConnectionHookData) -> None:
        """Runs before anything is sent over the connection."""
        if ends := _ends(data.server.sockname, data.server.peername):
            self._opened.add(ends)

    def server_disconnected(self, data: ServerConnectionHookData) -> None:
        """Its port may be a client's from now on."""
        if ends := _ends(data.server.sockname, data.server.peername):
            self._opened.discard(ends)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Answer what comes round, and close, so that it does not come round again."""
        if self.is_own(flow.client_conn) and flow.live:
            flow.request.stream = False
            flow.response = _loop_detected()

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Open no tunnel for what comes round."""
        if self.is_own(flow.client_conn):
            flow.response = _loop_detected()

    def is_own(self, client: connection.Client) -> bool:
        """Whether this proxy itself is at the other end of a client's connection.

        Both ends are compared: the port alone may at the same time be that of a connection to somebody else.
        """
        return bool(self._opened) and _ends(client.peername, client.sockname) in self._opened

    def is_from_here(self, flow: http.HTTPFlow) -> bool:
        """Whether a program on this machine asks, and not this proxy itself on behalf of anybody."""
        peer = flow.client_conn.peername
        return bool(peer) and is_loopback(peer[0]) and not self.is_own(flow.client_conn)


def reach(flow: http.HTTPFlow) -> Reach | None:
    """How a request has reached the proxy itself, None where it is meant for somebody else."""
    is_named = is_control_host(flow.request.host)
    if not is_named and twilio_host(flow):
        return None
    header_names_it = is_control_host(flow.request.pretty_host)
    if is_named or header_names_it:
        return Reach.PROXIED if is_named and header_names_it else Reach.MISDIRECTED
    return Reach.DIRECT if _is_direct(flow) else None


def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine's own, an IPv4 one written as IPv6 included."""
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback


def is_listened_at(address: Sequence[Any], listened: Iterable[Sequence[Any]]) -> bool:
    """Whether an IP address and port lead to one of those listened at; false for a name, which may lead anywhere."""
    asked = _parsed(address[0])
    if asked is None:
        return False
    for host, port, *_ in listened:
        own = _parsed(host)
        if own is None or port != address[1]:
            continue
        # To connect to 0.0.0.0 or :: is to connect to this machine; to listen there is to listen on all addresses.
        if asked == own or asked.is_unspecified or (own.is_unspecified and asked.is_loopback):
            return True
    return False


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def _ends(one: Sequence[Any] | None, other: Sequence[Any] | None) -> tuple[Address, Address] | None:
    """The two ends of a connection, spelt alike however either side spells them."""
    if not one or not other:
        return None
    return (str(_parsed(one[0]) or one[0]), one[1]), (str(_parsed(other[0]) or other[0]), other[1])


def _loop_detected() -> http.Response:
    # RFC 5842, section 7.2.
    headers = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", "Connection": "close"}
    response = http.Response.make(508, f"{_LOOP}\n", headers)
    response.reason = "Loop Detected"
    return response


def _is_direct(flow: http.HTTPFlow) -> bool:
    """Whether URL and Host header name the port that the client has connected to, by a loopback name.

    mitmproxy shows `GET /` and `GET http://127.0.0.1:8080/` alike: what is sent to proxies only tells them apart.
    No other name will do: one that leads here by DNS rebinding (CVE-2018-14505) least of all.
    """
    client, request = flow.client_conn, flow.request
    if request.host not in _LOOPBACK or not isinstance(client.proxy_mode, RegularMode | UpstreamMode):
        return False
    port = client.sockname[1]
    named = f"[{request.host}]" if ":" in request.host else request.host
    expected = {f"{named}:{port}", *([named] if port == 80 else [])}
    if request.port != port or request.host_header not in expected:
        return False
    return "proxy-connection" not in request.headers and "via" not in request.headers
