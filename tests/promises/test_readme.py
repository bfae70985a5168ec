"""What the README says, done: its tables, and its commands as pasted."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clients.table import CLIENTS
from connect_proxy import connect_proxy
from live import API, LIVE_SID, LIVE_TOKEN, ONE
from running_proxy import ROOT, START_LINE
from stand_in import stand_in
from twilio_test_proxy.addons.options import NAMES
from twilio_test_proxy.certificates import authority
from twilio_test_proxy.twilio import magic

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def block(language: str, text: str) -> str:
    """The only block in a language that contains a text."""
    (found,) = [content for name, content in BLOCKS if name == language and text in content]
    return str(found)


def bash(commands: str, directory: Path, **environment: str) -> str:
    """Run commands of the README as pasted, from the top of the repository."""
    clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    home = {"TWILIO_TEST_PROXY_HOME": str(directory / "home")}
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=clean | home | environment,
        timeout=400,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """What `scripts/serve` starts, on a free port in place of 8080: the home of its CA, and its URL."""
    directory = tmp_path_factory.mktemp("served")
    with serving(ROOT, directory) as url:
        yield directory, url


@contextmanager
def serving(checkout: Path, directory: Path) -> Iterator[str]:
    assert block("sh", "scripts/serve").strip() == "scripts/serve"
    process = subprocess.Popen(
        [str(checkout / "scripts" / "serve"), "--port", "0"],
        cwd=directory,
        env=os.environ | {"TWILIO_TEST_PROXY_HOME": str(directory / "home")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as lines:
        started = next((match for line in lines if (match := START_LINE.search(line))), None)
        assert started, "scripts/serve did not start"
        yield started[1]
        process.send_signal(signal.SIGINT)
        rest = lines.read()
    assert process.wait(30) == 0
    assert rest.splitlines()[-1].startswith("twilio-test-proxy: ")


@pytest.mark.timeout(500)
def test_one_word_in_front_of_the_command(tmp_path: Path) -> None:
    answer = json.loads(bash(block("sh", "exec -- "), tmp_path))
    assert (answer["to"], answer["status"]) == ("+14108675309", "queued")


@pytest.mark.timeout(500)
def test_the_curl_session(served: tuple[Path, str]) -> None:
    directory, url = served
    session = block("sh", "curl -u").replace("twilio-test-proxy env", f"twilio-test-proxy env --url {url}")
    success, failure = bash(session, directory).split("<?xml")
    assert '"status": "queued"' in success
    assert "<Code>21614</Code>" in failure


@pytest.mark.timeout(500)
def test_the_twilio_python_session(served: tuple[Path, str], tmp_path: Path) -> None:
    directory, url = served
    program = tmp_path / "session.py"
    program.write_text(block("python", "client.messages.create"))
    exports = f'eval "$(scripts/twilio-test-proxy env --url {url})"'
    created, refused = bash(f"{exports}; {sys.executable} -W ignore {program}", directory).splitlines()
    assert re.fullmatch(r"SM[0-9a-f]{32} queued", created)
    assert refused.startswith("21215 ")
    assert "Account not authorized to call +15005550003" in refused


@pytest.mark.timeout(500)
def test_the_second_example_replays_the_cassette_that_ships(tmp_path: Path) -> None:
    commands = block("sh", "--cassette cassettes/hello.yaml")
    answer = json.loads(bash(commands, tmp_path))
    assert (answer["body"], answer["account_sid"]) == ("Hello from a cassette", "AC" + "2" * 32)
    changed = json.loads(bash(commands.replace("Hello from", "Greetings from"), tmp_path))
    assert changed["code"] == 424001
    assert "Body: recorded" in changed["message"]


SUITE = f"""#!/bin/sh
exec curl -s -u {LIVE_SID}:{LIVE_TOKEN} {API}/Messages.json --data-urlencode To={ONE["To"]} -d Body=recorded
"""


@pytest.mark.timeout(500)
def test_recording_as_shown_records_what_the_suite_sends_and_it_replays(tmp_path: Path) -> None:
    suite, cassette = tmp_path / "your-test-suite", tmp_path / "checkout.yaml"
    suite.write_text(SUITE)
    suite.chmod(0o755)
    bash("scripts/twilio-test-proxy --version", tmp_path)  # which installs it, where it is not, and not from Twilio
    shown = block("sh", "--forward-live")
    record = shown.replace("your-test-suite", str(suite)).replace("cassettes/checkout.yaml", str(cassette))
    confdir = authority.ensure(tmp_path / "home").confdir
    with stand_in(tmp_path) as twilio, connect_proxy(twilio.port) as company:
        (confdir / "config.yaml").write_text(f"ssl_verify_upstream_trusted_ca: {twilio.authority}\n")
        sent = json.loads(bash(record, tmp_path, HTTPS_PROXY=company.url))
        (method, path, _, body) = twilio.requests[0]
        replay = record.replace(" --forward-live --record-mode once", "")
        played = json.loads(bash(replay, tmp_path, HTTPS_PROXY=company.url))
        assert len(twilio.requests) == len(company.requests) == 1
    assert (method, f"https://api.twilio.com{path}") == ("POST", f"{API}/Messages.json")
    assert body == b"To=%2B14108675309&Body=recorded"
    assert (sent["body"], sent["status"], sent["account_sid"]) == ("recorded", "queued", LIVE_SID)
    assert played == sent
    assert cassette.read_text().count("- request:") == 1
    assert LIVE_TOKEN not in cassette.read_text()
    assert "nothing found" in bash(f"scripts/cassette check {cassette}", tmp_path)


@pytest.mark.timeout(500)
def test_the_cassette_commands(tmp_path: Path) -> None:
    output = bash(block("sh", "scripts/cassette check"), tmp_path)
    assert "nothing found" in output
    assert "4 interactions" in output


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


def test_the_matrix_is_what_the_clients_are_tested_for() -> None:
    shown = re.findall(r"^\| (.+?) \| (yes|no) \| yes \| yes \| yes \|$", README, re.MULTILINE)
    assert shown == [(client.name, "yes" if client.variables_alone else "no") for client in CLIENTS]


def test_every_option_it_names_exists() -> None:
    options = README.partition("## Options\n")[2].partition("## ")[0]
    named = set(re.findall(r"`(twilio_[a-z_]+)`", options))
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
def test_a_fresh_clone_sets_itself_up_and_serves(clone: Path, tmp_path: Path) -> None:
    with serving(clone, tmp_path) as url:
        assert url.startswith("http://127.0.0.1:")


def test_its_pictures_exist() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    assert pictures
    assert [picture for picture in pictures if not (ROOT / picture).is_file()] == []


HOWTOS = [content for language, content in BLOCKS if content.startswith("# tests/howto/")]


@pytest.mark.parametrize("shown", HOWTOS, ids=lambda shown: shown.partition("\n")[0].rpartition("/")[2])
def test_a_howto_is_the_test_that_it_says_it_is(shown: str) -> None:
    path, _, content = shown.removeprefix("# ").partition("\n")
    assert (ROOT / path).read_text() == content


def test_every_block_of_commands_is_run_by_a_test() -> None:
    source = Path(__file__).read_text()
    marks = re.findall(r'block\("(\w+)", "([^"]+)"\)', source)
    for language, content in BLOCKS:
        if language in ("sh", "python") and content not in HOWTOS:
            assert [mark for mark in marks if mark[0] == language and mark[1] in content], content
