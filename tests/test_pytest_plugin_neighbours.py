"""The plugin, in pytest sessions of its own, beside other things that stand between requests and the network."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from pytest_sessions import HEAD, PLUGIN, prepare, recorded, run


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    prepare(monkeypatch, home)


# In use before the proxy is asked to insert a cassette and until it has ejected it, as with pytest-recording.
VCR = """
import vcr

@pytest.fixture(autouse=True, scope="session")
def _around():
    with vcr.use_cassette("vcr.yaml", record_mode=vcr.mode.NEW_EPISODES, ignore_hosts=["api.twilio.com"]):
        yield

pytestmark = pytest.mark.twilio_cassette
"""


def test_a_cassette_of_vcrpy_holds_the_test_s_requests_and_none_of_the_plugin_s(pytester: pytest.Pytester) -> None:
    recorded(pytester.path / "cassettes" / "test_it" / "test_plays.yaml", "one")
    recorded(pytester.path / "cassettes" / "test_it" / "test_misses.yaml", "one")
    tests = f"""{VCR}
import http.server, threading, urllib.request

def test_plays(): assert send().status_code == 201

def test_misses():
    send()
    send("another")

def test_another_host():
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever).start()
        urllib.request.urlopen(f"http://127.0.0.1:{{server.server_port}}/").close()
        server.shutdown()
"""
    # Twice: what the first session had recorded, the second would replay.
    for _ in range(2):
        result = run(pytester, tests)
        result.assert_outcomes(passed=2, failed=1)
        result.stdout.fnmatch_lines(["*_ test_misses _*", "1 live request is not in the cassette*"])
    held = yaml.safe_load((pytester.path / "vcr.yaml").read_bytes())["interactions"]
    assert {urlsplit(interaction["request"]["uri"]).hostname for interaction in held} == {"127.0.0.1"}


def test_a_blocked_network_is_a_sentence_that_says_what_to_allow(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
import socket

@pytest.fixture(autouse=True)
def _block_network(monkeypatch):
    def connect(self, address):
        self.close()
        raise RuntimeError(f"Network is disabled for host {address[0]!r}")
    with monkeypatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        yield

def test_blocked(twilio_proxy): pass
""",
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at setup of test_blocked*",
            "twilio-test-proxy: The network is blocked for this test, and so is the proxy (Network is disabled *): "
            'allow 127.0.0.1, as in @pytest.mark.block_network(allowed_hosts=?"127.0.0.1"?).',
        ]
    )
    assert "control.py" not in result.stdout.str()


SOCKS = "twilio-test-proxy: ALL_PROXY names a socks5 proxy, which mitmproxy cannot go through: "


@pytest.mark.parametrize(
    ("options", "tests", "said"),
    [
        pytest.param((), "def test_one(twilio_proxy): pass\ndef test_two(twilio_proxy): pass", 1, id="one process"),
        pytest.param(
            ("-p", "xdist", "-n", "2"),
            "def test_one(twilio_proxy): pass\ndef test_two(twilio_proxy): pass",
            1,
            id="two workers",
        ),
        pytest.param((), "def test_one(): pass\ndef test_two(): pass", 0, id="nothing of Twilio's"),
    ],
)
def test_a_proxy_of_the_user_s_that_is_not_gone_through_is_said_once(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], tests: str, said: int
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    pytester.makepyfile(test_it=HEAD + tests)
    result = pytester.runpytest_subprocess(*PLUGIN, "-W", "error", *options)
    result.assert_outcomes(passed=2)
    assert [line.startswith(SOCKS) for line in result.outlines].count(True) == said
