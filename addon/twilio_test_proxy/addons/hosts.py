"""Which Twilio host a flow is meant for."""

from mitmproxy import http
from mitmproxy.proxy.mode_specs import ReverseMode

from ..twilio.routes import is_twilio_host


def requested_host(flow: http.HTTPFlow) -> str | None:
    """The Twilio host that the client asked for, or None where it asked for another one.

    The name in the Host header wins, then that of the TLS handshake (SNI), then the address: twilio-python 3.8 to 5.7
    resolve the name themselves and CONNECT to an IP address. In reverse mode mitmproxy has rewritten the Host header,
    so there the handshake comes first.
    """
    names = [flow.request.pretty_host, flow.client_conn.sni, flow.request.host]
    if isinstance(flow.client_conn.proxy_mode, ReverseMode):
        names[:2] = reversed(names[:2])
    return next((name for name in names if name and is_twilio_host(name)), None)
