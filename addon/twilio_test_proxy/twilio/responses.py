"""What Twilio's answers look like on the wire: JSON and XML bytes, status line and headers.

Bytes are those of the newest captures with test credentials (JSON of 2020, XML of 2018 and 2021).
"""

import json
import os
import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from functools import lru_cache
from xml.sax.saxutils import escape

from .errors import MORE_INFO, TwilioError

REASONS = {
    200: "OK",
    201: "CREATED",
    400: "BAD REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT FOUND",
    405: "METHOD NOT ALLOWED",
    413: "REQUEST ENTITY TOO LARGE",
    424: "FAILED DEPENDENCY",
    429: "TOO MANY REQUESTS",
}

# Realm recorded about 2012; twilio-python 3 to 5, wget, LWP and Java wait for this challenge.
CHALLENGE = 'Basic realm="Twilio API"'

_XML_DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"
# As lxml writes it, whose declaration the captures have: parsers read a bare carriage return as a line feed.
_ESCAPED = {"\r": "&#13;"}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UPPER_CASE = {"sms": "SMS", "mms": "MMS"}  # only inside Capabilities

# Not `secrets`: a SID is none, and under load, asking the system for each takes as long as the JSON of a message.
_random = random.Random()  # noqa: S311
os.register_at_fork(after_in_child=_random.seed)  # or two proxies would create the same

Value = str | int | bool | None | Mapping[str, "Value"]


class Format(StrEnum):
    """How a body is written. The values are the media types."""

    JSON = "application/json"
    XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response, whole. Header names are spelled as Twilio spells them."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]
    reason: str = field(default="")


def success(
    element: str, fields: Mapping[str, Value], format_: Format, charset_asked: bool, seconds: float
) -> Response:
    """The 201 that creates a resource.

    Args:
        element: name of the XML element, such as `Message`.
        fields: the resource in Twilio's order, with its names in JSON.
        format_: JSON or XML.
        charset_asked: the client sent `Accept-Charset`; then Content-Type names the character set.
        seconds: time taken, for `Twilio-Request-Duration`.
    """
    extra = (("Twilio-Concurrent-Requests", "1"),)  # on 201s only, in the captures with test credentials
    body = _json(fields) if format_ is Format.JSON else _xml(element, fields)
    return _response(201, body, format_, charset_asked, seconds, extra)


def failure(error: TwilioError, format_: Format, charset_asked: bool, seconds: float) -> Response:
    """Twilio's error envelope: keys in alphabetical order, `detail` only where the error has one."""
    return envelope(
        error.error.code,
        error.error.status,
        error.message,
        MORE_INFO.format(code=error.error.code),
        format_,
        charset_asked=charset_asked,
        seconds=seconds,
        detail=error.error.detail,
    )


def envelope(
    code: int,
    status: int,
    message: str,
    more_info: str,
    format_: Format,
    *,
    charset_asked: bool = False,
    seconds: float = 0.0,
    detail: str | None = None,
) -> Response:
    """An error in Twilio's envelope, for Twilio's own errors and for those of the proxy itself (424)."""
    fields: dict[str, Value] = {"code": code}
    if detail is not None:
        fields["detail"] = detail
    fields |= {"message": message, "more_info": more_info, "status": status}
    extra = (("WWW-Authenticate", CHALLENGE),) if status == 401 else ()
    body = _json(fields) if format_ is Format.JSON else _xml("RestException", fields)
    return _response(status, body, format_, charset_asked, seconds, extra)


def rfc2822(moment: datetime) -> str:
    """A date as Twilio writes it, `Wed, 10 Oct 2012 17:57:42 +0000`, always in UTC."""
    return _rfc2822(int(moment.timestamp()))


def new_sid(prefix: str) -> str:
    """A fresh SID: the prefix and 32 lower-case hexadecimal digits, as in every capture."""
    return f"{prefix}{_random.getrandbits(128):032x}"


@lru_cache(maxsize=8)
def _rfc2822(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC))


def _json(fields: Mapping[str, Value]) -> bytes:
    return json.dumps(fields).encode()


def _xml(element: str, fields: Mapping[str, Value]) -> bytes:
    content = "".join(_xml_element(_camel_case(name), value) for name, value in fields.items())
    return f"{_XML_DECLARATION}<TwilioResponse><{element}>{content}</{element}></TwilioResponse>".encode()


def _xml_element(tag: str, value: Value) -> str:
    if isinstance(value, Mapping):
        names = _UPPER_CASE if tag == "Capabilities" else {}
        text = "".join(_xml_element(names.get(name, _camel_case(name)), item) for name, item in value.items())
    elif isinstance(value, bool):
        text = str(value).lower()
    else:
        text = "" if value is None else escape(_NOT_XML.sub("\ufffd", str(value)), _ESCAPED)
    return f"<{tag}>{text}</{tag}>" if text else f"<{tag}/>"


def _camel_case(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _response(
    status: int,
    body: bytes,
    format_: Format,
    charset_asked: bool,
    seconds: float,
    extra: tuple[tuple[str, str], ...],
) -> Response:
    content_type = f"{format_}; charset=utf-8" if charset_asked else str(format_)
    headers = (
        ("Date", _rfc2822(int(time.time())).replace("+0000", "GMT")),
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        *extra,
        *_FIXED_HEADERS,
        ("Twilio-Request-Id", new_sid("RQ")),
        ("Twilio-Request-Duration", f"{seconds:.3f}"),
    )
    return Response(status, body, headers, REASONS.get(status, ""))


# Recorded with test credentials in 2020-09, on successes and errors alike.
_FIXED_HEADERS = (
    ("Access-Control-Allow-Origin", "*"),
    (
        "Access-Control-Allow-Headers",
        "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since",
    ),
    ("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS"),
    ("Access-Control-Expose-Headers", "ETag"),
    ("Access-Control-Allow-Credentials", "true"),
    ("X-Powered-By", "AT-5000"),
    ("X-Shenanigans", "none"),
    ("X-Home-Region", "us1"),
    ("X-Api-Domain", "api.twilio.com"),
    ("Strict-Transport-Security", "max-age=31536000"),
)
