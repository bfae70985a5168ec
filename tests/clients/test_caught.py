"""Every client of the table sends a message, unchanged, and gets the proxy's answer."""

import re
import subprocess
from pathlib import Path

import pytest

from clients.table import CLIENTS, Client
from command_line import command_line, environment, run
from running_proxy import RunningProxy

FOUND = [client for client in CLIENTS if client.found()]

every_client = pytest.mark.parametrize("client", FOUND, ids=[client.name for client in FOUND])

# The first use of a client installs it, by pip or npm.
pytestmark = pytest.mark.timeout(900)

HOOKS = ("PYTHONPATH", "NODE_OPTIONS")


def answered(client: Client, printed: str) -> bool:
    return bool(re.search(client.answer, printed, re.MULTILINE))


@every_client
def test_with_exec(installed: Client, home: Path) -> None:
    done = run("exec", "--", *installed.command(), home=home)
    assert done.returncode == 0, done.stderr
    assert answered(installed, done.stdout), done.stdout + done.stderr
    # Some ask twice: without credentials first, and again when they are challenged.
    assert re.search(r"^twilio-test-proxy: .*\b0 connections to Twilio$", done.stderr, re.MULTILINE)


@every_client
def test_with_exec_isolated(installed: Client, home: Path) -> None:
    done = run("exec", "--isolated", "--", *installed.command(), home=home)
    assert done.returncode == 0, done.stderr
    assert answered(installed, done.stdout), done.stdout + done.stderr


def in_a_shell(client: Client, proxy: RunningProxy, *without: str) -> str:
    """What the client prints in a shell that has taken the output of `env`, but for some variables."""
    words = command_line("env", "--url", proxy.url)
    script = f'text=$("$0" "$1" "$2" "$3" "$4" "$5") && eval "$text" && unset {" ".join(without) or "_"}; shift 5; "$@"'
    done = subprocess.run(
        ["sh", "-c", script, *words, *client.command()],
        env=environment(proxy.confdir),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@every_client
def test_with_env(installed: Client, confined_proxy: RunningProxy) -> None:
    printed = in_a_shell(installed, confined_proxy)
    assert answered(installed, printed), printed


@every_client
def test_with_variables_alone(installed: Client, confined_proxy: RunningProxy) -> None:
    """So that the README can say which clients need the path hook or the preload."""
    printed = in_a_shell(installed, confined_proxy, *HOOKS)
    assert answered(installed, printed) == installed.variables_alone, printed


def test_the_clients_that_every_machine_has_were_found() -> None:
    assert {"python3", "node", "curl"} <= {client.runtime for client in FOUND}


def test_no_two_clients_share_a_directory() -> None:
    assert len({client.directory for client in CLIENTS}) == len(CLIENTS)
