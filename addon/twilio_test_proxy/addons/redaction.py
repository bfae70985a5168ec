"""Credentials are taken out of a flow once it is answered, before mitmproxy shows or saves it."""

from mitmproxy import http

from .hosts import requested_host

REDACTED = "[scrubbed]"
_HEADERS = ("authorization", "proxy-authorization", "x-twilio-signature", "cookie")


class TwilioRedaction:
    """Covers what prints or stores flows: flow_detail, `-w`, hardump, the mitmproxy and mitmweb screens."""

    def response(self, flow: http.HTTPFlow) -> None:
        """The answer is there: nothing needs the credentials any more."""
        redact(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        """A flow that failed is shown and stored too."""
        redact(flow)


def redact(flow: http.HTTPFlow) -> None:
    """Replace the values of headers with secrets in a flow to Twilio."""
    if not requested_host(flow):
        return
    for name in _HEADERS:
        if name in flow.request.headers:
            flow.request.headers[name] = REDACTED
