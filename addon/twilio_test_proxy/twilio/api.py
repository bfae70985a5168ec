"""The local Twilio: what it answers to a request made with test credentials.

Checks come in Twilio's order: account SID (404), credentials (401), resource (403), then the parameters.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from . import errors
from .calls import create_call
from .creation import Created, Creation
from .credentials import Caller, Credentials, TestCredentials, identify
from .errors import TwilioError
from .forms import Form, UnreadableBodyError, parse_form
from .incoming_phone_numbers import create_incoming_phone_number
from .messages import create_message, create_sms_message
from .responses import Response, failure, success
from .routes import Resource, Route, check_account_sid

MAX_BODY_SIZE = 1024 * 1024  # bytes; a message of 1600 characters with ten media URLs stays below 70 kB

_CREATE: Mapping[Resource, Callable[[Creation], Created]] = {
    Resource.INCOMING_PHONE_NUMBERS: create_incoming_phone_number,
    Resource.SMS_MESSAGES: create_sms_message,
    Resource.MESSAGES: create_message,
    Resource.CALLS: create_call,
}

_EXTENSIONS = ("", ".json", ".xml")

# Methods that some resource of Twilio's takes: test credentials may not use them (403). Twilio knows no others (405).
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as Twilio would see it.

    Attributes:
        route: what the path asks for.
        body: without content encoding; None where that was broken or the body larger than `MAX_BODY_SIZE` without it.
        credentials: from the Authorization header, None where there was none.
        charset_asked: the client sent Accept-Charset.
    """

    method: str
    host: str
    route: Route
    content_type: str
    body: bytes | None
    credentials: Credentials | None
    charset_asked: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, and what a person wants to know of it."""

    response: Response
    route: Route
    form: Form | None = None
    error: TwilioError | None = None
    created: Created | None = None


def judge(request: Request, policy: TestCredentials) -> Caller | Answer:
    """Decide who asks: the caller, or at once Twilio's own 404 or 401."""
    route = request.route
    try:
        check_account_sid(request.host, route)
        return identify(request.credentials, route.account_sid, policy)
    except TwilioError as error:
        return Answer(failure(error, route.format_, request.charset_asked, 0.0), route, error=error)


def answer(request: Request) -> Answer:
    """Answer a request made with test credentials, from the magic tables and Twilio's normal validation."""
    started = time.perf_counter()
    route = request.route
    form: Form | None = None
    try:
        create = _find_operation(request, route)
        form = _read_form(request)
        created = create(Creation(route.account_sid, form, route.format_, datetime.now(UTC)))
    except TwilioError as error:
        seconds = time.perf_counter() - started
        return Answer(failure(error, route.format_, request.charset_asked, seconds), route, form, error)
    seconds = time.perf_counter() - started
    response = success(created.element, created.fields, route.format_, request.charset_asked, seconds)
    return Answer(response, route, form, created=created)


def _find_operation(request: Request, route: Route) -> Callable[[Creation], Created]:
    if request.method not in _METHODS:
        raise TwilioError(errors.METHOD_NOT_ALLOWED)
    if route.resource is None or request.method != "POST":
        raise TwilioError(errors.FORBIDDEN)
    if route.extension not in _EXTENSIONS:
        raise TwilioError(errors.NOT_FOUND, path=route.path)
    return _CREATE[route.resource]


def _read_form(request: Request) -> Form:
    if request.body is None:
        raise TwilioError(errors.UNREADABLE_BODY, reason="broken content encoding, or too large without it")
    if len(request.body) > MAX_BODY_SIZE:
        raise TwilioError(errors.OVERSIZED_BODY, limit=str(MAX_BODY_SIZE))
    try:
        return parse_form(request.content_type, request.body)
    except UnreadableBodyError as error:
        raise TwilioError(errors.UNREADABLE_BODY, reason=str(error)) from None
