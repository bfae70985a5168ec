"""What became of a request: kept with its flow, shown to a person, counted in the end."""

from dataclasses import dataclass, fields
from typing import Any, Literal

from mitmproxy import http

from ..twilio.responses import Response

# Every answer of the proxy says in this header who gave it.
HEADER = "X-Twilio-Test-Proxy"

AnsweredBy = Literal["test-credentials", "cassette", "live", "refused"]

_METADATA = "twilio_test_proxy"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request.

    Attributes:
        answered_by: the value of the header `X-Twilio-Test-Proxy`.
        caller: `test`, `live`, or `nobody` where the credentials were missing or wrong.
        account: the account SID or API key SID that asked, or empty.
        resource: what was asked for, without the account.
        to: the parameter To, PhoneNumber or AreaCode as sent, or empty.
        from_: the parameter From as sent, or empty.
        code: Twilio's error code, or 0.
        result: the SID that was created, or the error message.
        cassette: path of the cassette that was asked, or empty.
        hint: what the terminal adds for a person, where the result alone would puzzle; may be empty.
    """

    answered_by: AnsweredBy
    caller: str
    account: str
    resource: str
    to: str = ""
    from_: str = ""
    code: int = 0
    result: str = ""
    cassette: str = ""
    hint: str = ""


_NAMES = tuple(field.name for field in fields(Outcome))


def respond(flow: http.HTTPFlow, response: Response, outcome: Outcome) -> None:
    """Give the flow its response, and remember what became of it."""
    content = b"" if flow.request.method == "HEAD" else response.body
    fields = [(name.encode(), value.encode("latin-1", "replace")) for name, value in response.headers]
    fields.append((HEADER.encode(), outcome.answered_by.encode()))
    flow.response = http.Response(
        http_version=b"HTTP/1.1",
        status_code=response.status,
        reason=response.reason.encode(),
        headers=http.Headers(fields),
        content=content,
        trailers=None,
        timestamp_start=0.0,
        timestamp_end=0.0,
    )
    remember(flow, outcome)


def remember(flow: http.HTTPFlow, outcome: Outcome) -> None:
    """Keep the outcome with the flow, as plain values: mitmproxy writes a flow's metadata to files."""
    flow.metadata[_METADATA] = {name: getattr(outcome, name) for name in _NAMES}


def recall(flow: http.HTTPFlow) -> Outcome | None:
    """The outcome of a flow, or None where this project had nothing to do with it."""
    values = remembered(flow)
    return Outcome(**values) if values else None


def remembered(flow: http.HTTPFlow) -> dict[str, Any] | None:
    """The outcome of a flow as the plain values that are kept with it: cheaper, for whoever may never look."""
    values: dict[str, Any] | None = flow.metadata.get(_METADATA)
    return values
