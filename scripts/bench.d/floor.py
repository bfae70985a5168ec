"""The floor of mitmproxy itself: an addon that answers every request with a constant."""

from mitmproxy import http

BODY = b'{"sid": "SM00000000000000000000000000000000", "status": "queued"}'


def request(flow: http.HTTPFlow) -> None:
    """Answer without looking at the request."""
    flow.response = http.Response.make(201, BODY, {"Content-Type": "application/json"})
