"""Every value must come back as it was from the real reader of each format, where this machine has it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from twilio_test_proxy.cli.shell_formats import FORMATS, render

VALUES = {
    "PLAIN": "http://127.0.0.1:8080",
    "BLANK": "-Da=b -Dc=d",
    "SINGLE": "it's",
    "DOUBLE": 'say "hi"',
    "BACKSLASH": "C:\\temp\\new",
    "DOLLAR": "$HOME ${HOME} `id` !x #c",
    "TWO_LINES": "one\ntwo's\n",
    "EMPTY": "",
    "UNICODE": "Zürich 💬",
}

SHELLS = {
    "sh": ["sh"],
    "bash": ["bash"],
    "zsh": ["zsh"],
    "fish": ["fish", "--no-config"],
}


@pytest.mark.parametrize("shell", [name for name, command in SHELLS.items() if shutil.which(command[0])])
def test_a_shell_reads_it_back(shell: str, tmp_path: Path) -> None:
    script = tmp_path / "variables"
    names = ", ".join(f"'{name}'" for name in VALUES)
    dump = f'python3 -c "import os, json; print(json.dumps([os.environ[n] for n in [{names}]]))"'
    script.write_text(render(VALUES, "fish" if shell == "fish" else "sh") + dump + "\n")
    done = subprocess.run([*SHELLS[shell], script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == list(VALUES.values())


def test_sh_is_on_every_machine() -> None:
    assert shutil.which("sh")


@pytest.mark.parametrize(
    ("shell", "value", "expected"),
    [
        pytest.param("sh", "it's", "export X='it'\"'\"'s'\n", id="sh"),
        pytest.param("fish", "it's \\", "set -gx X 'it\\'s \\\\';\n", id="fish"),
        pytest.param("powershell", "it's $x", "$env:X = 'it''s $x'\n", id="powershell"),
        pytest.param("powershell", "it\u2019s", "$env:X = 'it\u2019\u2019s'\n", id="powershell, typographic quote"),
        pytest.param("dotenv", 'a "b" $c', "X='a \"b\" $c'\n", id="dotenv"),
        pytest.param("dotenv", "it's $c\n", 'X="it\'s \\$c\\n"\n', id="dotenv, single quote"),
        pytest.param("github", "a 'b'", "X=a 'b'\n", id="github"),
        pytest.param(
            "github", "a\nb", "X<<TWILIO_TEST_PROXY_END\na\nb\nTWILIO_TEST_PROXY_END\n", id="github, two lines"
        ),
        pytest.param(
            "github",
            "\nTWILIO_TEST_PROXY_END",
            "X<<TWILIO_TEST_PROXY_END_\n\nTWILIO_TEST_PROXY_END\nTWILIO_TEST_PROXY_END_\n",
            id="github, a value that holds the mark",
        ),
    ],
)
def test_quoting(shell: str, value: str, expected: str) -> None:
    assert render({"X": value}, shell) == expected


def test_formats() -> None:
    assert list(FORMATS) == ["sh", "fish", "powershell", "dotenv", "github"]
