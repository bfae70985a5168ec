"""Credentials are taken out of a flow once it is answered, before mitmproxy shows or saves it."""

from mitmproxy import http

from .hosts import is_forwarded, twilio_host

REDACTED = "[scrubbed]"
_HEADERS = frozenset((b"authorization", b"proxy-authorization", b"x-twilio-signature", b"cookie"))


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
    if not twilio_host(flow) and not is_forwarded(flow):
        return
    headers = flow.request.headers
    headers.fields = tuple(
        (name, REDACTED.encode() if name.lower() in _HEADERS else value) for name, value in headers.fields
    )
