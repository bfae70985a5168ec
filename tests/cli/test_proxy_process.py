import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from child_processes import running_children
from command_line import START
from twilio_test_proxy.cli import mitmdump_child
from twilio_test_proxy.cli.environment import HOOKS
from twilio_test_proxy.cli.proxy_process import ProxyError, ProxyProcess, ProxySettings, own_environment

# As the addon does it: the ready file when the proxy listens, the report at its end.
ADDON = """
import json, os
from mitmproxy import ctx, http

class Addon:
    def load(self, loader):
        for name in ("twilio_ready_file", "twilio_report", "twilio_word"):
            loader.add_option(name, str, "", name)

    def running(self):
        listen = [list(address[:2]) for address in ctx.master.addons.get("proxyserver").listen_addrs()]
        with open(ctx.options.twilio_ready_file + "~", "w") as file:
            json.dump({"pid": os.getpid(), "listen": listen}, file)
        os.rename(ctx.options.twilio_ready_file + "~", ctx.options.twilio_ready_file)

    def request(self, flow):
        flow.response = http.Response.make(200, ctx.options.twilio_word.encode())

    def done(self):
        with open(ctx.options.twilio_report, "w") as file:
            json.dump({"summary": {"answered": 1}, "auth": ctx.options.upstream_auth}, file)

addons = [Addon()]
"""


@pytest.fixture
def settings(home: Path, tmp_path: Path) -> ProxySettings:
    addon = tmp_path / "stand_in.py"
    addon.write_text(ADDON)
    return ProxySettings(home, {"twilio_word": "hello", "connection_strategy": "lazy"}, addon=addon)


def folder(tmp_path: Path, name: str) -> Path:
    (tmp_path / name).mkdir()
    return tmp_path / name


def ask(url: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": url}))
    with opener.open("http://example.test/") as answer:
        body: bytes = answer.read()
    return body


def test_answers_reports_and_is_gone(settings: ProxySettings, tmp_path: Path) -> None:
    others = running_children()  # the proxies of other tests
    with ProxyProcess(settings, folder(tmp_path, "run"), own_environment()) as proxy:
        assert proxy.url.startswith("http://127.0.0.1:")
        assert ask(proxy.url) == b"hello"
        children = running_children() - others
        assert children
        # Of a session of its own, so that Ctrl-C at the terminal does not end it before the command.
        assert {os.getsid(child.pid) for child in children} & {os.getsid(0)} == set()
        report = proxy.stop()
        assert report == {"summary": {"answered": 1}, "auth": None}
        assert proxy.stop() == report
    assert not [child for child in children if child.is_running()]


def test_end_returns_the_report(settings: ProxySettings, tmp_path: Path) -> None:
    with ProxyProcess(settings, folder(tmp_path, "run"), own_environment()) as proxy:
        assert proxy.end() == {"summary": {"answered": 1}, "auth": None}


def test_end_without_a_report_is_an_error(settings: ProxySettings, tmp_path: Path) -> None:
    with ProxyProcess(settings, folder(tmp_path, "run"), own_environment()) as proxy:
        psutil.Process(proxy._process.pid).kill()
        with pytest.raises(ProxyError, match=r"^The proxy left no report: it ended too early\."):
            proxy.end()


def test_something_can_be_done_while_the_proxy_starts(settings: ProxySettings, tmp_path: Path) -> None:
    run = folder(tmp_path, "run")
    others = running_children()
    seen = []

    def look() -> None:
        seen.append((bool(running_children() - others), (run / "ready.json").exists()))

    with ProxyProcess(settings, run, own_environment(), look):
        assert seen == [(True, False)]


def test_what_fails_while_the_proxy_starts_ends_it(settings: ProxySettings, tmp_path: Path) -> None:
    def fail() -> None:
        raise RuntimeError("no")

    before = running_children()
    with pytest.raises(RuntimeError, match=r"^no$"):
        ProxyProcess(settings, folder(tmp_path, "run"), own_environment(), fail)
    assert running_children() == before


def test_two_at_once_do_not_meet(settings: ProxySettings, tmp_path: Path) -> None:
    with (
        ProxyProcess(settings, folder(tmp_path, "one"), own_environment()) as one,
        ProxyProcess(settings, folder(tmp_path, "two"), own_environment()) as two,
    ):
        assert one.url != two.url
        assert ask(one.url) == ask(two.url) == b"hello"


def test_the_upstream_s_credentials_are_told_in_secret(settings: ProxySettings, tmp_path: Path) -> None:
    told = {**own_environment(), mitmdump_child.UPSTREAM_AUTH: "me:p@ss"}
    with ProxyProcess(settings, folder(tmp_path, "run"), told) as proxy:
        line = " ".join(psutil.Process(proxy._process.pid).cmdline())
        assert "stand_in.py" in line
        assert "p@ss" not in line
        report = proxy.stop()
    assert report and report["auth"] == "me:p@ss"


@pytest.mark.parametrize(
    ("addon", "shown"),
    [
        pytest.param("import no_such_module", "No module named 'no_such_module'", id="does not load"),
        pytest.param("import logging; logging.error('The cassette is torn.')", "The cassette is torn.", id="refuses"),
    ],
)
def test_a_start_that_fails_says_why(home: Path, tmp_path: Path, addon: str, shown: str) -> None:
    path = tmp_path / "addon.py"
    path.write_text(addon)
    with pytest.raises(ProxyError) as caught:
        ProxyProcess(ProxySettings(home, addon=path), folder(tmp_path, "run"), own_environment())
    head, _, printed = str(caught.value).partition("\nIt printed:\n")
    assert head == "The proxy did not start (exit code 1)."
    assert shown in printed


def test_what_an_earlier_run_left_is_not_taken_for_ready(home: Path, tmp_path: Path) -> None:
    run = folder(tmp_path, "run")
    (run / "ready.json").write_text('{"listen": [["127.0.0.1", 1]]}')
    (tmp_path / "addon.py").write_text("import logging; logging.error('no')")
    with pytest.raises(ProxyError):
        ProxyProcess(ProxySettings(home, addon=tmp_path / "addon.py"), run, own_environment())


def test_dies_with_the_process_that_started_it(settings: ProxySettings, tmp_path: Path) -> None:
    program = (
        "import time; from pathlib import Path; from twilio_test_proxy.cli.proxy_process import *;"
        "settings = ProxySettings(Path(sys.argv[1]), addon=Path(sys.argv[2]));"
        "proxy = ProxyProcess(settings, Path(sys.argv[3]), own_environment());"
        "print(proxy._process.pid, flush=True); time.sleep(600)"
    )
    words = [sys.executable, "-c", START + program, settings.confdir, settings.addon, folder(tmp_path, "run")]
    starter = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True)
    assert starter.stdout
    with starter.stdout:
        proxy = psutil.Process(int(starter.stdout.readline()))
    assert proxy.is_running()
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    deadline = time.monotonic() + 60
    while proxy.is_running() and proxy.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_arguments() -> None:
    settings = ProxySettings(
        Path("/ca"),
        {"a": "b"},
        modes=["regular", "upstream:http://corp:1"],
        port=81,
        arguments=["-q"],
        addon=Path("/x"),
    )
    assert settings.command(Path("/ready"), Path("/report")) == [
        *("--scripts", "/x", "--listen-host", "127.0.0.1", "--listen-port", "81"),
        *("--mode", "regular", "--mode", "upstream:http://corp:1"),
        *("--set", "confdir=/ca", "--set", "a=b"),
        *("--set", "twilio_ready_file=/ready", "--set", "twilio_report=/report", "-q"),
    ]


def test_own_environment_is_without_our_hooks() -> None:
    base = {"PYTHONPATH": f"{HOOKS / 'python'}{os.pathsep}/mine", "TWILIO_TEST_PROXY_URL": "http://x:1", "A": "b"}
    assert own_environment(base) == {"PYTHONPATH": "/mine", "A": "b"}
    assert own_environment({"PYTHONPATH": str(HOOKS / "python")}) == {}
