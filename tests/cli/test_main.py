import subprocess
import sys
from pathlib import Path

import click
import pytest

from command_line import ADDON, START, run
from twilio_test_proxy.cli.main import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
    assert command.help


def test_help_lists_every_command(home: Path) -> None:
    done = run("--help", home=home)
    assert done.returncode == 0
    listed = done.stdout.partition("Commands:\n")[2]
    assert [line.split()[0] for line in listed.splitlines() if line[2:3].strip()] == list(COMMANDS)


def test_help_imports_nothing_slow() -> None:
    program = START + (
        "from twilio_test_proxy.cli.main import main; main(['--help'], standalone_mode=False);"
        "print([name for name in ('mitmproxy', 'cryptography', 'rich', 'vcr', 'ssl') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_version(home: Path) -> None:
    done = run("--version", home=home)
    name, version = done.stdout.split()
    assert name == "twilio-test-proxy"
    assert version


def test_unknown_command(home: Path) -> None:
    done = run("record", home=home)
    assert done.returncode == 2
    assert "No such command 'record'" in done.stderr


def test_python_m() -> None:
    command = [sys.executable, "-m", "twilio_test_proxy", "exec", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ADDON, check=True)
    assert done.stdout.startswith("Usage: twilio-test-proxy exec [OPTIONS] COMMAND...\n")
