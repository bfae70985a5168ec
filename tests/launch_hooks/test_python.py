import base64
import http.server
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from launch_hooks.interpreters import PYTHONS
from twilio_test_proxy.cli.environment import HOOKS

# Neither http.client nor its TLS reads a variable; the CA file is one of its own, as in many SDKs.
MESSAGE = """
import base64, os, ssl
try:
    from http.client import HTTPSConnection
except ImportError:
    from httplib import HTTPSConnection
sid, token = os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"]
context = ssl.create_default_context()
context.load_verify_locations(os.environ["TWILIO_PINNED_CA"])
connection = HTTPSConnection("api.twilio.com", 443, timeout=30, context=context)
pair = base64.b64encode((sid + ":" + token).encode("ascii")).decode("ascii")
connection.request("POST", "/2010-04-01/Accounts/" + sid + "/Messages.json",
    "To=%2B14108675310&From=%2B15005550006&Body=hello",
    {"Authorization": "Basic " + pair, "Content-Type": "application/x-www-form-urlencoded"})
print(connection.getresponse().read().decode("utf-8"))
"""

every_python = pytest.mark.parametrize("python", PYTHONS.values(), ids=list(PYTHONS))


def run(python: str, program: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([python, "-c", program], env=environment, capture_output=True, text=True, check=False)


def test_some_pythons_were_found() -> None:
    assert any(version.startswith("3.1") for version in PYTHONS)


@pytest.fixture
def pinned(home: Path, hook_alone: dict[str, str]) -> dict[str, str]:
    """With a pinned CA file that does not hold the proxy's certificate."""
    return {**hook_alone, "TWILIO_PINNED_CA": str(home / "mitmproxy-ca-cert.pem")}


@every_python
def test_a_client_that_reads_no_variable_is_led_to_the_proxy(python: str, pinned: dict[str, str]) -> None:
    done = run(python, MESSAGE, pinned)
    assert re.search(r'"sid": ?"SM[0-9a-f]{32}"', done.stdout), done.stdout + done.stderr
    assert done.stderr == ""


@every_python
def test_it_is_the_hook_that_does_it(python: str, pinned: dict[str, str]) -> None:
    done = run(python, MESSAGE, {name: value for name, value in pinned.items() if name != "PYTHONPATH"})
    assert done.returncode != 0
    assert "SM" not in done.stdout


@every_python
def test_the_user_s_own_sitecustomize_is_run(python: str, hook_alone: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.stdout.write('mine ')\nANSWER = 42\n")
    path = os.pathsep.join([hook_alone["PYTHONPATH"], str(tmp_path)])
    done = run(python, "import sitecustomize; print(sitecustomize.ANSWER)", {**hook_alone, "PYTHONPATH": path})
    assert (done.stdout, done.stderr) == ("mine 42\n", "")


@every_python
@pytest.mark.parametrize(
    "source",
    ["raise ValueError('mine')", "import no_such_module_here", "syntax error"],
    ids=["raises", "imports", "syntax"],
)
def test_the_user_s_own_error_is_shown_as_ever(
    python: str, source: str, hook_alone: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(source)
    hook = hook_alone["PYTHONPATH"]
    without = run(python, "print('went on')", {**hook_alone, "PYTHONPATH": str(tmp_path)})
    path = os.pathsep.join([hook, str(tmp_path)])
    with_hook = run(python, "print('went on')", {**hook_alone, "PYTHONPATH": path})
    assert (with_hook.returncode, with_hook.stdout) == (without.returncode, without.stdout)
    assert last_error(with_hook.stderr) == last_error(without.stderr)


def last_error(text: str) -> list[str]:
    return re.findall(r"^\w*Error.*$", text, re.MULTILINE)


@every_python
def test_no_trace_in_a_program_of_another_kind(python: str, hook_alone: dict[str, str]) -> None:
    program = (
        "import sys; print([name for name in ('ssl', 'socket', 'httplib2') if name in sys.modules]);"
        "print([path for path in sys.path if 'launch_hooks' in path])"
    )
    done = run(python, program, hook_alone)
    assert (done.stdout, done.stderr) == ("[]\n[]\n", "")


@every_python
@pytest.mark.parametrize(
    "wrong",
    [
        {"TWILIO_TEST_PROXY_URL": "nonsense"},
        {"TWILIO_TEST_PROXY_URL": "http://127.0.0.1:port"},
        {"TWILIO_TEST_PROXY_URL": ""},
        {"TWILIO_TEST_PROXY_CA": "/nowhere.pem"},
    ],
    ids=["no URL", "no port", "empty", "no certificate"],
)
def test_wrong_variables_break_no_program(python: str, wrong: dict[str, str], hook_alone: dict[str, str]) -> None:
    program = "import ssl, socket; ssl.create_default_context(); print('went on')"
    done = run(python, program, {**hook_alone, **wrong})
    assert (done.stdout, done.stderr) == ("went on\n", "")


@pytest.fixture
def another_host() -> Iterator[int]:
    """The port of a plain HTTP server on this machine."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "6")
            self.end_headers()
            self.wfile.write(b"direct")

        def log_message(self, *arguments: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@every_python
def test_other_hosts_are_asked_directly(python: str, another_host: int, hook_alone: dict[str, str]) -> None:
    program = (
        "try: from urllib.request import urlopen\nexcept ImportError: from urllib2 import urlopen\n"
        f"print(urlopen('http://127.0.0.1:{another_host}/').read().decode('ascii'))"
    )
    assert run(python, program, hook_alone).stdout == "direct\n"


@pytest.fixture
def hook() -> SimpleNamespace:
    """The hook's module, as it is in a program."""
    names: dict[str, object] = {"__name__": "hook"}
    exec((HOOKS / "python" / "twilio_test_proxy_hook.py").read_text(), names)  # noqa: S102
    return SimpleNamespace(**names)


@pytest.mark.parametrize(
    ("url", "host", "port", "user"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1", 8080, ""),
        ("http://shop:x@127.0.0.1:8080/", "127.0.0.1", 8080, "shop:x"),
        ("http://[::1]:8080", "::1", 8080, ""),
    ],
)
def test_settings(hook: SimpleNamespace, url: str, host: str, port: int, user: str) -> None:
    settings = hook.Settings(url, "/ca.pem")
    assert (settings.host, settings.port, settings.user) == (host, port, user)


@every_python
def test_the_user_of_the_url_is_sent_as_it_was_before_it_was_quoted(python: str) -> None:
    """As curl and requests send it."""
    program = (
        f"import sys; sys.path.insert(0, {str(HOOKS / 'python')!r}); import twilio_test_proxy_hook as hook\n"
        "print(hook.basic('checkout%2Fa:x%3Ay'))"
    )
    done = run(python, program, {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"})
    assert base64.b64decode(done.stdout) == b"checkout/a:x:y", done.stderr


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("api.twilio.com", True),
        ("API.TWILIO.COM.", True),
        ("twilio.com", True),
        (b"api.twilio.com", True),
        ("nottwilio.com", False),
        ("twilio.com.example.net", False),
        ("", False),
        (None, False),
    ],
)
def test_is_twilio(hook: SimpleNamespace, host: object, ours: bool) -> None:
    assert hook.is_twilio(host) == ours
