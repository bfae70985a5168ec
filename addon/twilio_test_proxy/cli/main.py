"""The command line, ``twilio-test-proxy``; a command's module is imported when that command is run."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

import click


@dataclass(frozen=True)
class Entry:
    """Where a command is, and the line on it in the list of commands."""

    place: str
    """``module:attribute``, the module below this package."""
    line: str


COMMANDS: dict[str, Entry] = {
    "exec": Entry("exec:exec_command", "Run a command with its Twilio traffic through a proxy of its own."),
    "serve": Entry("serve:serve", "Run the proxy in the foreground."),
    "env": Entry("env:env", "Print the variables that lead a shell's Twilio traffic through the proxy."),
    "cassette": Entry("cassette:cassette", "List, show, check, scrub and convert cassettes."),
    "ca": Entry("ca:ca", "Print where the certificate authority is, for mitmdump's confdir."),
    "doctor": Entry("doctor:doctor", "Show what is installed, and try every client that this machine has."),
    "tables": Entry("tables:tables", "Show the magic numbers."),
    "completion": Entry("completion:completion", "Print the completion script for a shell."),
}


class LazyGroup(click.Group):
    """A group that lists its commands without importing them."""

    def list_commands(self, context: click.Context) -> list[str]:
        """In the order in which a new user meets them."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import the command."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].place.partition(":")
        command = getattr(importlib.import_module(f".{module}", __package__), attribute)
        assert isinstance(command, click.Command)  # noqa: S101
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands in ``--help``."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.line) for name, entry in COMMANDS.items()])


def _show_version(context: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked:
        from .versions import own_version

        click.echo(f"twilio-test-proxy {own_version()}")
        context.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Answers Twilio's test credentials offline; records live traffic once and replays it for ever.

    \b
    Begin with:
        twilio-test-proxy exec -- YOUR COMMAND
    """
