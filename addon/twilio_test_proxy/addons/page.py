"""The page that shows what the proxy does, at http://twilio-test-proxy.test/ and at the proxy's own port."""

from collections.abc import Awaitable, Iterable, Sequence
from pathlib import Path
from typing import Any

from mitmproxy import ctx, http
from mitmproxy.addons import asgiapp

from ..page.exchanges import Exchange, Overview, Source, Summary
from .cassettes import TwilioCassettes
from .dial_guard import TwilioDialGuard
from .hosts import CONTROL_HOST
from .journal import MAX_KEPT, TwilioJournal
from .options import TwilioOptions
from .own_address import ONLY_HERE, Reach, TwilioOwnAddress, reach
from .report import TwilioReport
from .terminal import describe_live_requests, describe_test_credentials, urls

_ONLY_READ = f"The page can only be read. Cassettes are changed through the proxy, at http://{CONTROL_HOST}/."


class WatchedProxy:
    """A source for the page: this proxy, gathered from the addons that know it when somebody looks."""

    def __init__(
        self,
        options: TwilioOptions,
        cassettes: TwilioCassettes,
        guard: TwilioDialGuard,
        journal: TwilioJournal,
        report: TwilioReport,
    ) -> None:
        self._options = options
        self._cassettes = cassettes
        self._guard = guard
        self._journal = journal
        self._report = report

    def version(self) -> str:
        """A text that changes whenever anything in the list or the overview does."""
        return f"{self._journal.number}-{self._cassettes.changes}"

    def overview(self) -> Overview:
        """What the proxy is and has done so far."""
        server = ctx.master.addons.get("proxyserver")
        settings = self._options.settings
        return Overview(
            urls(server.listen_addrs()) if server else [],
            describe_test_credentials(settings),
            describe_live_requests(settings),
            self._report.counts,
            self._guard.dialled,
            self._cassettes.states(),
            MAX_KEPT,
        )

    def summaries(self) -> Sequence[Summary]:
        """The kept requests, the newest first."""
        return self._journal.summaries()

    def exchange(self, number: int) -> Exchange | None:
        """A kept request in full, or None."""
        return self._journal.exchange(number)

    def authorizations(self) -> Iterable[str]:
        """The values of the Authorization header seen."""
        return list(self._journal.authorizations)

    def certificate(self) -> bytes | None:
        """The PEM file of the CA certificate, or None where there is none."""
        path = Path(ctx.options.confdir).expanduser() / "mitmproxy-ca-cert.pem"
        try:
            return path.read_bytes()
        except OSError:
            return None


class TwilioPage:
    """Serves the page to programs on this machine. Must come before TwilioControl, to which it leaves JSON."""

    def __init__(self, address: TwilioOwnAddress, source: Source) -> None:
        self._address = address
        self._source = source
        self._site: Any = None

    def request(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        """Answer; leave what is for others, and what asks for JSON, to the addons that follow."""
        reached = reach(flow)
        if reached is None or reached is Reach.MISDIRECTED or flow.response or not flow.live:
            return None
        if reached is Reach.PROXIED and not is_for_page(flow.request):
            return None
        if not self._address.is_from_here(flow):
            flow.response = _refusal(403, ONLY_HERE)
            return None
        if flow.request.method not in ("GET", "HEAD"):
            flow.response = _refusal(405, _ONLY_READ, Allow="GET, HEAD")
            return None
        if self._site is None:
            # Late: a proxy that nobody looks at needs neither Flask nor the templates.
            from ..page.site import create_site

            self._site = asgiapp.WSGIApp(create_site(self._source), CONTROL_HOST, None).asgi_app
        answered: Awaitable[None] = asgiapp.serve(self._site, flow)
        return answered


def is_for_page(request: http.Request) -> bool:
    """Whether a request through the proxy is for the page: by its path and by what it would rather have.

    Programs get JSON at some of its addresses. At the proxy's own port there is the page only.
    """
    path = request.path.partition("?")[0]
    if request.method not in ("GET", "HEAD"):
        return False
    if path in ("/live", "/tables", "/ca.pem") or path.startswith("/requests/"):
        return True
    if path != "/" and not path.startswith("/errors/"):
        return False
    return prefers_html(request.headers.get("accept", ""))


def prefers_html(accept: str) -> bool:
    """Whether an Accept header (RFC 9110, section 12.5.1) prefers HTML to JSON; on a tie it does not."""
    from werkzeug.datastructures import MIMEAccept
    from werkzeug.http import parse_accept_header

    kinds = ["application/json", "text/html"]
    return parse_accept_header(accept, MIMEAccept).best_match(kinds) == "text/html"


def _refusal(status: int, sentence: str, **more: str) -> http.Response:
    headers = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", **more}
    return http.Response.make(status, f"{sentence}\n", headers)
