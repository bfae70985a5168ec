"""A live request on its way to Twilio: rebuilt without anything smuggled, and through a company's proxy."""

import base64
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from mitmproxy import connection, http
from mitmproxy.proxy.context import Context
from mitmproxy.test import taddons, tflow, tutils
from mitmproxy.tls import TlsData

from connect_proxy import connect_proxy
from live import API, LIVE, ONE, PATH, TWO, header, recording, replaying
from running_proxy import RunningProxy, recording_proxy, running_proxy
from stand_in import Twilio
from twilio_test_proxy.addons.dial_guard import TwilioDialGuard
from twilio_test_proxy.addons.forwarding import TwilioForwarding, rebuilt

HOST = "api.twilio.com"


def request(
    *headers: tuple[bytes, bytes], method: str = "POST", body: bytes = b"To=1", **others: object
) -> http.Request:
    values: dict[str, object] = {"path": b"/2010-04-01/x?a=1&b=%20", "scheme": b"https", "host": HOST}
    made = tutils.treq(**(values | others | {"headers": http.Headers(headers)}))
    made.method = method
    made.raw_content = body
    made.headers = http.Headers(headers)
    return made


def fields(sent: http.Request) -> list[tuple[str, str]]:
    return [(name.decode(), value.decode()) for name, value in sent.headers.fields]


def test_what_is_asked_stays_as_it_is() -> None:
    asked = request((b"Authorization", b"Basic x"), (b"Accept", b"a"), (b"X-Twice", b"1"), (b"X-Twice", b"2"))
    sent = rebuilt(asked, HOST)
    assert (sent.method, sent.data.path, sent.raw_content) == ("POST", b"/2010-04-01/x?a=1&b=%20", b"To=1")
    assert fields(sent) == [
        ("Host", HOST),
        ("Authorization", "Basic x"),
        ("Accept", "a"),
        ("X-Twice", "1"),
        ("X-Twice", "2"),
        ("Content-Length", "4"),
    ]


@pytest.mark.parametrize(
    "asked",
    [
        request(scheme=b"http", port=80),
        request(host="203.0.113.1", port=8443),
        request(authority=b"evil.example:1"),
        request(http_version=b"HTTP/2.0"),
        request((b"Host", b"evil.example")),
        request((b"Host", b"api.twilio.com"), (b"Host", b"evil.example")),
    ],
    ids=["plain http", "an IP address", "another authority", "HTTP/2", "another Host", "two Hosts"],
)
def test_it_goes_to_port_443_of_the_host_by_its_name(asked: http.Request) -> None:
    sent = rebuilt(asked, HOST)
    assert (sent.scheme, sent.host, sent.port, sent.authority) == ("https", HOST, 443, "")
    assert sent.http_version == "HTTP/1.1"
    assert [value for name, value in fields(sent) if name.lower() == "host"] == [HOST]


@pytest.mark.parametrize(
    "dropped",
    [
        [(b"Connection", b"keep-alive")],
        [(b"Keep-Alive", b"timeout=5")],
        [(b"Proxy-Connection", b"keep-alive")],
        [(b"Proxy-Authorization", b"Basic planted")],
        [(b"TE", b"trailers")],
        [(b"Trailer", b"X-Late")],
        [(b"Upgrade", b"h2c")],
        [(b"Expect", b"100-continue")],
        [(b"Transfer-Encoding", b"chunked")],
        [(b"transfer-encoding", b"identity"), (b"Transfer-Encoding", b"chunked")],
        [(b"Transfer-Encoding", b"xchunked")],
        [(b"Content-Length", b"0")],
        [(b"Content-Length", b"4"), (b"Content-Length", b"400")],
        [(b"Content-Length", b"400"), (b"Transfer-Encoding", b"chunked")],
        [(b"Connection", b"close, X-Secret"), (b"X-Secret", b"1")],
        [(b"Connection", b"close"), (b"Connection", b"x-secret ,X-Other"), (b"X-Secret", b"1"), (b"X-Other", b"2")],
    ],
    ids=lambda headers: ", ".join(f"{name.decode()}: {value.decode()}" for name, value in headers),
)
def test_nothing_of_one_hop_or_of_its_framing_goes_on(dropped: list[tuple[bytes, bytes]]) -> None:
    sent = rebuilt(request((b"Accept", b"a"), *dropped), HOST)
    assert fields(sent) == [("Host", HOST), ("Accept", "a"), ("Content-Length", "4")]
    assert sent.trailers is None


@pytest.mark.parametrize(
    ("method", "body", "length"),
    [
        ("GET", b"", None),
        ("DELETE", b"", None),
        ("HEAD", b"", None),
        ("POST", b"", "0"),
        ("PUT", b"", "0"),
        ("PATCH", b"", "0"),
        ("GET", b"body", "4"),
        ("POST", "größe".encode(), "7"),
    ],
)
def test_the_length_is_that_of_the_body(method: str, body: bytes, length: str | None) -> None:
    for asked in (request(method=method, body=body), request((b"Content-Length", b"9"), method=method, body=body)):
        assert rebuilt(asked, HOST).headers.get("Content-Length") == length


def test_a_compressed_body_stays_compressed() -> None:
    sent = rebuilt(request((b"Content-Encoding", b"gzip"), body=b"\x1f\x8b..."), HOST)
    assert (sent.raw_content, sent.headers["Content-Encoding"]) == (b"\x1f\x8b...", "gzip")


def test_only_what_was_let_through_is_kept_from_speaking_http2() -> None:
    guard = TwilioDialGuard()
    forwarding = TwilioForwarding(guard)
    with taddons.context() as context:
        offered = []
        for let_through in (True, False):
            client, server = tflow.tclient_conn(), connection.Server(address=(HOST, 443))
            server.alpn_offers = [b"h2", b"http/1.1"]
            if let_through:
                guard.let_through(client, HOST)
            forwarding.tls_start_server(TlsData(server, Context(client, context.options)))
            offered.append(list(server.alpn_offers))
    assert offered == [[b"http/1.1"], [b"h2", b"http/1.1"]]


@pytest.fixture(scope="module")
def forwarding(tmp_path_factory: pytest.TempPathFactory, confdir: Path, twilio: Twilio) -> Iterator[RunningProxy]:
    """A proxy that records, and whose requests reach the stand-in."""
    directory = tmp_path_factory.mktemp("forwarding")
    options = recording(directory / "a.yaml", "new_episodes")
    with recording_proxy(directory, twilio, *options, confdir=confdir) as running:
        yield running
        assert "Traceback" not in running.output.read_text()


def exchange(proxy: RunningProxy, sent: bytes) -> bytes:
    """Send bytes through a tunnel to Twilio, which no client would send, and return the answer."""
    with socket.create_connection(("127.0.0.1", proxy.port), 20) as tunnel:
        tunnel.sendall(b"CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n")
        assert tunnel.recv(4096).startswith(b"HTTP/1.1 200")
        with proxy.ssl_context().wrap_socket(tunnel, server_hostname=HOST) as secure:
            secure.sendall(sent)
            answer = b""
            try:
                while received := secure.recv(65536):
                    answer += received
            except (TimeoutError, ssl.SSLError):
                pass
    return answer


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Content-Length: +4\r\n",
    ],
    ids=lambda framing: framing.decode().strip().replace("\r\n", ", "),
)
def test_framing_that_can_be_read_in_two_ways_is_refused(
    forwarding: RunningProxy, twilio: Twilio, framing: bytes
) -> None:
    before = len(twilio.requests)
    credentials = base64.b64encode(":".join(LIVE).encode())
    head = f"POST {PATH}/Messages.json HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n".encode()
    body = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: api.twilio.com\r\n\r\n"
    answer = exchange(forwarding, head + b"Authorization: Basic " + credentials + b"\r\n" + framing + b"\r\n" + body)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert twilio.requests[before:] == []


def test_a_chunked_request_is_forwarded_with_its_length(forwarding: RunningProxy, twilio: Twilio) -> None:
    with forwarding.client(auth=LIVE) as client:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        chunks = iter([b"To=%2B14108675309", b"&From=%2B15017122661&Body=chunked"])
        sent = client.post(f"{API}/Messages.json", content=chunks, headers=headers)
    assert (sent.status_code, header(sent)) == (201, "live")
    _, _, headers, body = twilio.requests[-1]
    assert body == b"To=%2B14108675309&From=%2B15017122661&Body=chunked"
    assert headers["Content-Length"] == str(len(body))
    assert "transfer-encoding" not in {name.lower() for name in headers}


@pytest.mark.parametrize("http2", [False, True], ids=["HTTP/1.1", "HTTP/2"])
@pytest.mark.parametrize("name", ["chunked", "gzip", "cookies"])
def test_twilio_s_framing_does_not_reach_the_client(forwarding: RunningProxy, name: str, http2: bool) -> None:
    with forwarding.client(auth=LIVE, http2=http2) as client:
        answers = [client.get(f"{API}/{name}?http2={http2}") for _ in range(2)]
    assert [header(answer) for answer in answers] == ["live", "live"]
    assert len({answer.content for answer in answers}) == 1


def test_head_has_no_body_and_the_connection_goes_on(forwarding: RunningProxy) -> None:
    with forwarding.client(auth=LIVE) as client:
        head = client.head(f"{API}/Messages.json")
        after = client.post(f"{API}/Messages.json", data=ONE)
    assert (head.content, header(head)) == (b"", "live")
    assert (after.status_code, header(after)) == (201, "live")


@pytest.mark.parametrize("secret", ["", "company:secret"], ids=["open", "with a password"])
def test_through_a_company_s_proxy(tmp_path: Path, confdir: Path, twilio: Twilio, secret: str) -> None:
    """`--mode upstream:`, with Twilio's certificate still verified, and without the client's proxy credentials."""
    cassette = tmp_path / "cassettes" / "checkout.yaml"
    wanted = f"Proxy-Authorization: Basic {base64.b64encode(secret.encode()).decode()}" if secret else ""
    trust = f"ssl_verify_upstream_trusted_ca={twilio.authority}"
    with connect_proxy(twilio.port, wanted) as company:
        options = ["--mode", f"upstream:{company.url}", "--set", trust, "--set", "twilio_forward_live=true"]
        options += ["--set", f"twilio_cassette_dir={cassette.parent}", "--set", "twilio_record_mode=once"]
        options += ["--set", f"upstream_auth={secret}"] if secret else []
        with running_proxy(tmp_path, *options, confdir=confdir) as proxy:
            with proxy.client("checkout", auth=LIVE) as client:
                sent = [client.post(f"{API}/Messages.json", data=form) for form in (ONE, TWO)]
                plain = client.get("http://plain.example/")
            assert proxy.stop() == 0
    assert [(answer.status_code, header(answer)) for answer in sent] == [(201, "live")] * 2, (
        sent[0].text + proxy.output.read_text() + str(company.requests)
    )
    assert plain.text == "plain"
    assert company.targets == ["CONNECT api.twilio.com:443 HTTP/1.1"] * 2 + ["GET http://plain.example/ HTTP/1.1"]
    assert [head for head in company.requests if base64.b64encode(b"checkout:x").decode() in head] == []
    assert cassette.read_text().count("- request:") == 2
    assert proxy.lines[-1].endswith("connections to Twilio: 2")
    assert "secret" not in cassette.read_text() + proxy.output.read_text()


def test_a_company_s_proxy_that_is_not_there_is_424003(tmp_path: Path, confdir: Path) -> None:
    options = ("--mode", "upstream:http://127.0.0.1:1", "--set", "twilio_forward_live=true")
    with (
        running_proxy(tmp_path, *options, *recording(tmp_path / "a.yaml"), confdir=confdir) as proxy,
        proxy.client(auth=LIVE) as client,
    ):
        refused = client.post(f"{API}/Messages.json", data=ONE)
    assert (refused.status_code, refused.json()["code"]) == (424, 424003)
    assert not (tmp_path / "a.yaml").exists()


def test_a_company_s_proxy_sees_nothing_where_the_lock_is_closed(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    with connect_proxy(twilio.port) as company:
        options = ("--mode", f"upstream:{company.url}", *replaying(tmp_path / "a.yaml"))
        with running_proxy(tmp_path, *options, confdir=confdir) as proxy, proxy.client(auth=LIVE) as client:
            assert client.post(f"{API}/Messages.json", data=ONE).json()["code"] == 424001
            assert client.get(f"{API.replace('https', 'http')}/Messages.json").json()["code"] == 424001
            with socket.create_connection(("127.0.0.1", proxy.port), 20) as tunnel:
                tunnel.sendall(b"CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n")
                assert tunnel.recv(4096).startswith(b"HTTP/1.1 200")
                tunnel.sendall(b"\0\1\2\3 neither TLS nor HTTP\r\n")
                assert tunnel.recv(4096) == b""
    assert company.requests == []
