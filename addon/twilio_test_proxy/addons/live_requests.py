"""Live requests: played from the cassette, forwarded and recorded where lock and record mode allow, or refused."""

import asyncio
import weakref

from mitmproxy import http

from ..cassettes import interaction
from ..cassettes.cassette import Cassette
from ..cassettes.errors import CassetteError
from ..cassettes.explanation import Miss
from ..cassettes.names import CassetteNameError
from ..twilio.responses import Response
from . import refusals
from .cassettes import TwilioCassettes, warn_of_notices
from .forwarding import ForwardingError, TwilioForwarding
from .hosts import twilio_host
from .options import TwilioOptions
from .outcomes import HEADER, AnsweredBy, Outcome, remember, respond
from .proxy_users import proxy_user
from .refusals import Refusal
from .test_credentials import describe_caller, read_request


class TwilioLiveRequests:
    """Answers what the addons before have left: requests with live credentials.

    Attributes:
        misses: why the cassette did not answer a flow, for as long as the flow is in use.
    """

    def __init__(self, options: TwilioOptions, cassettes: TwilioCassettes, forwarding: TwilioForwarding) -> None:
        self._options = options
        self._cassettes = cassettes
        self._forwarding = forwarding
        self.misses: weakref.WeakKeyDictionary[http.HTTPFlow, Miss] = weakref.WeakKeyDictionary()

    async def request(self, flow: http.HTTPFlow) -> None:
        """Play, forward and record, or refuse."""
        host = twilio_host(flow)
        if not host or flow.response or flow.error or not flow.live:
            return
        try:
            path = self._cassettes.library.path(proxy_user(flow))
            if path is None:
                refuse(flow, host, refusals.NOTHING_ANSWERS)
                return
            known = len(list(self._cassettes.library))
            cassette = self._cassettes.library.open(path)
            if len(list(self._cassettes.library)) > known:
                warn_of_notices(cassette)
            asked = read_interaction_request(flow, host)
            played = cassette.play(asked)
        except (CassetteError, CassetteNameError) as error:
            refuse(flow, host, refusals.not_allowed(error))
            return
        if not isinstance(played, Miss):
            respond(flow, _response(played), _outcome(flow, host, "cassette", str(cassette.path)))
        elif cassette.may_record and self._options.settings.forward_live:
            await self._record(flow, host, cassette, asked)
        else:
            self.misses[flow] = played
            refuse(flow, host, refusals.miss(played.message), str(cassette.path))

    async def _record(self, flow: http.HTTPFlow, host: str, cassette: Cassette, asked: interaction.Request) -> None:
        try:
            response = await self._forwarding.forward(flow, host)
        except ForwardingError as error:
            refuse(flow, host, refusals.unreachable(host, error), str(cassette.path))
            return
        try:
            # On a thread: other clients are answered while this one waits for the disk.
            await asyncio.to_thread(cassette.record, asked, read_interaction_response(response))
        except CassetteError as error:
            refuse(flow, host, refusals.not_recorded(response.status_code, error), str(cassette.path))
            return
        response.headers[HEADER] = "live"
        flow.response = response
        remember(flow, _outcome(flow, host, "live", str(cassette.path)))


def refuse(flow: http.HTTPFlow, host: str, refusal: Refusal, cassette: str = "") -> None:
    """Answer 424 in the format that the request asked for."""
    format_ = read_request(flow, host).route.format_
    outcome = _outcome(flow, host, "refused", cassette, refusal.code, refusal.message)
    respond(flow, refusal.response(format_), outcome)


def read_interaction_request(flow: http.HTTPFlow, host: str) -> interaction.Request:
    """The request as cassettes keep and compare it: always https, as it would be forwarded."""
    return interaction.Request(
        flow.request.method,
        f"https://{host.lower().rstrip('.')}{flow.request.path}",
        header_pairs(flow.request.headers),
        flow.request.raw_content or b"",
    )


def read_interaction_response(response: http.Response) -> interaction.Response:
    """The response as cassettes keep it."""
    return interaction.Response(
        response.status_code, response.reason, header_pairs(response.headers), response.raw_content or b""
    )


def header_pairs(headers: http.Headers) -> interaction.Headers:
    """Header fields as cassettes keep them."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.fields)


def _response(played: interaction.Response) -> Response:
    headers = played.headers
    if played.status not in (204, 304):
        headers = (*headers, ("Content-Length", str(len(played.body))))
    return Response(played.status, played.body, headers, played.reason)


def _outcome(
    flow: http.HTTPFlow, host: str, answered_by: AnsweredBy, cassette: str, code: int = 0, message: str = ""
) -> Outcome:
    caller = describe_caller(read_request(flow, host))
    return Outcome(answered_by, "live", cassette=cassette, code=code, result=message, **caller)
