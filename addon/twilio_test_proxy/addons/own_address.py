"""Whether a request is meant for the proxy itself, by its name or at its own port, and whether it is from here."""

import ipaddress
from enum import Enum, auto

from mitmproxy import http
from mitmproxy.proxy.mode_specs import RegularMode, UpstreamMode
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from .hosts import is_control_host, twilio_host

_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))


class Reach(Enum):
    """How a request has reached the proxy itself."""

    PROXIED = auto()
    """Through the proxy, by the proxy's name."""
    DIRECT = auto()
    """At the proxy's own port, as any web server is asked."""
    MISDIRECTED = auto()
    """The URL and the Host header do not both name it."""


class TwilioOwnAddress:
    """Knows which connections this proxy has opened itself, so that it can tell them from those of a client.

    A proxy can be made to connect to itself, upon which it sees a client on this machine (CVE-2025-23217).
    """

    def __init__(self) -> None:
        self._opened: set[tuple[object, ...]] = set()

    def server_connected(self, data: ServerConnectionHookData) -> None:
        """Runs before anything is sent over the connection."""
        if data.server.sockname:
            self._opened.add(tuple(data.server.sockname[:2]))

    def server_disconnected(self, data: ServerConnectionHookData) -> None:
        """Its port may be a client's from now on."""
        if data.server.sockname:
            self._opened.discard(tuple(data.server.sockname[:2]))

    def is_from_here(self, flow: http.HTTPFlow) -> bool:
        """Whether a program on this machine asks, and not this proxy itself on behalf of anybody."""
        peer = flow.client_conn.peername
        return bool(peer) and is_loopback(peer[0]) and tuple(peer[:2]) not in self._opened


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
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback


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
