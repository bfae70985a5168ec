"""What becomes of requests made with test credentials, with wrong ones and with none, on the wire."""

import gzip
import http.client
import http.server
import json
import random
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
import trustme

from connect_proxy import connect_proxy
from running_proxy import ACCOUNT_SID, ACCOUNT_URL, AUTH_TOKEN, RunningProxy, running_proxy

AUTH = (ACCOUNT_SID, AUTH_TOKEN)
GOOD = {"From": "+15005550006", "To": "+14108675309", "Body": "hello"}


@pytest.fixture(params=["HTTP/1.1", "HTTP/2"])
def client(proxy: RunningProxy, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    http2 = request.param == "HTTP/2"
    with proxy.client(http2=http2) as client:
        yield client


@pytest.fixture
def http1(proxy: RunningProxy) -> Iterator[httpx.Client]:
    with httpx.Client(proxy=proxy.url, verify=proxy.ssl_context(), trust_env=False, timeout=30) as client:
        yield client


def code(answer: httpx.Response) -> int:
    assert answer.headers["X-Twilio-Test-Proxy"] == "test-credentials"
    if answer.headers["content-type"].startswith("application/json"):
        body = answer.json()
        assert set(body) >= {"code", "message", "more_info", "status"}
        assert body["status"] == answer.status_code
        return int(body["code"])
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer
    return int(root.findtext("RestException/Code") or 0)


def test_a_message_is_created(client: httpx.Client) -> None:
    answer = client.post(f"{ACCOUNT_URL}/Messages.json", data=GOOD, auth=AUTH)
    assert (answer.status_code, answer.json()["to"]) == (201, "+14108675309")
    assert answer.headers["X-Twilio-Test-Proxy"] == "test-credentials"


def test_http2_is_spoken(proxy: RunningProxy) -> None:
    with proxy.client(http2=True) as client:
        assert client.post(f"{ACCOUNT_URL}/Messages.json", data=GOOD, auth=AUTH).http_version == "HTTP/2"


@pytest.mark.parametrize(
    ("url", "auth", "status", "expected"),
    [
        (f"{ACCOUNT_URL}/Messages.json", None, 401, 20003),
        (f"{ACCOUNT_URL}/Messages", ("nobody", "x"), 401, 20003),
        (f"{ACCOUNT_URL}/Messages.json", (ACCOUNT_SID, ""), 401, 20003),
        (f"{ACCOUNT_URL}/Messages.json", ("AC" + "2" * 32, "x"), 401, 20003),
        ("https://api.twilio.com/2010-04-01/Accounts/nonsense/Messages.json", None, 404, 20404),
        ("https://api.twilio.com/2010-04-01/Accounts//Messages.json", AUTH, 404, 20404),
        (f"{ACCOUNT_URL}/Messages.yaml", AUTH, 404, 20404),
        (f"{ACCOUNT_URL}/Recordings.json", AUTH, 403, 20008),
        (f"{ACCOUNT_URL}/IncomingPhoneNumbers/Local", AUTH, 403, 20008),
        ("https://verify.twilio.com/v2/Services", AUTH, 403, 20008),
        ("https://api.dublin.ie1.twilio.com/2010-04-01/Accounts.json", AUTH, 403, 20008),
        (f"{ACCOUNT_URL}/Messages.json", ("SK" + "3" * 32, "secret"), 400, 21604),
        (f"http://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json", AUTH, 400, 21201),
        (f"https://api.dublin.ie1.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}/Calls", AUTH, 400, 21201),
    ],
)
def test_who_asks_and_what(
    client: httpx.Client, url: str, auth: tuple[str, str] | None, status: int, expected: int
) -> None:
    answer = client.post(url, data={"a": "b"}, auth=auth or httpx.USE_CLIENT_DEFAULT)
    assert (answer.status_code, code(answer)) == (status, expected)
    if status == 401:
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="Twilio API"'


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_any_other_method_is_forbidden(client: httpx.Client, method: str) -> None:
    answer = client.request(method, f"{ACCOUNT_URL}/Messages.json", auth=AUTH)
    assert (answer.status_code, code(answer)) == (403, 20008)


def test_head_has_no_body(client: httpx.Client) -> None:
    answer = client.head(f"{ACCOUNT_URL}/Messages.json", auth=AUTH)
    assert (answer.status_code, answer.content) == (403, b"")


@pytest.mark.parametrize("method", ["TRACE", "BREW"])
def test_a_method_that_no_resource_has(client: httpx.Client, method: str) -> None:
    answer = client.request(method, f"{ACCOUNT_URL}/Messages.json", auth=AUTH)
    assert (answer.status_code, code(answer)) == (405, 20004)


@pytest.mark.parametrize(
    ("headers", "body", "status", "expected"),
    [
        ({"Content-Type": "application/json"}, json.dumps(GOOD).encode(), 400, 21604),
        ({"Content-Type": "text/plain"}, b"hello", 400, 21604),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"To=\xff\xfe", 400, 20001),
        ({"Content-Type": "multipart/form-data"}, b"--x", 400, 20001),
        ({"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}, b"no gzip", 400, 20001),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"To=" + b"1" * 2_000_000), 400, 20001),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"To=" + b"1" * 2_000_000, 413, 20413),
        ({"Content-Encoding": "gzip"}, random.Random(1).randbytes(2_000_000), 413, 20413),
        ({}, b"", 400, 21604),
    ],
    ids=[
        "JSON",
        "text",
        "no UTF-8",
        "no boundary",
        "no gzip",
        "two megabytes in gzip",
        "two megabytes",
        "two megabytes of gzip",
        "nothing",
    ],
)
def test_a_body_that_twilio_would_not_take(
    client: httpx.Client, headers: dict[str, str], body: bytes, status: int, expected: int
) -> None:
    answer = client.post(f"{ACCOUNT_URL}/Messages.json", content=body, headers=headers, auth=AUTH)
    assert (answer.status_code, code(answer)) == (status, expected)


def test_a_body_in_gzip(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}
    body = gzip.compress(b"From=%2B15005550006&To=%2B14108675309&Body=hello")
    assert client.post(f"{ACCOUNT_URL}/Messages.json", content=body, headers=headers, auth=AUTH).status_code == 201


def test_a_chunked_body(http1: httpx.Client) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    chunks = iter([b"From=%2B15005550006&To=%2B141", b"08675309&Body=hello"])
    answer = http1.post(f"{ACCOUNT_URL}/Messages.json", content=chunks, headers=headers, auth=AUTH)
    assert answer.status_code == 201


def test_a_multipart_body_as_twilio_node_3_sends_it(http1: httpx.Client) -> None:
    files = {name: (None, value) for name, value in GOOD.items()}
    assert http1.post(f"{ACCOUNT_URL}/Messages.json", files=files, auth=AUTH).status_code == 201


def test_bytes_that_are_no_http_are_not_let_out(tmp_path: Path, confdir: Path) -> None:
    report = tmp_path / "report.json"
    with running_proxy(tmp_path, "--set", f"twilio_report={report}", confdir=confdir) as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port), 10) as connection:
            connection.sendall(b"CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n")
            assert connection.recv(1000).startswith(b"HTTP/1.1 200")
            connection.sendall(b"\x00\x01\x02 no tls, no http\r\n\r\n")
            assert connection.recv(1000) == b""
        proxy.stop()
    counts = json.loads(report.read_text())["summary"]
    assert (counts["vetoed"], counts["dialled"]) == (1, 0)


def test_hosts_outside_twilio_are_tunnelled_untouched(proxy: RunningProxy, tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = http.server.HTTPServer(("127.0.0.1", 0), _Hello)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)  # and not the proxy's CA: its TLS must reach the client as it is
    try:
        with httpx.Client(proxy=proxy.url, verify=trusting, trust_env=False) as client:
            assert client.get(f"https://localhost:{server.server_port}/").text == "hello from outside"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "18")
        self.end_headers()
        self.wfile.write(b"hello from outside")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


def test_reverse_mode(tmp_path: Path, confdir: Path) -> None:
    with (
        running_proxy(tmp_path, "--mode", "reverse:https://api.twilio.com", confdir=confdir) as proxy,
        httpx.Client(verify=False, trust_env=False) as client,  # noqa: S501 - the certificate is for 127.0.0.1
    ):
        base = f"https://127.0.0.1:{proxy.port}/2010-04-01/Accounts/{ACCOUNT_SID}"
        answer = client.post(f"{base}/Messages.json", data=GOOD, auth=AUTH)
        assert answer.status_code == 201
        assert client.post(f"{base}/Messages.json", auth=AUTH).json()["code"] == 21604


def test_behind_a_company_s_proxy_nothing_is_dialled(tmp_path: Path, confdir: Path) -> None:
    with (
        connect_proxy(leads_to=9) as company,
        running_proxy(tmp_path, "--mode", f"upstream:{company.url}", confdir=confdir) as proxy,
        proxy.client(auth=AUTH) as client,
    ):
        assert client.post(f"{ACCOUNT_URL}/Messages.json", data=GOOD).status_code == 201
        assert client.get(f"{ACCOUNT_URL}/Messages.json").json()["code"] == 20008
    assert company.requests == []


def test_configured_test_credentials(tmp_path: Path, confdir: Path) -> None:
    options = ("--set", f"twilio_test_account_sid={ACCOUNT_SID}", "--set", f"twilio_test_auth_token={AUTH_TOKEN}")
    with (
        running_proxy(tmp_path, *options, confdir=confdir) as proxy,
        httpx.Client(proxy=proxy.url, verify=proxy.ssl_context(), trust_env=False) as client,
    ):
        url = f"{ACCOUNT_URL}/Messages.json"
        assert client.post(url, data=GOOD, auth=AUTH).status_code == 201
        assert client.post(url, data=GOOD, auth=(ACCOUNT_SID, "wrong")).json()["message"] == "Authenticate"
        other = "AC" + "2" * 32
        live = client.post(url.replace(ACCOUNT_SID, other), data=GOOD, auth=(other, "live-token-live-token"))
        assert (live.status_code, live.json()["code"]) == (424, 424002)
        assert live.headers["X-Twilio-Test-Proxy"] == "refused"
        proxy.stop()
    assert AUTH_TOKEN not in "\n".join(proxy.lines)
    assert "live-token-live-token" not in "\n".join(proxy.lines)
    assert proxy.lines[-1].endswith("1 refused; connections to Twilio: 0")
