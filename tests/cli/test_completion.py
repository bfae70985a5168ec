import shutil
import subprocess
from pathlib import Path

import pytest

from command_line import command_line, environment, run
from twilio_test_proxy.cli.completion import VARIABLE


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script(home: Path, shell: str) -> None:
    done = run("completion", shell, home=home)
    assert done.returncode == 0
    assert VARIABLE in done.stdout
    if shutil.which(shell):
        check = [shell, "-n"]
        assert subprocess.run(check, input=done.stdout, text=True, check=False).returncode == 0


def test_commands_are_completed(home: Path) -> None:
    """As the script for bash asks."""
    asked = {VARIABLE: "bash_complete", "COMP_WORDS": "twilio-test-proxy ex", "COMP_CWORD": "1"}
    done = subprocess.run(command_line(), env=environment(home, **asked), capture_output=True, text=True, check=False)
    assert done.stdout == "plain,exec\n"
