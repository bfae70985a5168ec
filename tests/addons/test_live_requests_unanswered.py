"""Live requests that were sent to Twilio and whose client never gets the answer: they are counted all the same."""

import json
import signal
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from live import LIVE, PATH, recording
from running_proxy import RunningProxy, recording_proxy
from stand_in import Twilio, stand_in

BASIC = b64encode(":".join(LIVE).encode())


@contextmanager
def asking(proxy: RunningProxy, twilio: Twilio) -> Iterator[ssl.SSLSocket]:
    """A client whose request has reached Twilio, which holds the answer back."""
    before = len(twilio.requests)
    with socket.create_connection(("127.0.0.1", proxy.port), 30) as tunnel:
        tunnel.sendall(b"CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n")
        assert tunnel.recv(4096).startswith(b"HTTP/1.1 200")
        with proxy.ssl_context().wrap_socket(tunnel, server_hostname="api.twilio.com") as secure:
            head = f"GET {PATH}/held HTTP/1.1\r\nHost: api.twilio.com\r\nAuthorization: Basic ".encode()
            secure.sendall(head + BASIC + b"\r\n\r\n")
            while len(twilio.requests) == before:
                time.sleep(0.01)
            yield secure


def requests_in(report: Path) -> list[tuple[str, int, int]]:
    read = json.loads(report.read_text())
    return [(row["outcome"], row["status"], row["code"]) for row in read["requests"]]


@pytest.mark.parametrize("gone", [True, False], ids=["gone before the answer", "there"])
def test_the_outcome_is_told_once_whether_the_client_waited_or_not(tmp_path: Path, confdir: Path, gone: bool) -> None:
    cassette, report = tmp_path / "a.yaml", tmp_path / "report.json"
    options = (*recording(cassette), "--set", f"twilio_report={report}")
    with stand_in(tmp_path) as twilio, recording_proxy(tmp_path, twilio, *options, confdir=confdir) as proxy:
        with proxy.client() as client:
            with asking(proxy, twilio) as secure:
                if not gone:
                    twilio.held.set()
                    assert secure.recv(4096).startswith(b"HTTP/1.1 200")
            # What is asked later is answered later: by then the proxy has seen the connection end.
            for _ in range(2):
                client.get("http://twilio-test-proxy.test/status")
            twilio.held.set()
            while not (told := client.get("http://twilio-test-proxy.test/requests").json()["requests"]):
                time.sleep(0.01)
            page = client.get(f"{proxy.url}/", headers={"Accept": "text/html"}).text
        assert proxy.stop() == 0
    assert [row["outcome"] for row in told] == ["forwarded"]
    assert requests_in(report) == [("forwarded", 200, 0)]
    said = "(recorded in a.yaml; the client was gone)" if gone else "(recorded in a.yaml)"
    assert len([line for line in proxy.lines if line.endswith(said)]) == 1
    assert proxy.lines[-2:] == [
        f"cassette {cassette}: 1 recorded",
        "twilio-test-proxy: 1 forwarded; connections to Twilio: 1",
    ]
    assert ("the client was gone" in page) is gone


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_what_is_in_flight_at_the_end_is_told(tmp_path: Path, confdir: Path, by: signal.Signals) -> None:
    report, flows = tmp_path / "report.json", tmp_path / "flows"
    options = (*recording(tmp_path / "a.yaml"), "--set", f"twilio_report={report}", "-w", str(flows))
    with stand_in(tmp_path) as twilio, recording_proxy(tmp_path, twilio, *options, confdir=confdir) as proxy:
        with asking(proxy, twilio):
            proxy.process.send_signal(by)
            assert proxy.process.wait(30) == 0
        twilio.held.set()
    assert requests_in(report) == [("refused", 424, 424003)]
    said = "The request was sent to api.twilio.com, and the proxy was stopped before the answer was recorded."
    assert len([line for line in proxy.lines if line.endswith(f"424 424003 {said}")]) == 1
    assert proxy.lines[-1] == "twilio-test-proxy: 1 refused; connections to Twilio: 1"
    assert "Traceback" not in proxy.output.read_text()
    # mitmproxy saves what is in flight, too.
    assert b"/held" in flows.read_bytes()
    assert BASIC not in flows.read_bytes()
