"""Live requests: played from the cassette, forwarded and recorded where lock and record mode allow, or refused."""

from __future__ import annotations

import asyncio
import json
import logging
import weakref
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mitmproxy import http

from ..cassettes import interaction
from ..cassettes.errors import CassetteError
from ..cassettes.explanation import Miss
from ..cassettes.names import CassetteNameError
from ..twilio.forms import UnreadableBodyError, parse_form
from ..twilio.magic import NUMBERS
from ..twilio.phone_numbers import magic_candidate
from ..twilio.responses import Response
from . import refusals
from .cassettes import TwilioCassettes, warn_of_notices
from .forwarding import ForwardingError, TwilioForwarding, end
from .hosts import twilio_host
from .options import TwilioOptions
from .outcomes import HEADER, AnsweredBy, Outcome, is_counted, recall, remember, respond
from .proxy_users import proxy_user
from .refusals import Refusal
from .test_credentials import describe_caller, read_request

if TYPE_CHECKING:
    from ..cassettes.cassette import Cassette

logger = logging.getLogger(__name__)

_MAX_TOLD = 64 * 1024  # bytes of an answer that is looked into for the terminal and the report


class TwilioLiveRequests:
    """Answers what the addons before have left: requests with live credentials.

    Attributes:
        misses: why the cassette did not answer a flow, for as long as the flow is in use.
    """

    def __init__(self, options: TwilioOptions, cassettes: TwilioCassettes, forwarding: TwilioForwarding) -> None:
        self._options = options
        self._cassettes = cassettes
        self._forwarding = forwarding
        self._sent: dict[http.HTTPFlow, tuple[str, Cassette]] = {}
        self.misses: weakref.WeakKeyDictionary[http.HTTPFlow, Miss] = weakref.WeakKeyDictionary()

    def request(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        """Play, forward and record, or refuse; nothing is left to mitmproxy, which would send it on.

        Awaitable only where there is something to do: most requests are answered already.
        """
        host = twilio_host(flow)
        if not host or flow.response or flow.error or not flow.live:
            return None
        return self._attempt(flow, host)

    async def _attempt(self, flow: http.HTTPFlow, host: str) -> None:
        try:
            await self._answer(flow, host)
        except Exception:
            logger.exception("This is a mistake of the proxy's own: please report it.")
            refuse(flow, host, refusals.OWN_MISTAKE)

    def error(self, flow: http.HTTPFlow) -> None:
        """Say of an outcome that the client was gone before it was there. Must come before what counts requests."""
        outcome = recall(flow)
        if outcome is None or flow in self._sent or is_counted(flow):
            return
        hints = filter(None, (outcome.hint, "the client was gone"))
        remember(flow, replace(outcome, hint="; ".join(hints)))

    def done(self) -> None:
        """Have what is on its way to Twilio counted: its answer will not be there in time."""
        for flow, (host, cassette) in list(self._sent.items()):
            refuse(flow, host, refusals.stopped(host), str(cassette.path))
            end(flow)

    async def _answer(self, flow: http.HTTPFlow, host: str) -> None:
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
            if not isinstance(played, Miss):
                refuse_interim(path, played)
        except (CassetteError, CassetteNameError) as error:
            refuse(flow, host, refusals.not_allowed(error))
            return
        if not isinstance(played, Miss):
            told = _told(cassette, "played from", played.status, played.body)
            respond(flow, _response(played, asked.method), _outcome(flow, host, "cassette", **told))
        elif cassette.may_record and self._options.settings.forward_live:
            with self._cassettes.library.in_flight(cassette):
                await self._record(flow, host, cassette, asked)
        else:
            self.misses[flow] = played
            refuse(flow, host, refusals.miss(played.message), str(cassette.path))

    async def _record(self, flow: http.HTTPFlow, host: str, cassette: Cassette, asked: interaction.Request) -> None:
        try:
            # Before anything is sent: an answer that cannot be kept is not worth a message to somebody's phone.
            await asyncio.to_thread(cassette.ready)
        except CassetteError as error:
            refuse(flow, host, refusals.not_allowed(error), str(cassette.path))
            return
        self._sent[flow] = (host, cassette)
        try:
            await self._forward(flow, host, cassette, asked)
        finally:
            del self._sent[flow]

    async def _forward(self, flow: http.HTTPFlow, host: str, cassette: Cassette, asked: interaction.Request) -> None:
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
        told = _told(cassette, "recorded in", response.status_code, response.get_content(strict=False) or b"")
        remember(flow, _outcome(flow, host, "live", **told))


def refuse(flow: http.HTTPFlow, host: str, refusal: Refusal, cassette: str = "") -> None:
    """Answer 424 in the format that the request asked for."""
    asked = read_request(flow, host)
    outcome = _outcome(flow, host, "refused", cassette=cassette, code=refusal.code, result=refusal.message)
    if refusal.code == refusals.MISS and any(magic_candidate(it) in NUMBERS for it in (outcome.from_, outcome.to)):
        refusal = refusals.with_magic_numbers(refusal)
        outcome = replace(outcome, result=refusal.message)
    respond(flow, refusal.response(asked.route.format_, charset_asked=asked.charset_asked), outcome)


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


def refuse_interim(path: Path, played: interaction.Response) -> None:
    """Look whether a client can be given an answer that a cassette holds.

    Raises:
        CassetteError: it is an interim one (1xx), after which a client waits for another; HTTP/2 cannot even send it.
    """
    if played.status < 200:
        problem = f"the recorded answer is an interim one, {played.status}, which is no answer to a request"
        raise CassetteError(path, problem, "record the interaction again")


def header_pairs(headers: http.Headers) -> interaction.Headers:
    """Header fields as cassettes keep them."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.fields)


def _response(played: interaction.Response, method: str) -> Response:
    headers = played.headers
    if method != "HEAD" and played.status not in (204, 304):
        headers = (*headers, ("Content-Length", str(len(played.body))))
    return Response(played.status, played.body, headers, played.reason)


def _told(cassette: Cassette, deed: str, status: int, body: bytes) -> dict[str, Any]:
    """What Twilio's answer says in short, the SID or the error, and what became of it."""
    path = cassette.path
    told: dict[str, Any] = {"cassette": str(path), "hint": f"{deed} {path.name}"}
    if len(body) > _MAX_TOLD or not body.startswith(b"{"):
        return told
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return told
    if status < 400:
        return told | {"result": str(answer.get("sid") or "")}
    code = answer.get("code")
    return told | {"code": code if isinstance(code, int) else 0, "result": str(answer.get("message") or "")}


def _outcome(flow: http.HTTPFlow, host: str, answered_by: AnsweredBy, **told: Any) -> Outcome:
    request = read_request(flow, host)
    try:
        form = parse_form(request.content_type, request.body or b"")
    except UnreadableBodyError:
        form = None
    return Outcome(answered_by, "live", **(told | describe_caller(request, form)))
