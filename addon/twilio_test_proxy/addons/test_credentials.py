"""Requests made with test credentials, and with none or wrong ones, are answered on the spot."""

from mitmproxy import http

from ..cassettes.encodings import ContentCodingError, decoded
from ..twilio import api
from ..twilio.api import Answer, Request
from ..twilio.credentials import Caller, is_username, read_authorization
from ..twilio.errors import CALL_TO_REQUIRED, FORBIDDEN, MESSAGE_TO_REQUIRED, NUMBER_REQUIRED
from ..twilio.forms import FORM, MULTIPART, Form
from ..twilio.routes import API_VERSION, Resource, find_route, is_api_host
from .cassettes import TwilioCassettes
from .hosts import twilio_host
from .options import TwilioOptions
from .outcomes import Outcome, respond
from .proxy_users import proxy_user


class TwilioTestCredentials:
    """Answers everything but live requests."""

    def __init__(self, options: TwilioOptions, cassettes: TwilioCassettes) -> None:
        self._options = options
        self._cassettes = cassettes

    def request(self, flow: http.HTTPFlow) -> None:
        """Answer; leave live requests to the addons that follow."""
        host = twilio_host(flow)
        if not host or flow.response or flow.error or not flow.live:
            return
        request = read_request(flow, host)
        in_force = self._cassettes.library.in_force(proxy_user(flow))
        verdict = api.judge(request, self._options.settings.test_credentials(cassette_in_force=in_force))
        if isinstance(verdict, Answer):
            _respond(flow, request, verdict, "nobody")
        elif verdict is Caller.TEST:
            _respond(flow, request, api.answer(request), "test")


def read_request(flow: http.HTTPFlow, host: str) -> Request:
    """The request as Twilio would see it."""
    headers = {name.lower(): value for name, value in flow.request.headers.fields}
    return Request(
        method=flow.request.method.upper(),
        host=host,
        route=find_route(host, flow.request.path),
        content_type=headers.get(b"content-type", b"").decode("latin-1"),
        body=_read_body(flow.request, encoded=b"content-encoding" in headers),
        credentials=read_authorization(headers.get(b"authorization", b"").decode("latin-1")),
        charset_asked=b"accept-charset" in headers,
    )


def _read_body(request: http.Request, *, encoded: bool) -> bytes | None:
    body = request.raw_content or b""
    if not encoded or len(body) > api.MAX_BODY_SIZE:
        return body
    try:
        return decoded(body, (("Content-Encoding", request.headers["content-encoding"]),), api.MAX_BODY_SIZE)
    except ContentCodingError:
        return None


def _respond(flow: http.HTTPFlow, request: Request, answer: Answer, caller: str) -> None:
    outcome = Outcome(
        answered_by="test-credentials",
        caller=caller,
        **describe_caller(request, answer.form),
        code=answer.error.error.code if answer.error else 0,
        result=answer.error.message if answer.error else str(answer.created.fields["sid"] if answer.created else ""),
        hint=_hint(request, answer),
    )
    respond(flow, answer.response, outcome)


def describe_caller(request: Request, form: Form | None = None) -> dict[str, str]:
    """The fields of an Outcome that say who asked for what."""
    names = ("To", "PhoneNumber", "AreaCode")
    username = request.credentials.username if request.credentials else ""
    return {
        "account": username if is_username(username) else "",  # anything else may be a misplaced secret
        "resource": describe_resource(request),
        "to": next(filter(None, map(form.get, names)), "") if form else "",
        "from_": form.get("From") if form else "",
    }


def describe_resource(request: Request) -> str:
    """What is asked for, as a person would say it: the path below the account, or the host and path of another API."""
    path = request.route.path
    if not is_api_host(request.host):
        return request.host + path
    below = path.removeprefix(f"/{API_VERSION}/Accounts/")
    if below == path:
        return path
    return (below.partition("/")[2] or "Accounts").removesuffix(".json").removesuffix(".xml")


def _hint(request: Request, answer: Answer) -> str:
    error = answer.error.error if answer.error else None
    if error is FORBIDDEN:
        return f"test credentials may only POST to {', '.join(Resource)}"
    media_type = request.content_type.partition(";")[0].strip().lower()
    if error in (MESSAGE_TO_REQUIRED, CALL_TO_REQUIRED, NUMBER_REQUIRED) and media_type not in ("", FORM, MULTIPART):
        return f"the body is {media_type}, but Twilio reads parameters from forms only"
    return ""
