"""The proxy's own address, http://twilio-test-proxy.test/: JSON in and out, answered by the proxy itself.

Nothing listens there: a request reaches it only through the proxy. It names cassettes of the cassette directory and
nothing else, and fetches nothing.
"""

import json
from collections.abc import Callable
from typing import Any

from mitmproxy import http

from ..page.explanations import EXPLANATIONS
from .cassettes import TwilioCassettes
from .hosts import CONTROL_HOST
from .library import InFlightError
from .own_address import ONLY_HERE, Reach, TwilioOwnAddress, reach
from .proxy_users import proxy_user
from .report import TwilioReport

Answer = tuple[int, object]

_MAX_DIGITS = 18  # Python refuses to read numbers of thousands of digits


class TwilioControl:
    """Answers requests for the control host, for the cassette of whoever asks (by the proxy user name)."""

    def __init__(self, address: TwilioOwnAddress, cassettes: TwilioCassettes, report: TwilioReport) -> None:
        self._address = address
        self._cassettes = cassettes
        self._report = report
        self._get: dict[str, Callable[[], Answer]] = {"/": self._index, "/status": self._status}
        self._post: dict[str, Callable[[str, dict[str, Any]], Answer]] = {
            "/cassette/insert": self._insert,
            "/cassette/eject": self._eject,
            "/cassette/rewind": self._rewind,
        }

    def request(self, flow: http.HTTPFlow) -> None:
        """Answer; requests for other hosts pass."""
        reached = reach(flow)
        if reached not in (Reach.PROXIED, Reach.MISDIRECTED) or flow.response or not flow.live:
            return
        if reached is Reach.MISDIRECTED:
            status, body = _error(421, f"The Host header must be {CONTROL_HOST}.")
        elif not self._address.is_from_here(flow):
            status, body = _error(403, ONLY_HERE)
        else:
            status, body = self._answer(flow)
        # With a body, the answer to HEAD would be read as the start of the next one.
        content = b"" if flow.request.method == "HEAD" else json.dumps(body, indent=2).encode() + b"\n"
        flow.response = http.Response.make(
            status, content, {"Content-Type": "application/json", "Cache-Control": "no-store"}
        )

    def _answer(self, flow: http.HTTPFlow) -> Answer:
        path = flow.request.path.partition("?")[0]
        if flow.request.method in ("GET", "HEAD"):
            if path.startswith("/errors/"):
                return _explain(path.removeprefix("/errors/"))
            if path == "/requests":
                return self._requests(flow.request.query.get("after", "0"))
            read = self._get.get(path)
            return read() if read else _error(404, f"There is no {path}: see http://{CONTROL_HOST}/.")
        change = self._post.get(path)
        if not change:
            return _error(404, f"There is no {path}: see http://{CONTROL_HOST}/.")
        if flow.request.method != "POST":
            return _error(405, f"Use POST for {path}.")
        # A web page can send a form to any host, but JSON only to those that allow it.
        if flow.request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return _error(415, "Send Content-Type: application/json.")
        try:
            parameters = json.loads(flow.request.get_content(strict=True) or b"{}")
        except (ValueError, RecursionError):
            return _error(400, "The body is no JSON.")
        if not isinstance(parameters, dict) or not all(isinstance(value, str) for value in parameters.values()):
            return _error(400, 'The body must be an object of strings, such as {"name": "checkout"}.')
        try:
            return change(proxy_user(flow), parameters)
        except InFlightError as error:
            return _error(409, str(error))
        except ValueError as error:
            return _error(400, str(error))

    def _index(self) -> Answer:
        requests = ["/requests?after=0"] if self._report.requests() is not None else []
        return 200, {
            "GET": [*self._get, *requests, *(f"/errors/{code}" for code in EXPLANATIONS)],
            "POST": {
                "/cassette/insert": {"name": "a cassette of the cassette directory", "record_mode": "optional"},
                "/cassette/eject": {},
                "/cassette/rewind": {},
            },
        }

    def _status(self) -> Answer:
        return 200, {"cassettes": self._cassettes.states()}

    def _requests(self, after: str) -> Answer:
        if not (after.isascii() and after.isdigit() and len(after) <= _MAX_DIGITS):
            return _error(400, "after is the number of requests to leave out, such as 0.")
        requests = self._report.requests(int(after))
        if requests is None:
            return _error(409, "Requests are kept for a report only: start with twilio_report=PATH.")
        return 200, {"after": int(after), "requests": requests}

    def _insert(self, user: str, parameters: dict[str, Any]) -> Answer:
        unknown = parameters.keys() - {"name", "record_mode"}
        if unknown or not parameters.get("name"):
            return _error(400, 'Send {"name": "checkout"}, and "record_mode" if it is not to be the option\'s.')
        name, record_mode = parameters["name"], parameters.get("record_mode", "")
        return 200, self._cassettes.insert_cassette(user, name, record_mode)

    def _eject(self, user: str, parameters: dict[str, Any]) -> Answer:
        return _in_force(self._cassettes.eject_cassette(user))

    def _rewind(self, user: str, parameters: dict[str, Any]) -> Answer:
        return _in_force(self._cassettes.rewind_cassette(user))


def _in_force(status: dict[str, Any] | None) -> Answer:
    return _error(404, "No cassette is in force.") if status is None else (200, status)


def _explain(code: str) -> Answer:
    known = {str(number): explanation.text for number, explanation in EXPLANATIONS.items()}
    if code not in known:
        return _error(404, f"There is no error {code[:20]} of the proxy: it knows {', '.join(known)}.")
    return 200, {"code": int(code), "explanation": known[code]}


def _error(status: int, message: str) -> Answer:
    return status, {"error": message}
