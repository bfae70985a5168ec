import io
import json
import os
from pathlib import Path

import pytest
from rich.console import Console

from cassette_samples import kept, write_cassette
from twilio_test_proxy.cassettes.checks import Finding, Kind
from twilio_test_proxy.cassettes.interaction import Interaction, Request, Response
from twilio_test_proxy.cli import cassette_tables as tables

FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


def shown(renderable: object) -> str:
    console = Console(file=io.StringIO(), width=160)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def exchange(request: Request, response: Response) -> str:
    console = Console(file=io.StringIO(), width=160)
    tables.print_exchange(console, Interaction(request, response))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_row_says_what_a_cassette_holds(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml", 2)
    assert tables.row(path) == tables.Row(path, path.stat().st_size, 2, "2026-11-23", "")
    assert tables.row(tmp_path / "none.yaml").problem == "No such file or directory; check the name"
    path.write_text("[")
    assert tables.row(path).problem.startswith("line 1: this is not YAML")


def test_a_name_is_never_markup(tmp_path: Path) -> None:
    row = tables.Row(tmp_path / "[red]a.yaml", 1, 1, "", "[bold]x")
    assert "[red]a.yaml" in shown(tables.cassettes([row]))
    assert "[bold]x" in shown(tables.cassettes([row]))
    finding = Finding(Kind.LEAK, 1, "[red]x", "[bold]y")
    assert "[red]x" in shown(tables.findings({tmp_path: [finding]}))


@pytest.mark.parametrize(("count", "text"), [(0, "0 things"), (1, "1 thing"), (1234, "1,234 things")])
def test_numbers_have_their_noun(count: int, text: str) -> None:
    assert tables.counted(count, "thing") == text


def test_interactions_show_method_path_fields_and_status() -> None:
    query = Interaction(Request("GET", "https://api.twilio.com/x?[a]=1"), Response(404))
    text = shown(tables.interactions(Path("a.yaml"), [kept(), query]))
    assert "To=+14105550000 From=+15005550006 Body=Hi" in text
    assert "/x?[a]=1" in text
    assert "404" in text


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (Response(200, "OK", (("Content-Type", "application/json"),), b'{"a":1}'), '"a": 1'),
        (Response(200, "OK", (("Content-Type", "application/json"),), b"{broken"), "{broken"),
        (Response(200, "OK", (("Content-Type", "text/xml"),), b"<a>[red]</a>"), "<a>[red]</a>"),
        (Response(200, "OK", (("X-[red]", "[bold]"),), b""), "X-[red]: [bold]"),
        (Response(200, "OK", (), b"\xff\xfe"), "2 bytes that are no text"),
        (Response(200, "OK", FORM, b"a=%5Bb%5D"), "a = [b]"),
        (Response(200, "OK", (), b"x" * (tables.MAX_BODY_SHOWN + 5)), "5 more characters"),
    ],
)
def test_an_exchange_is_shown_in_full(response: Response, said: str) -> None:
    assert said in exchange(Request("GET", "https://api.twilio.com/"), response)


ESCAPES = "\x1b]0;title\x07\x1b[2J\x9b31m\u202e"
FORM_OF_ESCAPES = b"%1B%5D0%3Btitle%07=%1B%5B2J%C2%9B31m"


@pytest.mark.parametrize(
    "interaction",
    [
        Interaction(Request(f"GET{ESCAPES}", "https://api.twilio.com/"), Response(200)),
        Interaction(Request("GET", f"https://api.twilio.com/{ESCAPES}?a={ESCAPES}"), Response(200)),
        Interaction(Request("GET", "https://api.twilio.com/", ((ESCAPES, ESCAPES),)), Response(200)),
        Interaction(Request("POST", "https://api.twilio.com/", FORM, FORM_OF_ESCAPES), Response(200)),
        Interaction(Request("GET", "https://api.twilio.com/"), Response(200, ESCAPES)),
        Interaction(Request("GET", "https://api.twilio.com/"), Response(200, "OK", (), ESCAPES.encode())),
        Interaction(
            Request("GET", "https://api.twilio.com/"),
            Response(200, "OK", (("Content-Type", "application/json"),), json.dumps([ESCAPES]).encode()),
        ),
    ],
    ids=["method", "URI", "header", "form", "reason", "body", "JSON"],
)
@pytest.mark.parametrize("terminal", [True, False], ids=["on a terminal", "in a file"])
def test_nothing_in_a_cassette_commands_the_terminal(interaction: Interaction, terminal: bool) -> None:
    console = Console(file=io.StringIO(), width=160, force_terminal=terminal, no_color=True, highlight=False)
    console.print(tables.interactions(Path(f"{ESCAPES}.yaml"), [interaction]))
    tables.print_exchange(console, interaction)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "title" in text
    for forbidden in ("\x1b]", "\x07", "\x1b[2J", "\x9b", "\u202e"):
        assert forbidden not in text


def test_names_and_findings_do_not_command_the_terminal_either() -> None:
    path = Path(f"{ESCAPES}.yaml")
    text = shown(tables.cassettes([tables.Row(path, 1, 1, ESCAPES, ESCAPES)]))
    text += shown(tables.findings({path: [Finding(Kind.LEAK, 1, ESCAPES, ESCAPES)]}))
    assert "title" in text
    assert all(char.isprintable() for char in text if char != "\n")


def test_a_body_keeps_its_lines_and_tabs() -> None:
    response = Response(200, "OK", (("Content-Type", "text/plain"),), b"one\r\n\ttwo\n")
    assert "\none\n        two\n" in exchange(Request("GET", "https://api.twilio.com/"), response)


def test_a_file_gets_whole_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert tables.console().width == tables.WIDTH_OF_FILES
    assert os.environ.get("FORCE_COLOR") is None
