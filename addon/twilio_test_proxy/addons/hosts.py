"""Which Twilio host a flow is meant for."""

from functools import lru_cache

from mitmproxy import http
from mitmproxy.proxy.mode_specs import ReverseMode

from ..twilio.routes import is_twilio_host

_METADATA = "twilio_host"
_MAX_REMEMBERED = 1000  # characters of names: clients may send megabytes

# The proxy's own address. Nobody can own the name: https://www.rfc-editor.org/rfc/rfc6761#section-6.2
CONTROL_HOST = "twilio-test-proxy.test"

# Marks the copy of a live request that goes to Twilio: no addon answers it.
FORWARDED = "twilio_forwarded"


class TwilioHosts:
    """Decides once for each flow whether it is meant for Twilio; the other addons ask `twilio_host`."""

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Note the host with the flow."""
        host = requested_host(flow)
        if host and not is_forwarded(flow):
            flow.metadata[_METADATA] = host
            flow.request.stream = False  # a streamed body would reach no hook


def is_forwarded(flow: http.HTTPFlow) -> bool:
    """Whether the flow is the copy of a live request on its way to Twilio."""
    return FORWARDED in flow.metadata


def twilio_host(flow: http.HTTPFlow) -> str | None:
    """The Twilio host that the flow is meant for, or None where it is not meant for Twilio."""
    host: str | None = flow.metadata.get(_METADATA)
    return host


def is_control_host(name: str) -> bool:
    """Whether a name, in any case and with or without a final dot, is the proxy's own address."""
    return name.lower().rstrip(".") == CONTROL_HOST


def requested_host(flow: http.HTTPFlow) -> str | None:
    """The Twilio host that the client asked for, or None where it asked for another one.

    The name in the Host header wins, then that of the TLS handshake (SNI), then the address: twilio-python 3.8 to 5.7
    resolve the name themselves and CONNECT to an IP address. In reverse mode mitmproxy has rewritten the Host header,
    so there the handshake comes first.
    """
    reverse = isinstance(flow.client_conn.proxy_mode, ReverseMode)
    # Not pretty_host, which takes longer than everything else here: no Twilio name is an IPv6 address.
    named, sni, address = flow.request.host_header or "", flow.client_conn.sni or "", flow.request.host
    short = len(named) + len(sni) + len(address) <= _MAX_REMEMBERED
    return (_find_host if short else _find_host.__wrapped__)(named, sni, address, reverse)


@lru_cache(maxsize=256)
def _find_host(host_header: str, sni: str, address: str, reverse: bool) -> str | None:
    named = host_header.partition(":")[0]
    if is_control_host(named):
        return None
    names = (sni, named, address) if reverse else (named, sni, address)
    return next((name for name in names if is_twilio_host(name)), None)
