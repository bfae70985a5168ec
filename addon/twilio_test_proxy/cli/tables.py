"""``tables``: the magic numbers, as Twilio's document shows them."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from twilio_test_proxy.twilio import magic


def rows(table: magic.Table) -> list[tuple[str, str, str]]:
    """Value, description and error code of each row, in the document's order and words."""
    listed = [(row.value, row.description, str(row.error.code) if row.error else "No error") for row in table.rows]
    if table.others:
        code = str(table.others.error.code) if table.others.error else "Input-dependent"
        listed.append((table.others.value, table.others.description, code))
    return listed


def render(table: magic.Table) -> Table:
    """One of the document's tables."""
    shown = Table(title=f"{table.resource}: {table.parameter}", title_justify="left", box=None, header_style="bold")
    shown.add_column("Value", no_wrap=True)
    shown.add_column("Description")
    shown.add_column("Error Code", no_wrap=True)
    for value, description, code in rows(table):
        shown.add_row(value, description, Text(code, style="green" if code == "No error" else ""))
    return shown


@click.command("tables")
def tables() -> None:
    """Show the magic numbers: what to send with test credentials to be answered with which error.

    https://www.twilio.com/docs/iam/test-credentials
    """
    console = Console()
    for table in magic.TABLES:
        console.print(render(table))
        console.print()
