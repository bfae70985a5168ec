"""``tables``: the magic numbers, as Twilio's document shows them."""

from __future__ import annotations

import click
from rich.table import Table
from rich.text import Text

from twilio_test_proxy.twilio import magic

from .cassette_tables import console


def render(table: magic.Table) -> Table:
    """One of the document's tables."""
    shown = Table(title=f"{table.resource}: {table.parameter}", title_justify="left", box=None, header_style="bold")
    shown.add_column("Value", no_wrap=True)
    shown.add_column("Description", overflow="fold")
    shown.add_column("Error Code", no_wrap=True)
    for value, description, code in magic.listed(table):
        shown.add_row(value, description, Text(code, style="green" if code == "No error" else ""))
    return shown


@click.command("tables")
def tables() -> None:
    """Show the magic numbers: what to send with test credentials to be answered with which error.

    https://www.twilio.com/docs/iam/test-credentials
    """
    output = console()
    for table in magic.TABLES:
        output.print(render(table))
        output.print()
