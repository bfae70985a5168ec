"""What became of a request: kept with its flow, shown to a person, counted in the end."""

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from mitmproxy import http

from ..cassettes.scrubbed_text import scrubbed_text
from ..cassettes.secrets import Secrets
from ..twilio.responses import Response

# Every answer of the proxy says in this header who gave it.
HEADER = "X-Twilio-Test-Proxy"

AnsweredBy = Literal["test-credentials", "cassette", "live", "refused"]

_METADATA = "twilio_test_proxy"
_COUNTED = "twilio_test_proxy_counted"

_MAX_NUMBER = 200  # characters of To and From that are kept; the longest phone number in words is a tenth of it
_MAX_RESULT = 4000  # of a result; the longest explanation of a miss is below it
_MAX_SCRUBBED = 64 * 1024


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
    """Keep the outcome with the flow, as plain values: mitmproxy writes a flow's metadata to files.

    What clients have sent is kept scrubbed and in bounds: it goes to the terminal, the page and the report.
    """
    outcome = replace(
        outcome,
        to=_presentable(outcome.to, _MAX_NUMBER),
        from_=_presentable(outcome.from_, _MAX_NUMBER),
        result=_presentable(outcome.result, _MAX_RESULT),
    )
    flow.metadata[_METADATA] = {name: getattr(outcome, name) for name in _NAMES}


def recall(flow: http.HTTPFlow) -> Outcome | None:
    """The outcome of a flow, or None where this project had nothing to do with it."""
    values = remembered(flow)
    return Outcome(**values) if values else None


def remembered(flow: http.HTTPFlow) -> dict[str, Any] | None:
    """The outcome of a flow as the plain values that are kept with it: cheaper, for whoever may never look."""
    values: dict[str, Any] | None = flow.metadata.get(_METADATA)
    return values


def count(flow: http.HTTPFlow) -> None:
    """Note that a flow was counted: where the client leaves amid the answer, mitmproxy calls `response` and `error`."""
    flow.metadata[_COUNTED] = True


def is_counted(flow: http.HTTPFlow) -> bool:
    """Whether the outcome of a flow was counted and shown."""
    return _COUNTED in flow.metadata


def _presentable(text: str, longest: int) -> str:
    shown = scrubbed_text(text[:_MAX_SCRUBBED], Secrets())
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
