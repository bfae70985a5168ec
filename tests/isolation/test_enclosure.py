import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from isolation import inside

ISOLATED = "from isolation import isolated; isolated.run()"
IPV4 = "127.0.0.1"


@pytest.fixture
def folder() -> Iterator[Path]:
    with inside.shared_folder() as path:
        yield path


def isolated(
    folder: Path, command: str, user: str = inside.USERS[0], options: Mapping[str, object] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a shell command isolated. In it, $PYTHON is this Python."""
    pairs = [f"{name}={value}" for name, value in (options or {}).items()]
    return inside.run(ISOLATED, str(folder), *pairs, "--", command, user=user)


GET = """$PYTHON -c '
import sys, urllib.error, urllib.request
for url in sys.argv[1:]:
    try:
        print(urllib.request.urlopen(url, timeout=20).read().decode())
    except (OSError, urllib.error.URLError) as error:
        print(str(error))
' """


@pytest.mark.parametrize("user", inside.USERS)
def test_every_twilio_name_leads_to_the_proxy(folder: Path, user: str) -> None:
    urls = [
        "https://api.twilio.com/a",
        "https://verify.twilio.com/b",
        "https://api.dublin.ie1.twilio.com/c",
        "http://api.twilio.com/d",
        "http://lookups.twilio.com/e",
    ]
    done = isolated(folder, GET + " ".join(urls), user)
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"scheme": "https", "host": "api.twilio.com", "path": "/a", "mode": "reverse"},
        {"scheme": "https", "host": "verify.twilio.com", "path": "/b", "mode": "reverse"},
        {"scheme": "https", "host": "api.dublin.ie1.twilio.com", "path": "/c", "mode": "reverse"},
        {"scheme": "http", "host": "api.twilio.com", "path": "/d", "mode": "reverse"},
        {"scheme": "http", "host": "lookups.twilio.com", "path": "/e", "mode": "reverse"},
    ], done.stderr


@pytest.mark.parametrize("user", inside.USERS)
def test_nothing_else_can_be_reached(folder: Path, user: str) -> None:
    with socket.create_server((IPV4, 0)) as outside:
        outside.settimeout(0)
        port = outside.getsockname()[1]
        urls = ["https://example.com/", "http://198.51.100.7/", "http://10.0.0.1/", f"http://{IPV4}:{port}/"]
        done = isolated(folder, GET + " ".join(urls), user)
        with pytest.raises(BlockingIOError):
            outside.accept()
    assert [line.rpartition("]")[2] for line in done.stdout.splitlines()] == [
        " Name or service not known>",
        " Network is unreachable>",
        " Network is unreachable>",
        " Connection refused>",
    ], done.stderr


def test_bundle_of_a_package_shows_the_proxys_authority(folder: Path) -> None:
    program = 'import requests; print(requests.get("https://api.twilio.com/", timeout=20).status_code)'
    done = isolated(folder, f"$PYTHON -c '{program}'")
    assert done.stdout == "201\n", done.stderr


def test_command_keeps_its_streams_directory_and_exit_code(folder: Path) -> None:
    done = isolated(folder, "pwd; echo error >&2; exit 7")
    assert (done.returncode, done.stdout, done.stderr) == (7, f"{Path.cwd()}\n", "error\n")


def test_ordinary_user_has_no_capability_and_its_own_number(folder: Path) -> None:
    done = isolated(folder, "id -u; grep -E 'Cap(Eff|Amb)' /proc/self/status", "ordinary user")
    number = inside.NOBODY if os.geteuid() == 0 else os.geteuid()
    assert done.stdout.split() == [str(number), "CapEff:", "0" * 16, "CapAmb:", "0" * 16]


def test_nothing_is_left_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [Path("/etc/hosts"), Path("/etc/resolv.conf"), Path("/etc/nsswitch.conf")]
    temporary = folder / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    before = [path.read_bytes() for path in files], mounts()
    done = isolated(folder, "setsid --fork sleep 4711; grep -c twilio.com /etc/hosts; ls $TMPDIR")
    assert int(done.stdout) > 30
    assert ([path.read_bytes() for path in files], mounts()) == before
    assert list(temporary.iterdir()) == []
    assert b"sleep\x004711\x00" not in commands()


CLOSED = """
import json, subprocess
from pathlib import Path
from twilio_test_proxy.isolation.enclosure import Enclosure
enclosure = Enclosure()
started = subprocess.Popen(["setsid", "--fork", "sh", "-c", "echo; sleep 4714"], stdout=subprocess.PIPE)
started.stdout.readline()
started.wait()
def sleeping():
    return [path.name for path in Path("/proc").glob("[0-9]*") if b"4714" in (path / "cmdline").read_bytes()]
before = len(sleeping())
enclosure.close()
print(json.dumps([before, len(sleeping())]))
"""


def test_close_ends_what_the_command_left_running() -> None:
    before, after = inside.answer(CLOSED)
    assert before > after == 1  # this program itself, which has the number in its text


def test_several_at_once_do_not_meet() -> None:
    script = "for n in 1 2 3; do " + GET + "https://api.twilio.com/$0; sleep 0.2; done"
    with inside.shared_folder() as one, inside.shared_folder() as two:
        arguments = [(ISOLATED, str(path), "--", script) for path in (one, two)]
        with inside.program(*arguments[0]) as first, inside.program(*arguments[1]) as second:
            outputs = [started.communicate(timeout=60)[0] for started in (first, second)]
    assert [output.count('"host": "api.twilio.com"') for output in outputs] == [3, 3]


class Twilio(BaseHTTPRequestHandler):
    """Plays Twilio outside, over TLS. Notes what it was asked."""

    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.asked.append((self.headers["Host"], self.path))
        body = b"live"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def twilio(folder: Path) -> Iterator[ThreadingHTTPServer]:
    """A server for api and verify.twilio.com; the authority that signed for it is in the folder, as ca.pem."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    (folder / "ca.pem").chmod(0o644)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.twilio.com", "verify.twilio.com").configure_cert(context)
    Twilio.asked = []
    with ThreadingHTTPServer((IPV4, 0), Twilio) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


LIVE: dict[str, object] = {"pass_on": "true", "http2": "false"}


@pytest.mark.parametrize("user", inside.USERS)
def test_live_request_leaves_through_the_gateway(folder: Path, twilio: ThreadingHTTPServer, user: str) -> None:
    urls = "https://api.twilio.com/a https://verify.twilio.com/b https://api.twilio.com/c"
    trusted = folder / "ca.pem"
    options = {**LIVE, "ssl_verify_upstream_trusted_ca": trusted, "upstream": twilio.server_port}
    done = isolated(folder, GET + urls, user, options)
    assert done.stdout.split() == ["live"] * 3, done.stderr
    assert Twilio.asked == [("api.twilio.com", "/a"), ("verify.twilio.com", "/b"), ("api.twilio.com", "/c")]


def test_live_request_to_an_impostor_is_not_sent(folder: Path, twilio: ThreadingHTTPServer) -> None:
    done = isolated(folder, GET + "https://api.twilio.com/a", options={**LIVE, "upstream": twilio.server_port})
    assert done.stdout == "HTTP Error 502: Bad Gateway\n", done.stderr
    assert Twilio.asked == []
    assert "Certificate verify failed" in (folder / "log").read_text()


def test_live_request_goes_nowhere_else_even_then(folder: Path, twilio: ThreadingHTTPServer) -> None:
    options = {**LIVE, "upstream": twilio.server_port, "allow_hosts": "example"}
    done = isolated(folder, GET + f"http://api.twilio.com/ http://{IPV4}:{twilio.server_port}/", options=options)
    assert done.stdout.splitlines() == [
        "HTTP Error 502: Bad Gateway",  # plain HTTP does not leave
        "<urlopen error [Errno 111] Connection refused>",
    ], done.stderr
    assert "Only CONNECT to twilio.com hosts on port 443 leaves the isolation" in (folder / "log").read_text()
    assert Twilio.asked == []


def test_without_the_gateway_live_requests_fail_at_once(folder: Path, twilio: ThreadingHTTPServer) -> None:
    done = isolated(folder, GET + "https://api.twilio.com/a", options=LIVE)
    assert done.stdout == "HTTP Error 502: Bad Gateway\n", done.stderr
    assert Twilio.asked == []


def mounts() -> list[str]:
    return Path("/proc/self/mounts").read_text().splitlines()


def commands() -> list[bytes]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes())
        except OSError:
            continue
    return found


def test_this_python_is_the_one_that_is_tested() -> None:
    assert inside.answer("import json, sys; print(json.dumps(sys.version))") == sys.version
