import contextlib
import json
import os
import re
import signal
import socket
import socketserver
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from command_line import PROBES, START, command_line, environment, run
from isolation import inside
from stand_in import stand_in
from twilio_test_proxy.certificates import authority
from twilio_test_proxy.cli import isolated, upstream
from twilio_test_proxy.isolation import dialling

CURL = ("sh", PROBES / "curl.sh")
SID = re.compile(r"SM[0-9a-f]{32}")


def test_a_message_is_answered_and_counted(home: Path) -> None:
    done = run("exec", "--isolated", "--", *CURL, home=home)
    assert done.returncode == 0, done.stderr
    assert SID.search(done.stdout)
    assert done.stderr == "twilio-test-proxy: 1 answered, 0 connections to Twilio\n"


@pytest.mark.parametrize("options", [("--noproxy", "*"), ("--cacert", "/etc/ssl/certs/ca-certificates.crt")])
def test_a_client_with_a_mind_of_its_own_is_answered_too(home: Path, options: tuple[str, str]) -> None:
    request = ("curl", "--silent", "--show-error", *options, "-u", "AC" + "1" * 32 + ":x", "https://api.twilio.com/")
    done = run("exec", "--isolated", "--", *request, home=home)
    assert done.returncode == 0, done.stderr


def test_variables_of_the_user_that_lead_outside_lead_to_the_proxy(home: Path) -> None:
    added = {"https_proxy": "http://198.51.100.1:3128", "NO_PROXY": "*"}
    done = run("exec", "--isolated", "--", *CURL, home=home, added=added)
    assert SID.search(done.stdout), done.stderr


def test_nothing_else_can_be_reached(home: Path) -> None:
    script = "curl -sS -m 9 --noproxy '*' https://example.com; curl -sS -m 9 --noproxy '*' http://198.51.100.1"
    done = run("exec", "--isolated", "-q", "sh", "-c", script, home=home)
    assert done.returncode == 7
    assert "Could not resolve host: example.com" in done.stderr
    assert "Failed to connect to 198.51.100.1 port 80 after 0 ms" in done.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(["true"], 0, id="success"),
        pytest.param(["sh", "-c", "exit 3"], 3, id="failure"),
        pytest.param(["sh", "-c", "kill -TERM $$"], 143, id="signal"),
        pytest.param(["no-such-command-here"], 127, id="not found"),
    ],
)
def test_exit_code_is_the_command_s(home: Path, words: list[str], code: int) -> None:
    assert run("exec", "--isolated", *words, home=home).returncode == code


def test_standard_input(home: Path) -> None:
    assert run("exec", "--isolated", "cat", home=home, stdin="hello").stdout == "hello"


def test_nothing_is_left(home: Path, tmp_path: Path) -> None:
    added = {"TMPDIR": str(tmp_path)}
    done = run("exec", "--isolated", "sh", "-c", "ls $TMPDIR; setsid --fork sleep 4712", home=home, added=added)
    assert len(done.stdout.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
    listed = subprocess.run(["ps", "ax", "-o", "args="], capture_output=True, text=True, check=True).stdout
    assert "sleep 4712" not in listed.splitlines()


def test_a_signal_is_passed_on_and_the_summary_still_printed(home: Path) -> None:
    script = "trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done"
    process = subprocess.Popen(
        command_line("exec", "--isolated", "sh", "-c", script),
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
    running = [
        subprocess.Popen(
            command_line("exec", "--isolated", "--report", tmp_path / f"{number}.json", *CURL),
            env=environment(home),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for number in range(2)
    ]
    assert [process.wait() for process in running] == [0, 0]
    assert [json.loads(path.read_text())["summary"]["answered"] for path in tmp_path.glob("*.json")] == [1, 1]


# Where a kernel allows no user namespace: within one, the limit can be set without being root outside.
FORBIDDEN = f"""
{START}
from pathlib import Path
from twilio_test_proxy.isolation import namespaces
namespaces.enter_user_namespace()
Path("/proc/sys/user/max_user_namespaces").write_text("0")
sys.argv[1:] = ["exec", "--isolated", "true"]
from twilio_test_proxy.cli.main import main
main()
"""


def test_a_kernel_that_forbids_it_is_a_sentence_and_exit_code_1(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORBIDDEN], env=environment(home), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == (
        "twilio-test-proxy: Cannot isolate the command: no user namespace (ENOSPC): user.max_user_namespaces is 0; "
        "allow them with: sysctl -w user.max_user_namespaces=15000.\n"
    )


ORDINARY = """
import os, sys
os.environ |= {"TWILIO_TEST_PROXY_HOME": sys.argv[1], "TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_AUTH_TOKEN": "2"}
sys.argv[1:] = ["exec", "--isolated", "--", *sys.argv[2:]]
from twilio_test_proxy.cli.main import main
main()
"""


@pytest.mark.parametrize("user", inside.USERS)
def test_any_user_can(user: str) -> None:
    with inside.shared_folder() as folder:
        script = (PROBES / "curl.sh").read_text()
        done = inside.run(ORDINARY, str(folder / "home"), "sh", "-c", f"id -u; {script}", user=user)
    number, _, message = done.stdout.partition("\n")
    assert int(number) == (0 if user == "root" else os.geteuid() or inside.NOBODY)
    assert SID.search(message), done.stderr


class ForwardProxy(socketserver.ThreadingTCPServer):
    """The user's own proxy, outside: notes what it is asked for, and leads to the stand-in."""

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), ForwardRequest)
        self.upstream = port
        self.asked: list[str] = []


class ForwardRequest(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, ForwardProxy)
        self.server.asked.append(self.rfile.readline().decode().strip())
        while self.rfile.readline().strip():
            pass
        with socket.create_connection(("127.0.0.1", self.server.upstream)) as upstream:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            inwards = threading.Thread(target=pump, args=(upstream, self.connection))
            inwards.start()
            pump(self.connection, upstream)
            inwards.join()


def pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("isolation", [("--isolated",), ()], ids=["isolated", "not isolated"])
def test_a_live_request_leaves_through_the_user_s_own_proxy(tmp_path: Path, isolation: tuple[str, ...]) -> None:
    home = authority.ensure(tmp_path / "home").confdir
    options = (*isolation, "--cassette", str(tmp_path / "live.yaml"))
    recording = ("--forward-live", "--record-mode", "once")
    with stand_in(tmp_path) as twilio, ForwardProxy(twilio.port) as proxy:
        (home / "config.yaml").write_text(f"ssl_verify_upstream_trusted_ca: {twilio.authority}\n")
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        added = {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.server_address[1]}"}
        recorded = run("exec", *options, *recording, *CURL, home=home, added=added)
        replayed = run("exec", *options, *CURL, home=home)
        proxy.shutdown()
        thread.join()
    assert recorded.returncode == 0, recorded.stderr
    assert SID.search(recorded.stdout), recorded.stdout
    assert replayed.stdout == recorded.stdout
    assert proxy.asked == ["CONNECT api.twilio.com:443 HTTP/1.1"]
    assert "1 connection to Twilio" in recorded.stderr
    assert "1 played" in replayed.stderr
    assert "0 connections to Twilio" in replayed.stderr


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("", {"proxy": "", "credentials": ""}, id="directly"),
        pytest.param(
            "http://me:s%40crt@proxy.example:3128",
            {"proxy": "http://proxy.example:3128", "credentials": "me:s@crt"},
            id="through the user's own proxy",
        ),
    ],
)
def test_live_requests_leave_as_the_user_s_own_do(
    monkeypatch: pytest.MonkeyPatch, url: str, expected: dict[str, str]
) -> None:
    for name in upstream.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", url)
    way_out = isolated.way_out()
    assert way_out.func is dialling.dial
    assert way_out.keywords == expected


def test_that_unix_sockets_stay_is_in_the_help(home: Path) -> None:
    assert "Unix sockets in the file system (Docker's, ssh-agent's) are not a network" in " ".join(
        run("exec", "--help", home=home).stdout.split()
    )
