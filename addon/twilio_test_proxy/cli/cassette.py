"""`cassette`: look into cassettes, check them, clean them and convert them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import track

from twilio_test_proxy.cassettes.checks import Finding, Kind, check_cassette
from twilio_test_proxy.cassettes.cleaning import Cleaned, cleaned, import_cassette, scrub_cassette
from twilio_test_proxy.cassettes.documents import read_document
from twilio_test_proxy.cassettes.errors import CassetteError
from twilio_test_proxy.cassettes.interaction import Interaction
from twilio_test_proxy.cassettes.names import SUFFIXES
from twilio_test_proxy.cli import cassette_tables as tables

_Thing = TypeVar("_Thing")

DEFAULT_DIRECTORY = Path("cassettes")
MANY = 200
"""From this number of interactions on, work takes long enough to show how far it is."""

_PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
_FILE = click.Path(path_type=Path)


@click.group()
def cassette() -> None:
    """Look into cassettes, check them, clean them and convert them.

    PATHS are cassettes, or directories of cassettes; without any, the directory `cassettes`.
    """


@cassette.command("list")
@_PATHS
def list_command(paths: tuple[Path, ...]) -> None:
    """List cassettes with what they hold. Exit code 1 if one cannot be read."""
    rows = [tables.row(path) for path in _cassettes(paths)]
    tables.console().print(tables.cassettes(rows))
    if any(row.problem for row in rows):
        sys.exit(1)


@cassette.command("show")
@click.argument("path", type=_FILE)
@click.argument("number", type=int, required=False)
def show_command(path: Path, number: int | None) -> None:
    """Show the interactions of a cassette, or the one with this NUMBER in full."""
    if not path.exists():
        raise click.ClickException(f"There is no file {path}: check the name.")
    try:
        document = read_document(path)
        for notice in document.notices:
            click.echo(notice, err=True)
        # A cassette of another recorder may hold secrets, which have no place on a terminal.
        interactions, _ = cleaned([entry.interaction for entry in document.entries])
    except CassetteError as error:
        raise click.ClickException(str(error)) from error
    console = tables.console()
    if number is None:
        console.print(tables.interactions(path, interactions))
        return
    if not 1 <= number <= len(interactions):
        held = f"the numbers 1 to {len(interactions)}" if interactions else "no interaction"
        raise click.ClickException(f"Cassette {path} holds {held}, not {number}.")
    tables.print_exchange(console, interactions[number - 1])


@cassette.command("check")
@_PATHS
@click.option("--leaks-only", is_flag=True, help="Look only for secrets and for files that cannot be read.")
def check_command(paths: tuple[Path, ...], leaks_only: bool) -> None:
    """Look for secrets, unreadable files, duplicates and noise. Exit code 1 if anything is found."""
    files = list(_cassettes(paths))
    found: dict[Path, list[Finding]] = {}
    for path in _tracked(files, "Checking", len(files) > 1):
        findings = check_cassette(path)
        if leaks_only:
            findings = [finding for finding in findings if finding.kind in (Kind.LEAK, Kind.UNREADABLE)]
        if findings:
            found[path] = findings
    console = tables.console()
    if found:
        console.print(tables.findings(found))
        sys.exit(1)
    console.print(f"{tables.counted(len(files), 'cassette')} checked, nothing found.")


@cassette.command("scrub")
@click.argument("paths", nargs=-1, required=True, type=_FILE)
def scrub_command(paths: tuple[Path, ...]) -> None:
    """Remove secrets, account SIDs and noise from cassettes, in place. A file that fails stays as it was."""
    failed = False
    for path in _cassettes(paths):
        try:
            _say(path, scrub_cassette(path, _progress))
        except CassetteError as error:
            click.echo(f"Error: {error}", err=True)
            failed = True
    if failed:
        sys.exit(1)


@cassette.command("import")
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
def import_command(old: Path, new: Path) -> None:
    """Convert OLD, a cassette of Ruby's VCR or of vcrpy, to NEW, a YAML file, and scrub it on the way."""
    try:
        _say(new, import_cassette(old, new, _progress))
    except CassetteError as error:
        raise click.ClickException(str(error)) from error


def _cassettes(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths or (DEFAULT_DIRECTORY,):
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)
            yield from (file for file in files if file.is_file() and not file.name.startswith("."))
        elif not path.exists() and not paths:
            raise click.ClickException(f"There is no directory {path}: name the cassettes to look at.")
        else:
            yield path


def _say(path: Path, result: Cleaned) -> None:
    for notice in result.notices:
        click.echo(notice, err=True)
    click.echo(f"{path}: {tables.counted(result.interactions, 'interaction')}, {result.changed} changed.")


def _progress(interactions: list[Interaction]) -> Iterable[Interaction]:
    return _tracked(interactions, "Scrubbing", len(interactions) >= MANY)


def _tracked(things: list[_Thing], doing: str, long: bool) -> Iterable[_Thing]:
    console = Console(stderr=True)
    return track(things, doing, console=console, transient=True, disable=not (long and console.is_terminal))


if __name__ == "__main__":
    cassette(prog_name="cassette")
