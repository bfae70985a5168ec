"""What became of a request: kept with its flow, shown to a person, counted in the end."""

import re
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Literal, TypeVar

from mitmproxy import http

from ..cassettes.scrubbed_text import scrubbed_text
from ..cassettes.secrets import Secrets
from ..twilio.responses import Response

# Every answer of the proxy says in this header who gave it.
HEADER = "X-Twilio-Test-Proxy"

T = TypeVar("T")
AnsweredBy = Literal["test-credentials", "cassette", "live", "refused"]

_METADATA = "twilio_test_proxy"
_COUNTED = "twilio_test_proxy_counted"

# What clients have sent, and how many characters of it are kept: the longest phone number in words is a tenth of the
# one, the longest explanation of a miss is below the other.
_SENT = (("to", 200), ("from_", 200), ("result", 4000))
_MAX_SCRUBBED = 64 * 1024
_MAY_HIDE = re.compile(r"[@=:%]|.{80}", re.DOTALL).search  # no credentials, URL or field is without one of these


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

# mitmproxy checks the type of every field whenever it makes a response, which takes longer than all else here; what is
# copied it does not check.
_TEMPLATE = http.Response(
    http_version=b"HTTP/1.1",
    status_code=200,
    reason=b"",
    headers=http.Headers(),
    content=b"",
    trailers=None,
    timestamp_start=0.0,
    timestamp_end=0.0,
)


def respond(flow: http.HTTPFlow, response: Response, outcome: Outcome) -> None:
    """Give the flow its response, and remember what became of it."""
    content = b"" if flow.request.method == "HEAD" else response.body
    fields = [_encoded(*field) for field in response.headers]
    fields.append((HEADER.encode(), outcome.answered_by.encode()))
    data = _copied(_TEMPLATE.data)
    data.status_code = response.status
    data.reason = response.reason.encode()
    data.headers = http.Headers(fields)
    data.content = content
    flow.response = _copied(_TEMPLATE)
    flow.response.data = data
    remember(flow, outcome)


def _copied(template: T) -> T:
    # What copy.copy does here, in a third of the time.
    made = object.__new__(type(template))
    made.__dict__.update(template.__dict__)
    return made


@lru_cache(maxsize=64)  # most fields are the same in every answer
def _encoded(name: str, value: str) -> tuple[bytes, bytes]:
    return name.encode(), value.encode("latin-1", "replace")


def remember(flow: http.HTTPFlow, outcome: Outcome) -> None:
    """Keep the outcome with the flow, as plain values: mitmproxy writes a flow's metadata to files.

    What clients have sent is kept scrubbed and in bounds: it goes to the terminal, the page and the report.
    """
    values: dict[str, Any] = {name: getattr(outcome, name) for name in _NAMES}
    for name, longest in _SENT:
        if _MAY_HIDE(values[name]) or len(values[name]) > longest:
            values[name] = _presentable(values[name], longest)
    flow.metadata[_METADATA] = values


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
