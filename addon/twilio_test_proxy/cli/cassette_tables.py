"""How `cassette` shows what it found: tables, and exchanges in full."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from twilio_test_proxy.cassettes.bodies import BodyKind, body_kind, form_fields
from twilio_test_proxy.cassettes.checks import Finding, Kind
from twilio_test_proxy.cassettes.control_characters import printable
from twilio_test_proxy.cassettes.documents import read_document
from twilio_test_proxy.cassettes.errors import CassetteError
from twilio_test_proxy.cassettes.interaction import Headers, Interaction, first_header

MAX_BODY_SHOWN = 20_000
"""Characters of a body that are shown."""

WIDTH_OF_FILES = 1000
"""Characters of a line where output goes to a file or a pipe."""

_STYLES = {Kind.LEAK: "bold red", Kind.UNREADABLE: "bold red", Kind.DUPLICATE: "yellow", Kind.NOISE: "dim"}


@dataclass(frozen=True, slots=True)
class Row:
    """A cassette in the list: `problem` is empty where it can be read."""

    path: Path
    size: int
    interactions: int
    recorded: str
    problem: str


def console() -> Console:
    """Standard output: as wide as the terminal, and wide enough for whole rows where it is none."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=WIDTH_OF_FILES)


def counted(count: int, noun: str) -> str:
    """A number with its noun."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def row(path: Path) -> Row:
    """What the list says about a cassette."""
    try:
        size = path.stat().st_size
        document = read_document(path)
    except OSError as error:
        return Row(path, 0, 0, "", f"{error.strerror}; check the name")
    except CassetteError as error:
        where = "" if error.line is None else f"line {error.line}: "
        return Row(path, size, 0, "", f"{where}{error.problem}; {error.cure}")
    ends = [document.entries[0], document.entries[-1]] if document.entries else []
    days = [str(entry.interaction.metadata.get("recorded_at", ""))[:10] for entry in ends]
    return Row(path, size, len(document.entries), " to ".join(dict.fromkeys(filter(None, days))), "")


def cassettes(rows: list[Row]) -> Table:
    """The list of cassettes."""
    table = Table("Cassette", title=counted(len(rows), "cassette"), title_justify="left")
    table.add_column("Interactions", justify="right")
    table.add_column("Bytes", justify="right")
    table.add_column("Recorded")
    table.add_column("State")
    for one in rows:
        state = _text(one.problem or "ok", "red" if one.problem else "green")
        recorded = _text(one.recorded)
        table.add_row(_text(str(one.path)), f"{one.interactions:,}", f"{one.size:,}", recorded, state)
    return table


def interactions(path: Path, recorded: list[Interaction]) -> Table:
    """The interactions of one cassette."""
    title = _text(f"{path}: {counted(len(recorded), 'interaction')}")
    table = Table(title=title, title_justify="left")
    table.add_column("No.", justify="right")
    for name in ("Method", "Path", "Fields"):
        table.add_column(name, overflow="fold")
    table.add_column("Status", justify="right")
    table.add_column("Bytes", justify="right")
    for number, one in enumerate(recorded, 1):
        request, response = one.request, one.response
        parts = urlsplit(request.uri)
        style = "red" if response.status >= 400 else "green"
        table.add_row(
            str(number),
            _text(request.method),
            _text(parts.path + (f"?{parts.query}" if parts.query else "")),
            _text(_fields(one)),
            _text(str(response.status), style),
            f"{len(response.body):,}",
        )
    return table


def findings(found: Mapping[Path, list[Finding]]) -> Table:
    """What a check found, file by file."""
    table = Table("Cassette", title=counted(sum(map(len, found.values())), "finding"), title_justify="left")
    table.add_column("No.", justify="right")
    for name in ("Kind", "What", "Cure"):
        table.add_column(name)
    for path, several in found.items():
        for one in several:
            kind = _text(one.kind.value, _STYLES[one.kind])
            table.add_row(_text(str(path)), str(one.number or ""), kind, _text(one.problem), _text(one.cure))
    return table


def print_exchange(console: Console, interaction: Interaction) -> None:
    """Print a request and its response in full."""
    request, response = interaction.request, interaction.response
    console.print(_text(f"{request.method} {request.uri}", "bold"))
    _print_message(console, request.headers, request.body)
    console.print()
    console.print(_text(f"{response.status} {response.reason}", "bold"))
    _print_message(console, response.headers, response.body)


def _print_message(console: Console, headers: Headers, body: bytes) -> None:
    for name, value in headers:
        console.print(_pair(name, ": ", value))
    if not body:
        return
    console.print()
    kind = body_kind(body, first_header(headers, "content-type"))
    if kind is BodyKind.FORM:
        for name, value in form_fields(body):
            console.print(_pair(name, " = ", value))
        return
    try:
        text = body.decode()
    except UnicodeDecodeError:
        console.print(Text(f"{len(body):,} bytes that are no text", style="dim"))
        return
    if kind is BodyKind.JSON:
        text = _pretty(text)
    text = printable(text.replace("\r\n", "\n"), kept="\n\t")
    shown = text[:MAX_BODY_SHOWN]
    language = {BodyKind.JSON: "json", BodyKind.XML: "xml"}.get(kind, "text")
    # Highlighted text is padded to the width, which a file does not want.
    coloured = Syntax(shown, language, word_wrap=True, background_color="default")
    console.print(coloured if console.is_terminal else Text(shown))
    if len(shown) < len(text):
        console.print(Text(f"{len(text) - len(shown):,} more characters", style="dim"))


def _text(text: str, style: str = "") -> Text:
    """Text that stands as it is: no markup of rich's, and nothing that a terminal would obey."""
    return Text(printable(text), style=style)


def _pair(name: str, between: str, value: str) -> Text:
    return Text.assemble((printable(name), "cyan"), between, printable(value))


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _fields(interaction: Interaction) -> str:
    request = interaction.request
    if body_kind(request.body, first_header(request.headers, "content-type")) is not BodyKind.FORM:
        return ""
    pairs = form_fields(request.body)
    text = " ".join(f"{name}={value}" for name, value in pairs)
    return text if len(text) <= 60 else text[:57] + "..."
