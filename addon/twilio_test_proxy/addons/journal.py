"""The latest requests, kept in memory for whoever looks; nothing is worked out before somebody does."""

import time
from collections import deque
from typing import Any, NamedTuple

from mitmproxy import http

from ..cassettes import interaction
from ..cassettes.explanation import Miss
from ..page.bodies import MAX_BODY
from ..page.comparison import in_short
from ..page.exchanges import Exchange, Summary
from .live_requests import TwilioLiveRequests, header_pairs
from .outcomes import Outcome, is_counted, remembered
from .report import outcome_name

MAX_KEPT = 500
MAX_BYTES = 16 * 1024 * 1024  # of all kept bodies together
MAX_AUTHORIZATIONS = 1000


class Kept(NamedTuple):
    """A request as it is kept: mostly references to what mitmproxy has anyway."""

    number: int
    moment: float
    outcome: dict[str, Any]
    request: http.Request
    response: http.Response
    sizes: tuple[int, int]
    authorization: str
    miss: Miss | None
    weight: int


class TwilioJournal:
    """Keeps the latest requests. Must come before TwilioRedaction, which takes the credentials out of them.

    Attributes:
        number: requests since the start.
        authorizations: values of the Authorization header seen, so that their secrets can be told and hidden.
    """

    def __init__(self, live_requests: TwilioLiveRequests) -> None:
        self.number = 0
        self.authorizations: dict[str, None] = {}
        self._live_requests = live_requests
        self._kept: deque[Kept] = deque(maxlen=MAX_KEPT)
        self._weight = 0

    def response(self, flow: http.HTTPFlow) -> None:
        """Keep a request that was answered."""
        outcome = remembered(flow)
        if outcome is None or flow.response is None or is_counted(flow):
            return
        self.number += 1
        authorization = _authorization(flow.request)
        if authorization and authorization not in self.authorizations:
            self._note(authorization)
        request, asked = bounded(flow.request)
        response, answered = bounded(flow.response)
        miss = self._live_requests.misses.pop(flow, None) if outcome["answered_by"] == "refused" else None
        miss, missed = (miss, _weight(miss)) if miss and _weight(miss) <= 2 * MAX_BODY else (None, 0)
        weight = (asked if asked <= MAX_BODY else 0) + (answered if answered <= MAX_BODY else 0) + missed
        if len(self._kept) == MAX_KEPT:
            self._weight -= self._kept[0].weight
        kept = Kept(
            self.number, time.time(), outcome, request, response, (asked, answered), authorization, miss, weight
        )
        self._kept.append(kept)
        self._weight += weight
        while self._weight > MAX_BYTES:
            self._weight -= self._kept.popleft().weight

    def error(self, flow: http.HTTPFlow) -> None:
        """Keep a request, too, whose client was gone before the answer."""
        self.response(flow)

    def summaries(self) -> list[Summary]:
        """The kept requests, the newest first."""
        return [summarize(kept) for kept in reversed(list(self._kept))]

    def exchange(self, number: int) -> Exchange | None:
        """A kept request in full, or None."""
        kept = next((kept for kept in list(self._kept) if kept.number == number), None)
        return None if kept is None else in_full(kept)

    def _note(self, authorization: str) -> None:
        if len(self.authorizations) >= MAX_AUTHORIZATIONS:
            del self.authorizations[next(iter(self.authorizations))]
        self.authorizations[authorization] = None


def bounded(message: Any) -> tuple[Any, int]:
    """The request or response itself, or one without its body where that is larger than what is kept; and its size."""
    size = len(message.raw_content or b"")
    if size <= MAX_BODY:
        return message, size
    copy = message.copy()
    copy.raw_content = None
    return copy, size


def summarize(kept: Kept) -> Summary:
    """A kept request as a line of the list."""
    outcome = Outcome(**kept.outcome)
    return Summary(
        number=kept.number,
        moment=kept.moment,
        method=kept.request.method,
        resource=outcome.resource,
        caller=outcome.caller,
        account=outcome.account,
        from_=outcome.from_,
        to=outcome.to,
        status=kept.response.status_code,
        outcome=outcome_name(outcome.answered_by, outcome.code),
        code=outcome.code,
        result=outcome.result,
        hint=outcome.hint,
        cassette=outcome.cassette,
        why=in_short(kept.miss) if kept.miss else "",
    )


def in_full(kept: Kept) -> Exchange:
    """A kept request in full, its credentials put back so that whoever shows it knows what to hide."""
    request, response = kept.request, kept.response
    headers = tuple(
        (name, kept.authorization if name.lower() == "authorization" else value)
        for name, value in header_pairs(request.headers)
    )
    uri = f"{request.scheme}://{request.pretty_host}{request.path}"
    return Exchange(
        summarize(kept),
        interaction.Request(request.method, uri, headers, request.raw_content or b""),
        interaction.Response(
            response.status_code, response.reason, header_pairs(response.headers), response.raw_content or b""
        ),
        *kept.sizes,
        seconds=max(0.0, kept.moment - request.timestamp_start),
        miss=kept.miss,
    )


def _authorization(request: http.Request) -> str:
    # Not headers.get, which takes twice as long.
    values = [value for name, value in request.headers.fields if name.lower() == b"authorization"]
    return b", ".join(values).decode("utf-8", "surrogateescape")


def _weight(miss: Miss) -> int:
    return len(miss.request.body) + (len(miss.closest.body) if miss.closest else 0)
