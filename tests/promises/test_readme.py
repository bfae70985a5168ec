"""What the README says, done: its tables, and its commands as pasted."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from running_proxy import ROOT, START_LINE, RunningProxy
from twilio_test_proxy.addons.options import NAMES
from twilio_test_proxy.twilio import magic

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def block(language: str, text: str) -> str:
    """The only block in a language that contains a text."""
    (found,) = [content for name, content in BLOCKS if name == language and text in content]
    return str(found)


def here(commands: str, proxy: RunningProxy) -> str:
    """The README's commands, for the proxy of this test in place of the one on port 8080."""
    return commands.replace("http://127.0.0.1:8080", proxy.url).replace(
        "~/.mitmproxy/mitmproxy-ca-cert.pem", str(proxy.authority)
    )


def run(commands: list[str], proxy: RunningProxy) -> str:
    environment = {name: value for name, value in proxy.environment().items() if not name.endswith("_BUNDLE")}
    result = subprocess.run(commands, capture_output=True, text=True, env=environment, timeout=100, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_curl_session(proxy: RunningProxy) -> None:
    output = run(["bash", "-euc", here(block("sh", "curl -u"), proxy)], proxy)
    success, failure = output.split("<?xml")
    assert '"status": "queued"' in success
    assert "<Code>21614</Code>" in failure


def test_the_twilio_python_session(proxy: RunningProxy, tmp_path: Path) -> None:
    exports = here(block("sh", "curl -u"), proxy).partition("sid=")[0]
    program = tmp_path / "session.py"
    program.write_text(block("python", "client.messages.create"))
    output = run(["bash", "-euc", f"{exports} exec {sys.executable} -W ignore {program}"], proxy)
    created, refused = output.splitlines()
    assert re.fullmatch(r"SM[0-9a-f]{32} queued", created)
    assert refused.startswith("21215 ")
    assert "Account not authorized to call +15005550003" in refused


def test_the_tables_are_those_of_the_code_in_the_same_order() -> None:
    tables = README.partition("<!-- tables -->")[2].partition("<!-- /tables -->")[0]
    shown = re.findall(r"^\| (\+?\d+|All Others) \| (.*) \| (.*) \|$", tables, re.MULTILINE)
    expected = []
    for table in magic.TABLES:
        expected += [
            (row.value, row.description, str(row.error.code) if row.error else "No error") for row in table.rows
        ]
        if table.others:
            error = table.others.error
            expected.append(
                (table.others.value, table.others.description, str(error.code) if error else "Input-dependent")
            )
    assert shown == expected


def test_every_option_it_names_exists() -> None:
    named = set(re.findall(r"`(twilio_[a-z_]+)`", README))
    assert named
    assert named <= set(NAMES)


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    """A fresh checkout, without anything installed."""
    target = tmp_path / "twilio-test-proxy"
    shutil.copytree(
        ROOT, target, ignore=shutil.ignore_patterns(".venv*", ".git", "__pycache__", "*.egg-info", ".*_cache")
    )
    yield target


@pytest.mark.timeout(600)
def test_the_first_command_sets_itself_up_and_serves(clone: Path, tmp_path: Path) -> None:
    assert block("sh", "scripts/serve").strip() == "scripts/serve"
    options = ("--listen-port", "0", "--set", f"confdir={tmp_path / 'conf'}")
    process = subprocess.Popen(
        [str(clone / "scripts" / "serve"), *options], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as lines:
        started = next((line for line in lines if START_LINE.search(line)), "")
        process.send_signal(signal.SIGINT)
        rest = lines.read()
    assert process.wait(30) == 0
    assert "http://127.0.0.1:" in started
    assert "no requests; connections to Twilio: 0" in rest
