"""The user name in the proxy URL, which names a cassette. Proxy credentials go no further than here."""

import base64
import binascii
import weakref

from mitmproxy import connection, ctx, http
from mitmproxy.proxy.mode_specs import UpstreamMode

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
"""The user of a header that cannot be read. No cassette may have this name, so that whoever uses it is refused."""

_METADATA = "twilio_proxy_user"

# Here and not in the addon: mitmproxy makes new addons when the script changes, and tunnels outlive that.
_by_connection: weakref.WeakKeyDictionary[connection.Client, str] = weakref.WeakKeyDictionary()


class TwilioProxyUsers:
    """Notes the user name with each flow, and takes `Proxy-Authorization` out of every request.

    A client sends it with CONNECT, once for a connection, or with each request to a plain http URL.
    """

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Note the user of a connection."""
        user = _take_user(flow)
        if user:
            _by_connection[flow.client_conn] = user

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Note the user of a request."""
        if _is_for_upstream(flow):
            return
        user = _take_user(flow) or _by_connection.get(flow.client_conn, "")
        if user:
            flow.metadata[_METADATA] = user


def proxy_user(flow: http.HTTPFlow) -> str:
    """The user name in the client's proxy URL, or an empty string."""
    user: str = flow.metadata.get(_METADATA, "")
    return user


def _is_for_upstream(flow: http.HTTPFlow) -> bool:
    """Whether the header holds mitmproxy's option upstream_auth, which has taken the place of the client's.

    mitmproxy puts it into requests to plain http URLs, which go to the upstream proxy without CONNECT.
    """
    upstream = isinstance(flow.client_conn.proxy_mode, UpstreamMode) and flow.request.scheme == "http"
    return upstream and bool(ctx.options.upstream_auth)


def _take_user(flow: http.HTTPFlow) -> str:
    # Few requests inside a tunnel have the header, and looking for it this way is the cheapest.
    sent = any(name.lower() == b"proxy-authorization" for name, _ in flow.request.headers.fields)
    header = flow.request.headers.pop("proxy-authorization") if sent else ""
    if not header:
        # mitmproxy's own option proxyauth has checked the credentials and removed the header.
        checked: tuple[str, str] | None = flow.metadata.get("proxyauth")
        return checked[0] if checked else ""
    return read_user(header)


def read_user(header: str) -> str:
    """The user name in a value of `Proxy-Authorization`.

    Empty where the credentials are, or their user name is; with `UNREADABLE` in it where it cannot be read: another
    scheme than Basic, no Base64, no UTF-8. Whoever named a user meant a cassette, and must not get the default one.
    """
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() not in ("", "basic"):
        return UNREADABLE
    try:
        return base64.b64decode(encoded.strip(" "), validate=True).decode(errors="replace").partition(":")[0]
    except (binascii.Error, ValueError):
        return UNREADABLE
