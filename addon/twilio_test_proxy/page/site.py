"""The page as a Flask application: every address it answers, and the headers that keep it to itself."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Flask, Response, abort, g, render_template, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import NotFound

from twilio_test_proxy.page.comparison import compare
from twilio_test_proxy.page.exchanges import OUTCOMES, Source, Summary
from twilio_test_proxy.page.explanations import EXPLANATIONS
from twilio_test_proxy.page.scrubbed import Cleaner
from twilio_test_proxy.twilio import magic

SHOWN = 100
"""Requests in the list, unless all that are kept are asked for."""

LATEST = 10
"""Requests that an error's own page lists."""

_NOTHING = "There is no such page. JSON for programs is at http://twilio-test-proxy.test/, through the proxy only."

_CERTIFICATES = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\r?\n?")

# https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
_POLICY = (
    "default-src 'none'; style-src 'nonce-{0}'; script-src 'nonce-{0}'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def create_site(source: Source) -> Flask:
    """The application; it asks the source only when it is asked itself."""
    site = Flask(__name__, static_folder=None)
    site.jinja_env.undefined = StrictUndefined
    site.jinja_env.trim_blocks = site.jinja_env.lstrip_blocks = True
    site.jinja_env.filters |= {"clock": clock, "iso": iso, "short": shortened}
    site.jinja_env.globals |= {"nonce": _nonce, "outcomes": OUTCOMES}
    site.after_request(_close)
    views = _Views(source)
    site.add_url_rule("/", "requests", views.requests)
    site.add_url_rule("/live", "live", views.live)
    site.add_url_rule("/requests/<int:number>", "exchange", views.exchange)
    site.add_url_rule("/tables", "tables", views.tables)
    site.add_url_rule("/errors/", "errors", views.errors)
    site.add_url_rule("/errors/<int:code>", "error", views.error)
    site.add_url_rule("/ca.pem", "authority", views.authority)
    site.register_error_handler(404, views.missing)
    return site


class _Views:
    """What each address shows."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._cleaner = Cleaner()

    def requests(self) -> str:
        """The whole list, with what the proxy is and has done."""
        return render_template("requests.html", **self._list())

    def live(self) -> tuple[str, int]:
        """The part that changes; nothing (204) where it is as the asker has seen it."""
        if request.args.get("seen") == self._source.version():
            return "", 204
        return render_template("live.html", **self._list()), 200

    def exchange(self, number: int) -> str:
        """One request with its answer and, on a miss, the closest recorded interaction."""
        exchange = self._source.exchange(number)
        if exchange is None:
            abort(404, f"Request {number} is not kept: it is too long ago, or has not been sent yet.")
        self._cleaner.learn(self._source.authorizations())
        asked, answer = self._cleaner.exchange(exchange)
        return render_template(
            "exchange.html",
            summary=self._cleaner.summary(exchange.summary),
            has_previous=self._source.exchange(number - 1) is not None,
            has_next=self._source.exchange(number + 1) is not None,
            asked=asked,
            answer=answer,
            milliseconds=exchange.seconds * 1000,
            miss=exchange.miss,
            compared=compare(exchange.miss) if exchange.miss else [],
            explanation=EXPLANATIONS.get(exchange.summary.code),
        )

    def tables(self) -> str:
        """The magic numbers."""
        return render_template("tables.html", tables=[(table, magic.listed(table)) for table in magic.TABLES])

    def errors(self) -> str:
        """The proxy's own errors."""
        return render_template("errors.html", explanations=EXPLANATIONS.values())

    def error(self, code: int) -> str:
        """One of the proxy's own errors, with the latest requests that got it."""
        if code not in EXPLANATIONS:
            known = ", ".join(map(str, EXPLANATIONS))
            abort(404, f"There is no error {code} of the proxy: it knows {known}. Others are Twilio's.")
        latest = [summary for summary in self._source.summaries() if summary.code == code][:LATEST]
        return render_template("error.html", explanation=EXPLANATIONS[code], latest=self._clean(latest))

    def authority(self) -> Response:
        """The CA certificate for download: certificates only, whatever else the file may hold."""
        found = _CERTIFICATES.findall(self._source.certificate() or b"")
        if not found:
            abort(404, "There is no CA certificate yet: it is made when the proxy starts.")
        name = {"Content-Disposition": 'attachment; filename="twilio-test-proxy-ca.pem"'}
        return Response(b"".join(found), mimetype="application/x-pem-file", headers=name)

    def missing(self, error: Exception) -> tuple[str, int]:
        """What is not there, said in a page."""
        reason = getattr(error, "description", "")
        return render_template("missing.html", reason=_NOTHING if reason == NotFound.description else reason), 404

    def _list(self) -> Mapping[str, Any]:
        version = self._source.version()  # first: what comes in meanwhile is a newer version
        overview = self._source.overview()
        wanted = request.args.get("outcome", "")
        wanted = wanted if wanted in OUTCOMES else ""
        everything = request.args.get("all") == "1"
        kept = self._source.summaries()
        chosen = [summary for summary in kept if not wanted or summary.outcome == wanted]
        shown = chosen if everything else chosen[:SHOWN]
        return {
            "version": version,
            "overview": overview,
            "wanted": wanted,
            "everything": everything,
            "summaries": self._clean(shown),
            "hidden": len(chosen) - len(shown),
            "total": sum(overview.counts.values()),
        }

    def _clean(self, summaries: Sequence[Summary]) -> list[Summary]:
        self._cleaner.learn(self._source.authorizations())
        return [self._cleaner.summary(summary) for summary in summaries]


def clock(moment: float) -> str:
    """A moment (seconds since the epoch) as this machine's time of day, `14:02:11`."""
    return datetime.fromtimestamp(moment).strftime("%H:%M:%S")


def iso(moment: float) -> str:
    """A moment (seconds since the epoch) with date and offset, in ISO 8601."""
    return datetime.fromtimestamp(moment).astimezone().isoformat(timespec="milliseconds")


def shortened(sid: str) -> str:
    """A SID by its beginning and its end, as the terminal shows it."""
    return f"{sid[:2]}…{sid[-4:]}" if len(sid) > 8 else sid


def _nonce() -> str:
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _close(response: Response) -> Response:
    response.headers.update(_HEADERS)
    response.headers["Content-Security-Policy"] = _POLICY.format(_nonce())
    return response
