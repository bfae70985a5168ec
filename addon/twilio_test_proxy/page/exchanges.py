"""What the page shows, as data: whoever serves it fills these in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from twilio_test_proxy.cassettes.explanation import Miss
from twilio_test_proxy.cassettes.interaction import Request, Response

OUTCOMES = ("answered", "played", "forwarded", "missed", "refused")
"""What becomes of a request, in one word, as in the report."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A request as a line of the list.

    Attributes:
        number: its place since the start of the proxy, counted from 1.
        moment: when it was answered, in seconds since the epoch.
        caller: `test`, `live` or `nobody`.
        account: the account SID or API key SID that asked, or empty.
        outcome: one of `OUTCOMES`.
        code: Twilio's error code or the proxy's, or 0.
        result: the SID that was created, or the error message.
        hint: what helps a person, where the result alone would puzzle; may be empty.
        cassette: path of the cassette that was asked, or empty.
        why: the reason of a miss in fewer words than the result has, or empty.
    """

    number: int
    moment: float
    method: str
    resource: str
    caller: str
    account: str
    from_: str
    to: str
    status: int
    outcome: str
    code: int = 0
    result: str = ""
    hint: str = ""
    cassette: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request in full, with its secrets: they are scrubbed before anything is shown.

    Attributes:
        request_size, response_size: bytes of the bodies as they went over the wire; a body that was too large to be
            kept is empty.
        seconds: from the request's first byte to the answer.
        miss: why the cassette did not answer, where it was asked in vain.
    """

    summary: Summary
    request: Request
    response: Response
    request_size: int
    response_size: int
    seconds: float
    miss: Miss | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """What the proxy is and does, for the head of the list.

    Attributes:
        addresses: the proxy's URLs.
        test_credentials, live_requests: the sentences of the start line.
        counts: requests by outcome since the start.
        dialled: connections to Twilio since the start.
        cassettes: the states of the open cassettes, as the report has them.
        kept: how many requests are kept; older ones are counted and no longer shown.
    """

    addresses: Sequence[str]
    test_credentials: str
    live_requests: str
    counts: Mapping[str, int]
    dialled: int
    cassettes: Sequence[Mapping[str, Any]]
    kept: int


class Source(Protocol):
    """Where the page gets its data, asked only when somebody looks."""

    def version(self) -> str:
        """A text that changes whenever anything in the list or the overview does; cheap."""

    def overview(self) -> Overview:
        """What the proxy is and has done so far."""

    def summaries(self) -> Sequence[Summary]:
        """The kept requests, the newest first."""

    def exchange(self, number: int) -> Exchange | None:
        """A kept request in full, or None."""

    def authorizations(self) -> Iterable[str]:
        """The values of the Authorization header seen, whose secrets must not be shown anywhere."""

    def certificate(self) -> bytes | None:
        """The PEM file of the CA certificate, or None where there is none."""
