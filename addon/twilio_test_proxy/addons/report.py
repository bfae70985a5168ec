"""What became of every request, for whoever started the proxy: a file when it listens, and a report at the end."""

import json
import logging
import os
from collections import Counter
from pathlib import Path
from typing import Any

from mitmproxy import ctx, http

from ..cassettes.control_characters import printable
from .cassettes import TwilioCassettes
from .dial_guard import TwilioDialGuard
from .options import TwilioOptions
from .outcomes import Outcome, is_counted, remembered
from .parameters import read_parameters, read_sid
from .refusals import MISS

logger = logging.getLogger(__name__)

_OUTCOMES = {"test-credentials": "answered", "cassette": "played", "live": "forwarded", "refused": "refused"}


class TwilioReport:
    """Writes `twilio_ready_file` (pid, addresses, CA) and `twilio_report` (summary, requests, cassettes), both JSON.

    Must come before TwilioRedaction, which takes the credentials away by which secrets in parameters are known.

    Attributes:
        counts: requests so far, by outcome in one word.
    """

    def __init__(self, options: TwilioOptions, cassettes: TwilioCassettes, guard: TwilioDialGuard) -> None:
        self._options = options
        self._cassettes = cassettes
        self._guard = guard
        self._requests: list[dict[str, Any]] = []
        self._details: list[dict[str, Any]] = []  # of the same requests, what no file gets
        self.counts: Counter[str] = Counter()

    def running(self) -> None:
        """Say that the proxy listens, and where."""
        path = self._options.settings.ready_file
        if not path:
            return
        server = ctx.master.addons.get("proxyserver")
        ready = {
            "pid": os.getpid(),
            "listen": [list(address[:2]) for address in server.listen_addrs()],
            "ca": str(Path(ctx.options.confdir).expanduser() / "mitmproxy-ca-cert.pem"),
        }
        _write("twilio_ready_file", path, ready)

    def response(self, flow: http.HTTPFlow) -> None:
        """Note what became of a request."""
        values = remembered(flow)
        if values is None or flow.response is None or is_counted(flow):
            return
        self.counts[outcome_name(values["answered_by"], values["code"])] += 1
        if self._options.settings.report:
            described = describe_request(flow, Outcome(**values), flow.response.status_code)
            self._requests.append(described)
            sid = described.get("sid") or read_sid(flow.response)
            self._details.append({"sid": sid, "parameters": read_parameters(flow.request)})

    def error(self, flow: http.HTTPFlow) -> None:
        """Note it, too, of a request whose client was gone before the answer."""
        self.response(flow)

    def done(self) -> None:
        """Write the report; the cassettes are closed by now."""
        if self._options.settings.report:
            _write("twilio_report", self._options.settings.report, self.describe())

    def requests(self, after: int = 0) -> list[dict[str, Any]] | None:
        """What became of the requests after the first `after` ones, with their parameters; None without a report.

        A process that serves for ever must not remember every request, so they are kept for a report only.
        """
        if not self._options.settings.report:
            return None
        both = zip(self._requests[after:], self._details[after:], strict=True)
        return [request | details for request, details in both]

    def describe(self) -> dict[str, Any]:
        """The report so far, as plain values."""
        cassettes = self._cassettes.results()
        unplayed = sum(cassette["unplayed"] for cassette in cassettes)
        names = (*_OUTCOMES.values(), "missed")
        return {
            "summary": {
                **{name: self.counts[name] for name in names},
                "unplayed": unplayed,
                "dialled": self._guard.dialled,
                "vetoed": self._guard.vetoed,
            },
            "failed": bool(self._options.settings.fail_on_unplayed and unplayed) or bool(self.counts["missed"]),
            "requests": self._requests,
            "cassettes": cassettes,
        }


def outcome_name(answered_by: str, code: int) -> str:
    """What became of a request, in one word: answered, played, forwarded, missed or refused."""
    return "missed" if code == MISS else _OUTCOMES[answered_by]


def describe_request(flow: http.HTTPFlow, outcome: Outcome, status: int) -> dict[str, Any]:
    """A request of the report. Its URL has no query, its credentials are not in it."""
    url = f"{flow.request.scheme}://{flow.request.pretty_host}{flow.request.path.partition('?')[0]}"
    values: dict[str, Any] = {
        "method": printable(flow.request.method),
        "url": printable(url),
        "status": status,
        "outcome": outcome_name(outcome.answered_by, outcome.code),
        "caller": outcome.caller,
        "code": outcome.code,
        "to": outcome.to,
        "from": outcome.from_,
        "cassette": outcome.cassette,
    }
    return values | {"message" if outcome.code else "sid": outcome.result}


def write_json(path: Path, value: object) -> None:
    """Write a file so that a reader sees all of it or nothing.

    Raises:
        OSError: it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(json.dumps(value, indent=2) + "\n")
    temporary.replace(path)


def _write(option: str, path: str, value: object) -> None:
    try:
        write_json(Path(path), value)
    except OSError as error:
        # At the start mitmproxy ends upon an error, with exit code 1.
        logger.error("%s: %s cannot be written: %s", option, path, error.strerror)
