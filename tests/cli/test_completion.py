import shlex
import shutil
import subprocess
from collections.abc import Callable
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


# How the script of each shell asks for what comes after the words, and what it is answered where files are to be
# completed. The last word is the incomplete one.
def _whole_line(words: list[str]) -> dict[str, str]:
    return {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}


def _last_word_apart(words: list[str]) -> dict[str, str]:
    return {"COMP_WORDS": " ".join(words[:-1]), "COMP_CWORD": words[-1]}


SHELLS: dict[str, tuple[Callable[[list[str]], dict[str, str]], str]] = {
    "bash": (_whole_line, "file,{}"),
    "zsh": (_whole_line, "file\n{}"),
    "fish": (_last_word_apart, "file,{}"),
}


def ask(home: Path, shell: str, *words: str) -> str:
    """What a shell is told to complete."""
    asked = {VARIABLE: f"{shell}_complete", **SHELLS[shell][0](["twilio-test-proxy", *words])}
    done = subprocess.run(command_line(), env=environment(home, **asked), capture_output=True, text=True, check=False)
    return done.stdout


def test_commands_are_completed(home: Path) -> None:
    assert ask(home, "bash", "ex") == "plain,exec\n"


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["exec", "--cassette", "./cas/"], id="cassette"),
        pytest.param(["exec", "--report", "r"], id="report"),
        pytest.param(["exec", "py"], id="command"),
        pytest.param(["exec", "python", "./se"], id="argument of the command"),
        pytest.param(["exec", "--", "python", "./se"], id="argument after two hyphens"),
        pytest.param(["serve", "--cassette", "./cas/"], id="cassette of serve"),
        pytest.param(["serve", "--", "-s", "./my"], id="argument of mitmdump"),
    ],
)
def test_files_are_completed(shell: str, words: list[str], home: Path) -> None:
    assert ask(home, shell, *words).startswith(SHELLS[shell][1].format(words[-1]))


def test_directories_are_completed(home: Path) -> None:
    assert ask(home, "bash", "exec", "--cassette-dir", "ta") == "dir,ta\n"


BASH = """
eval "$SCRIPT"
twilio-test-proxy() { eval "$PROGRAM"; }
COMP_WORDS=(twilio-test-proxy exec --cassette ./cas/)
COMP_CWORD=3
compopt() { echo "$@"; }
_twilio_test_proxy_completion twilio-test-proxy
"""


def test_bash_falls_back_on_its_own_completion_of_files(home: Path) -> None:
    script = run("completion", "bash", home=home).stdout
    # The script calls $1, and bash finds functions before programs; env needs a program, so its words stand here.
    program = script.replace("env COMP", "COMP")
    added = {"SCRIPT": program, "PROGRAM": shlex.join(command_line())}
    done = subprocess.run(
        ["bash", "-c", BASH], env=environment(home, **added), capture_output=True, text=True, check=False
    )
    assert done.stdout == "-o default\n", done.stderr
