"""What a person at the terminal sees under mitmdump: a line at the start, one a request, a summary at the end."""

import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mitmproxy import ctx, http

from ..cassettes.accounts import HIDDEN_ACCOUNT
from ..cassettes.control_characters import printable
from ..twilio.routes import API_VERSION
from .cassettes import TwilioCassettes
from .dial_guard import TwilioDialGuard
from .options import TwilioOptions
from .outcomes import Outcome, count, is_counted, remembered
from .refusals import MISS
from .settings import Settings

logger = logging.getLogger(__name__)

# A line in parts, each with its rich style.
Line = list[tuple[str, str]]

_MAX_RESULT = 160  # characters of a result; longer ones are in the answer itself
_MAX_REFUSAL = 1200  # why a request was refused, whole: the last words say what differs and what to do
_MAX_UNPLAYED = 3  # interactions that the summary lists
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
_CALLER_STYLES = {"test": "cyan", "live": "magenta", "nobody": "yellow"}


class TwilioTerminal:
    """Prints to standard output where mitmdump would print flows; the mitmproxy screen has a flow list of its own."""

    def __init__(self, options: TwilioOptions, cassettes: TwilioCassettes, guard: TwilioDialGuard) -> None:
        self._options = options
        self._cassettes = cassettes
        self._guard = guard
        self._write: Callable[[Line], None] = _write_plain
        self._counts: Counter[str] = Counter()
        self._prints = False

    def running(self) -> None:
        """Say what this proxy is going to do."""
        quiet = getattr(ctx.options, "termlog_verbosity", None) == "error"  # mitmdump -q
        self._prints = ctx.master.addons.get("dumper") is not None and not quiet
        server = ctx.master.addons.get("proxyserver")
        addresses = server.listen_addrs() if server else []
        line = describe_start(self._options.settings, addresses, ctx.options.confdir)
        if not self._prints:
            logger.info("%s", plain(line))
            return
        if sys.stdout.isatty():
            self._write = _rich_writer()
        self._write(line)

    def response(self, flow: http.HTTPFlow) -> None:
        """Say what became of a request. Must come after whatever else counts requests."""
        values = remembered(flow)
        if values is None or flow.response is None or is_counted(flow):
            return
        count(flow)
        self._counts["missed" if values["code"] == MISS else values["answered_by"]] += 1
        if self._prints:
            outcome = Outcome(**values)
            method = flow.request.method
            self._write(describe_request(time.strftime("%H:%M:%S"), method, flow.response.status_code, outcome))

    def error(self, flow: http.HTTPFlow) -> None:
        """Say it, too, of a request whose client was gone before the answer."""
        self.response(flow)

    def done(self) -> None:
        """Sum up."""
        if self._prints:
            for state in self._cassettes.results():
                self._write(describe_cassette(state))
            self._write(describe_end(self._counts, self._guard))


def plain(line: Line) -> str:
    """The line without styles."""
    return "".join(text for text, _ in line)


def _write_plain(line: Line) -> None:
    text = plain(line)
    encoding = sys.stdout.encoding or "utf-8"
    try:
        print(text.encode(encoding, "replace").decode(encoding), flush=True)  # noqa: T201 - this is the terminal
    except OSError:
        # The reader of a pipe is gone: not a reason to stop answering.
        return


def _rich_writer() -> Callable[[Line], None]:
    # Imported where it is of use: rich takes as long to import as the rest of this project.
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    return lambda line: console.print(Text.assemble(*line))


def describe_start(settings: Settings, addresses: list[tuple[str, int]], confdir: str) -> Line:
    """The line at the start: the proxy URL, what counts as test credentials, what becomes of the rest, the CA."""
    authority = Path(confdir).expanduser() / "mitmproxy-ca-cert.pem"
    return [
        ("twilio-test-proxy", "bold"),
        (" at ", ""),
        (", ".join(urls(addresses)), "bold green"),
        (" (and on every interface)" if any(host in _LOOPBACK for host, *_ in addresses) else "", "bold yellow"),
        (f" · {describe_test_credentials(settings)} · {describe_live_requests(settings)} · CA {authority}", ""),
    ]


def urls(addresses: list[tuple[str, int]]) -> list[str]:
    """The URL of each address that the proxy listens on; one on every interface is reached at the loopback address."""
    reached = [(_LOOPBACK.get(host, host), port) for host, port, *_ in addresses]
    found = [f"http://{f'[{host}]' if ':' in host else host}:{port}" for host, port in reached]
    return list(dict.fromkeys(found))  # in reverse mode UDP has the same address as TCP


def describe_request(clock: str, method: str, status: int, outcome: Outcome) -> Line:
    """The line of a request: time, who, resource, From and To, outcome. Control characters are escaped."""
    who = f"{outcome.caller} {_shortened(outcome.account)}".strip()
    numbers = " → ".join(number for number in (outcome.from_, outcome.to) if number)
    style = "green" if status < 400 else "red" if outcome.answered_by == "refused" else "yellow"
    code = f" {outcome.code}" if outcome.code else ""
    longest = _MAX_REFUSAL if outcome.answered_by == "refused" else _MAX_RESULT
    return [
        (f"{clock}  ", "dim"),
        (f"{_printable(who):<14}  ", _CALLER_STYLES[outcome.caller]),
        (f"{_printable(method):<4} {_printable(outcome.resource):<20}  ", ""),
        (f"{_printable(numbers):<28}  " if numbers else "", "bold"),
        (f"{status}{code}", style),
        (f" {_printable(outcome.result, longest)}" if outcome.result else "", ""),
        (f" ({_printable(outcome.hint, _MAX_RESULT)})" if outcome.hint else "", "dim"),
    ]


def describe_cassette(state: Mapping[str, Any]) -> Line:
    """The line of a cassette at the end: what was played, recorded, missed and unplayed, and what is unplayed."""
    names = ("played", "recorded", "missed", "unplayed")
    counts = ", ".join(f"{state[name]} {name}" for name in names if state[name]) or "0 played"
    unplayed = state.get("unplayed_interactions", [])[:_MAX_UNPLAYED]
    listed = "; ".join(f"{it['number']}. {it['method']} {_printable(_below_account(it['uri']))}" for it in unplayed)
    more = "; …" if state["unplayed"] > len(unplayed) else ""
    return [
        (f"cassette {_printable(state['cassette'], _MAX_RESULT)}", "bold"),
        (f": {counts}", "red" if state["missed"] else "yellow" if unplayed else "green"),
        (f": {listed}{more}" if listed else "", ""),
    ]


def describe_end(counts: Counter[str], guard: TwilioDialGuard) -> Line:
    """The summary: how many requests were answered by whom, and how many connections went to Twilio."""
    names = {
        "test-credentials": "answered for test credentials",
        "cassette": "played",
        "live": "forwarded",
        "missed": "missed",
        "refused": "refused",
    }
    parts = [f"{counts[name]} {text}" for name, text in names.items() if counts[name]] or ["no requests"]
    return [("twilio-test-proxy", "bold"), (f": {', '.join(parts)}; connections to Twilio: {guard.dialled}", "")]


def describe_test_credentials(settings: Settings) -> str:
    """Which credentials count as test credentials."""
    if settings.test_account_sid:
        return f"test credentials: {_shortened(settings.test_account_sid)}"
    if settings.test_credentials(cassette_in_force=bool(settings.cassette)).any_pair:
        return "test credentials: any well-formed pair"
    return "test credentials: none configured"


def describe_live_requests(settings: Settings) -> str:
    """What becomes of live requests."""
    if settings.forward_live and settings.record_mode != "none":
        where = settings.cassette or f"{settings.cassette_dir}/"
        return f"live requests: forwarded to Twilio and recorded in {where} ({settings.record_mode})"
    if settings.cassette:
        return f"live requests: played from {settings.cassette}"
    return "live requests: refused"


def _below_account(uri: str) -> str:
    return uri.removeprefix(f"https://api.twilio.com/{API_VERSION}/Accounts/{HIDDEN_ACCOUNT}/")


def _shortened(sid: str) -> str:
    return f"{sid[:2]}…{sid[-4:]}" if len(sid) > 8 else sid


def _printable(text: str, longest: int = 60) -> str:
    shown = printable(text[: longest + 1])
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
