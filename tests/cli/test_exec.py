import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import PROBES, START, command_line, environment, run
from isolation.inside import shared_folder

CURL = ("sh", PROBES / "curl.sh")
SID = re.compile(r"SM[0-9a-f]{32}")


def test_a_message_is_answered_and_counted(home: Path) -> None:
    done = run("exec", "--", *CURL, home=home)
    assert done.returncode == 0, done.stderr
    assert SID.search(done.stdout)
    assert done.stderr == "twilio-test-proxy: 1 answered, 0 connections to Twilio\n"


def test_reports(home: Path, tmp_path: Path) -> None:
    paths = tmp_path / "r.json", tmp_path / "r.xml"
    done = run("exec", "--report", paths[0], "--report", paths[1], *CURL, home=home)
    assert done.returncode == 0, done.stderr
    written = json.loads(paths[0].read_text())
    assert written["summary"]["answered"] == 1
    assert written["summary"]["dialled"] == 0
    (request,) = written["requests"]
    assert (request["method"], request["status"], request["outcome"]) == ("POST", 201, "answered")
    assert request["url"].startswith("https://api.twilio.com/2010-04-01/Accounts/AC")
    assert 'tests="1" failures="0"' in paths[1].read_text()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(["true"], 0, id="success"),
        pytest.param(["sh", "-c", "exit 3"], 3, id="failure"),
        pytest.param(["sh", "-c", "kill -TERM $$"], 143, id="signal"),
        pytest.param(["no-such-command-here"], 127, id="not found"),
        pytest.param(["--", "sh", "-c", "exit 4"], 4, id="after two hyphens"),
    ],
)
def test_exit_code_is_the_command_s(home: Path, words: list[str], code: int) -> None:
    assert run("exec", *words, home=home).returncode == code


def test_what_looks_like_an_option_of_ours_is_the_command_s(home: Path) -> None:
    done = run("exec", "-q", "echo", "--report", "-q", home=home)
    assert (done.returncode, done.stdout, done.stderr) == (0, "--report -q\n", "")


def test_standard_input(home: Path) -> None:
    assert run("exec", "cat", home=home, stdin="hello").stdout == "hello"


def test_nothing_is_left(home: Path, tmp_path: Path) -> None:
    done = run("exec", "sh", "-c", "ls $TMPDIR", home=home, added={"TMPDIR": str(tmp_path)})
    assert done.stdout.startswith("twilio-test-proxy-")
    assert list(tmp_path.iterdir()) == []


# Only root can become somebody else.
BECOME_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") if os.geteuid() == 0 else ()


@pytest.mark.parametrize("isolation", [(), ("--isolated",)], ids=["beside", "isolated"])
def test_a_command_that_becomes_another_user_trusts_the_proxy(home: Path, isolation: tuple[str, ...]) -> None:
    script = (PROBES / "curl.sh").read_text() + 'cat "$(dirname "$SSL_CERT_FILE")"/../proxy/proxy.log\n'
    command = (*BECOME_NOBODY, "sh", "-c", script)
    with shared_folder() as folder:
        done = run("exec", *isolation, "--", *command, home=home, added={"TMPDIR": str(folder)})
    assert SID.search(done.stdout), done.stderr
    assert ("proxy/proxy.log: Permission denied" in done.stderr) == bool(BECOME_NOBODY)


def test_a_signal_is_passed_on_and_the_summary_still_printed(home: Path) -> None:
    script = "trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done"
    process = subprocess.Popen(
        command_line("exec", "sh", "-c", script),
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate()
    assert process.returncode == 9
    assert err == "twilio-test-proxy: no request, 0 connections to Twilio\n"


def test_concurrent_runs_do_not_meet(home: Path, tmp_path: Path) -> None:
    script = f"sh {PROBES / 'curl.sh'} >&2; echo $HTTPS_PROXY $SSL_CERT_FILE"
    running = [
        subprocess.Popen(
            command_line("exec", "--report", tmp_path / f"{number}.json", "sh", "-c", script),
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for number in range(3)
    ]
    said = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len({word for line in said for word in line.split()}) == 6
    counts = [json.loads(path.read_text())["summary"]["answered"] for path in tmp_path.glob("*.json")]
    assert counts == [1, 1, 1]


def test_live_credentials_are_refused(home: Path) -> None:
    options = ("--test-account-sid", "AC" + "9" * 32, "--test-auth-token", "8" * 32)
    done = run("exec", *options, *CURL, home=home)
    assert "424002" in done.stdout
    assert done.stderr == "twilio-test-proxy: 1 refused, 0 connections to Twilio\n"


def test_a_start_that_fails_is_one_sentence_first(home: Path, tmp_path: Path) -> None:
    (tmp_path / "torn.yaml").write_text("<<<<<<< HEAD")
    done = run("exec", "--cassette", tmp_path / "torn.yaml", "true", home=home)
    assert done.returncode == 1
    first, second, *rest = done.stderr.splitlines()
    assert first == "twilio-test-proxy: The proxy did not start (exit code 1)."
    assert second == "It printed:"
    assert "torn.yaml" in "".join(rest)


def test_a_contradiction_is_one_line_before_anything_is_started(home: Path) -> None:
    done = run("exec", "--record-mode", "once", "true", home=home)
    assert done.returncode == 1
    assert re.fullmatch(r"twilio-test-proxy: --record-mode once .* add --forward-live, .*\n", done.stderr)


# A proxy that does not outlive the command, as one that the kernel has killed for want of memory.
KILLED = (
    START
    + """
from twilio_test_proxy.cli import command, proxy_process
end = proxy_process.ProxyProcess.end
def killed(self):
    self._process.kill()
    return end(self)
proxy_process.ProxyProcess.end = killed
from twilio_test_proxy.cli.main import main
main()
"""
)


@pytest.mark.parametrize("isolation", [(), ("--isolated",)], ids=["beside", "isolated"])
@pytest.mark.parametrize(("code", "final"), [pytest.param(7, 7, id="failure"), pytest.param(0, 1, id="success")])
def test_a_proxy_that_died_does_not_cost_the_command_its_exit_code(
    code: int, final: int, isolation: tuple[str, ...], home: Path, tmp_path: Path
) -> None:
    words = [sys.executable, "-c", KILLED, "exec", *isolation, "--report", str(tmp_path / "r.json")]
    words += ["sh", "-c", f"exit {code}"]
    done = subprocess.run(words, env=environment(home), capture_output=True, text=True, check=False)
    assert done.returncode == final
    assert "twilio-test-proxy: The proxy left no report: it ended too early." in done.stderr
    assert json.loads((tmp_path / "r.json").read_text())["exit_code"] == final


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["--report", "r.txt", "true"], "ends with .json", id="report"),
        pytest.param(["--record-mode", "sometimes", "true"], "Invalid value for '--record-mode'", id="record mode"),
        pytest.param([], "Missing argument 'COMMAND...'", id="no command"),
    ],
)
def test_wrong_options(home: Path, arguments: list[str], message: str) -> None:
    done = run("exec", *arguments, home=home)
    assert done.returncode in (1, 2)
    assert message in done.stderr


def test_without_a_place_for_the_authority(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("exec", "true", home=tmp_path / "file" / "ca")
    assert done.returncode == 1
    assert "set TWILIO_TEST_PROXY_HOME to a directory that you may write" in done.stderr


CASSETTE = """\
version: 1
interactions:
- request:
    method: GET
    uri: https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000000.json
    body: null
    headers: {}
  response:
    status: {code: 200, message: OK}
    headers: {Content-Type: [application/json]}
    body: {string: '{"friendly_name": "Tape 1"}'}
"""

ASK = 'curl -sS -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" "https://api.twilio.com/2010-04-01/Accounts/$TWILIO_ACCOUNT_SID'


@pytest.mark.parametrize(
    ("options", "asked", "code", "summary"),
    [
        pytest.param([], ".json", 0, "1 played, 0 connections to Twilio", id="played"),
        pytest.param(
            ["--fail-on-miss", "--fail-on-unplayed"],
            ".json",
            0,
            "1 played, 0 connections to Twilio",
            id="played, strictly",
        ),
        pytest.param([], "/Calls.json", 0, "1 missed, 1 unplayed, 0 connections to Twilio", id="missed"),
        pytest.param(["--fail-on-miss"], "/Calls.json", 1, "(--fail-on-miss):\n  GET https://", id="fail on miss"),
        pytest.param(["--fail-on-unplayed"], "/Calls.json", 1, "(--fail-on-unplayed)", id="fail on unplayed"),
    ],
)
def test_cassette(home: Path, tmp_path: Path, options: list[str], asked: str, code: int, summary: str) -> None:
    (tmp_path / "shop.yaml").write_text(CASSETTE)
    command = ("--", "sh", "-c", f'{ASK}{asked}"')
    done = run("exec", "--cassette", "shop", "--cassette-dir", tmp_path, *options, *command, home=home)
    assert done.returncode == code, done.stderr
    assert ("Tape 1" in done.stdout) == (asked == ".json")
    assert summary in done.stderr
    assert (tmp_path / "shop.yaml").read_text() == CASSETTE


@pytest.fixture
def company_proxy() -> Iterator[tuple[str, list[str]]]:
    """The URL of a proxy that the user's own connections go through, and the requests that it has got."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.path} {self.headers['Proxy-Authorization']}")
            self.send_response(200)
            self.send_header("Content-Length", "7")
            self.end_headers()
            self.wfile.write(b"company")

        do_CONNECT = do_GET  # noqa: N815

        def log_message(self, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://me:secret@127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "all_proxy"])
def test_other_hosts_go_on_through_the_user_s_own_proxy(
    variable: str, home: Path, company_proxy: tuple[str, list[str]]
) -> None:
    url, asked = company_proxy
    script = f"curl -sS http://other.example.test/; sh {PROBES / 'curl.sh'}"
    done = run("exec", "sh", "-c", script, home=home, added={variable: url})
    assert done.stdout.startswith("company"), done.stderr
    assert SID.search(done.stdout)
    # Twilio's host was not asked for there.
    assert asked == ["http://other.example.test/ Basic bWU6c2VjcmV0"]


def test_a_proxy_of_the_user_s_that_cannot_be_gone_through_is_said(home: Path) -> None:
    done = run("exec", "true", home=home, added={"ALL_PROXY": "socks5://127.0.0.1:9"})
    assert done.returncode == 0
    assert done.stderr.startswith("twilio-test-proxy: ALL_PROXY names a socks5 proxy, which mitmproxy cannot")


def test_a_proxy_of_the_user_s_without_a_url_is_one_sentence(home: Path) -> None:
    done = run("exec", "true", home=home, added={"HTTPS_PROXY": "http://h:bad"})
    assert done.returncode == 1
    assert re.fullmatch(r"twilio-test-proxy: HTTPS_PROXY holds no URL of a proxy: .*\n", done.stderr)


def test_one_run_inside_another(home: Path) -> None:
    """The inner one answers, and does not take the outer one for a company's proxy."""
    done = run("exec", "--", *command_line("exec", "--", *CURL), home=home)
    assert done.returncode == 0, done.stderr
    assert SID.search(done.stdout)
    assert done.stderr.splitlines() == [
        "twilio-test-proxy: 1 answered, 0 connections to Twilio",
        "twilio-test-proxy: no request, 0 connections to Twilio",
    ]


def test_the_interpreter_of_the_run_is_not_changed(home: Path) -> None:
    """The path hook leaves no trace in a program that does not ask Twilio anything."""
    program = "import sys; print([path for path in sys.path if 'launch_hooks' in path])"
    assert run("exec", "-q", sys.executable, "-c", program, home=home).stdout == "[]\n"
