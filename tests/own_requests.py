"""Requests for the proxy itself as mitmproxy shows them to addons, for tests."""

from mitmproxy import http
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import tflow, tutils

from twilio_test_proxy.addons.hosts import TwilioHosts


def asked(
    host: str,
    port: int = 8080,
    header: str | None = None,
    *,
    method: str = "GET",
    path: str = "/",
    mode: str = "regular",
    peer: str = "127.0.0.1",
    **more: str,
) -> http.HTTPFlow:
    """A request to the port 8080; host and port are those of its URL, or of the Host header where there is no URL."""
    named = {"Host": f"{host}:{port}" if header is None else header}
    named |= {name.replace("_", "-"): value for name, value in more.items()}
    headers = tuple((name.encode(), value.encode()) for name, value in named.items())
    flow = tflow.tflow(
        req=tutils.treq(
            method=method.encode(),
            scheme=b"http",
            host=host,
            port=port,
            path=path.encode(),
            authority=b"",
            headers=http.Headers(headers),
            content=b"",
        )
    )
    flow.client_conn.sockname = ("127.0.0.1", 8080)
    flow.client_conn.peername = (peer, 50000)
    flow.client_conn.proxy_mode = ProxyMode.parse(mode)
    TwilioHosts().requestheaders(flow)
    return flow
