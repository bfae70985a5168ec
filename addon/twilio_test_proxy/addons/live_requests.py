"""Live requests: nothing may answer them yet, so they are refused with 424."""

from mitmproxy import http

from ..twilio.responses import envelope
from .hosts import twilio_host
from .options import TwilioOptions
from .outcomes import Outcome, respond
from .test_credentials import describe_resource, read_request

# The proxy speaks, not Twilio: Twilio never answers 424, and no client retries it.
STATUS = 424
NOT_ALLOWED = 424002
MORE_INFO = "http://twilio-test-proxy.test/errors/{code}"

_NOT_ALLOWED_MESSAGE = (
    "Live credentials, and nothing may answer them. If these are test credentials, configure them with "
    "twilio_test_account_sid and twilio_test_auth_token. To replay a recording set twilio_cassette=PATH; "
    "to record one add twilio_forward_live=true and twilio_record_mode=once."
)


class TwilioLiveRequests:
    """Refuses live requests: no connection is attempted."""

    def __init__(self, options: TwilioOptions) -> None:
        self._options = options

    def request(self, flow: http.HTTPFlow) -> None:
        """Refuse what the addons before have left unanswered."""
        host = twilio_host(flow)
        if not host or flow.response or flow.error or not flow.live:
            return
        request = read_request(flow, host)
        more_info = MORE_INFO.format(code=NOT_ALLOWED)
        response = envelope(NOT_ALLOWED, STATUS, _NOT_ALLOWED_MESSAGE, more_info, request.route.format_)
        outcome = Outcome(
            answered_by="refused",
            caller="live",
            account=request.credentials.username if request.credentials else "",
            resource=describe_resource(request),
            code=NOT_ALLOWED,
            result=_NOT_ALLOWED_MESSAGE,
        )
        respond(flow, response, outcome)
