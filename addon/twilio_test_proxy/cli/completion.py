"""``completion``: the script that completes our options and commands in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

PROGRAM = "twilio-test-proxy"
VARIABLE = "_TWILIO_TEST_PROXY_COMPLETE"
"""The variable by which the script asks us; click makes this name of the program's."""


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    Put into the shell's start-up file:
        eval "$(twilio-test-proxy completion bash)"
        twilio-test-proxy completion fish | source
    """
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101  # click has had these three since 8.0
    click.echo(kind(click.Group(), {}, PROGRAM, VARIABLE).source())
