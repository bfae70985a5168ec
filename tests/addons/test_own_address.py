import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from mitmproxy import http
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.test import tflow

from own_requests import asked
from running_proxy import RunningProxy, running_proxy
from twilio_test_proxy.addons.hosts import CONTROL_HOST
from twilio_test_proxy.addons.own_address import Reach, TwilioOwnAddress, is_listened_at, is_loopback, reach

EVERYWHERE = "0.0.0.0"  # noqa: S104 - a proxy of this test's own, or none


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        pytest.param(asked(CONTROL_HOST, 80, CONTROL_HOST), Reach.PROXIED, id="through the proxy, by name"),
        pytest.param(
            asked(CONTROL_HOST, 80, f"{CONTROL_HOST}:80"), Reach.PROXIED, id="through the proxy, by name and port"
        ),
        pytest.param(asked(CONTROL_HOST, 80, "evil.example"), Reach.MISDIRECTED, id="its URL, another Host"),
        pytest.param(asked(CONTROL_HOST, 80, "api.twilio.com"), Reach.MISDIRECTED, id="its URL, Twilio's Host"),
        pytest.param(asked("evil.example", 80, CONTROL_HOST), Reach.MISDIRECTED, id="another URL, its Host"),
        pytest.param(asked("127.0.0.1"), Reach.DIRECT, id="127.0.0.1 and the proxy's port"),
        pytest.param(asked("localhost"), Reach.DIRECT, id="localhost and the proxy's port"),
        pytest.param(asked("::1", header="[::1]:8080"), Reach.DIRECT, id="[::1] and the proxy's port"),
        pytest.param(asked("127.0.0.1", mode="upstream:http://proxy:1"), Reach.DIRECT, id="in upstream mode"),
        pytest.param(asked("127.0.0.1", mode="reverse:http://proxy:1"), None, id="in reverse mode"),
        pytest.param(asked("127.0.0.1", 8081), None, id="another port"),
        pytest.param(asked("127.0.0.1", header="evil.example:8080"), None, id="another Host"),
        pytest.param(asked("evil.example"), None, id="a name that leads here by DNS rebinding"),
        pytest.param(asked("localhost.evil.example"), None, id="a name that begins like localhost"),
        pytest.param(asked("127.0.0.2"), None, id="another loopback address"),
        pytest.param(asked("127.0.0.1", header="127.0.0.1"), None, id="a Host without the port"),
        pytest.param(asked("127.0.0.1", Proxy_Connection="keep-alive"), None, id="sent to a proxy"),
        pytest.param(asked("127.0.0.1", Via="1.1 other"), None, id="sent on by another proxy"),
        pytest.param(asked("api.twilio.com", 443, "api.twilio.com"), None, id="Twilio"),
        pytest.param(asked("example.com", 80, "example.com"), None, id="another host"),
    ],
)
def test_how_a_request_reaches_the_proxy_itself(flow: http.HTTPFlow, expected: Reach | None) -> None:
    assert reach(flow) is expected


def test_on_port_80_the_port_may_be_left_out() -> None:
    flow = asked("localhost", 80, "localhost")
    flow.client_conn.sockname = ("127.0.0.1", 80)
    assert reach(flow) is Reach.DIRECT


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.0.2.1", False),
        ("::ffff:192.0.2.1", False),
        ("fe80::1%eth0", False),
        ("", False),
        ("localhost", False),
    ],
)
def test_loopback(address: str, expected: bool) -> None:
    assert is_loopback(address) is expected


@pytest.mark.parametrize(("peer", "expected"), [("127.0.0.1", True), ("::1", True), ("192.0.2.1", False)])
def test_only_this_machine_is_here(peer: str, expected: bool) -> None:
    assert TwilioOwnAddress().is_from_here(asked("127.0.0.1", peer=peer)) is expected


def opened(sockname: tuple[str, int], peername: tuple[str, int]) -> ServerConnectionHookData:
    server = tflow.tserver_conn()
    server.sockname, server.peername = sockname, peername
    return ServerConnectionHookData(server=server, client=tflow.tclient_conn())


@pytest.mark.parametrize("host", ["127.0.0.1", "::ffff:127.0.0.1"])
def test_a_connection_that_the_proxy_has_opened_to_itself_is_not_from_here(host: str) -> None:
    address, flow, data = TwilioOwnAddress(), asked("127.0.0.1"), opened((host, 50000), (host, 8080))
    address.server_connected(data)
    assert not address.is_from_here(flow)
    address.server_disconnected(data)
    assert address.is_from_here(flow)


def test_a_client_may_have_the_port_from_which_the_proxy_has_connected_to_somebody_else() -> None:
    address, flow = TwilioOwnAddress(), asked("127.0.0.1")
    address.server_connected(opened(("127.0.0.1", 50000), ("127.0.0.1", 3128)))
    assert address.is_from_here(flow)
    address.requestheaders(flow)
    assert flow.response is None


@pytest.mark.parametrize(
    ("address", "listened", "expected"),
    [
        (("127.0.0.1", 8080), ("127.0.0.1", 8080), True),
        (("::ffff:127.0.0.1", 8080, 0, 0), ("127.0.0.1", 8080), True),
        ((EVERYWHERE, 8080), ("127.0.0.1", 8080), True),
        (("::", 8080), ("::1", 8080, 0, 0), True),
        (("127.0.0.2", 8080), (EVERYWHERE, 8080), True),
        (("192.0.2.1", 8080), ("192.0.2.1", 8080), True),
        (("127.0.0.1", 8081), ("127.0.0.1", 8080), False),
        (("127.0.0.2", 8080), ("127.0.0.1", 8080), False),
        (("192.0.2.1", 8080), (EVERYWHERE, 8080), False),
        (("evil.example", 8080), ("127.0.0.1", 8080), False),
    ],
    ids=str,
)
def test_an_address_that_the_proxy_listens_at(
    address: tuple[str, int], listened: tuple[str, int], expected: bool
) -> None:
    assert is_listened_at(address, [("192.0.2.9", 1), listened]) is expected


# What a name that leads here does to mitmproxy, without a name server; and who has connected.
REBINDING = """
from pathlib import Path

def client_connected(client):
    with Path("accepted.txt").open("a") as file:
        file.write(f"{client.peername}\\n")

def server_connect(data):
    if data.server.address[0] == "evil.example":
        data.server.address = ("127.0.0.1", data.client.sockname[1])
"""


@pytest.fixture(scope="module")
def rebound(tmp_path_factory: pytest.TempPathFactory, confdir: Path) -> Iterator[RunningProxy]:
    """A proxy that listens on every interface, and to which evil.example leads."""
    directory = tmp_path_factory.mktemp("rebound")
    script = directory / "rebinding.py"
    script.write_text(REBINDING)
    with running_proxy(directory, "-s", str(script), "--listen-host", EVERYWHERE, confdir=confdir) as running:
        (directory / "accepted.txt").touch()
        yield running


def accepted(proxy: RunningProxy) -> int:
    return len((proxy.output.parent / "accepted.txt").read_text().splitlines())


@pytest.mark.parametrize("through", ["the proxy", "its own port"])
def test_a_name_that_leads_to_the_proxy_itself_is_not_followed_round_and_round(
    rebound: RunningProxy, through: str
) -> None:
    before = accepted(rebound)
    url = f"http://evil.example:{rebound.port}/"
    with httpx.Client(proxy=rebound.url if through == "the proxy" else None, trust_env=False, timeout=30) as client:
        if through == "the proxy":
            answer = client.get(url)
        else:
            answer = client.get(rebound.url, headers={"Host": f"evil.example:{rebound.port}"})
    assert (answer.status_code, answer.reason_phrase) == (508, "Loop Detected")
    assert "The proxy has connected to itself" in answer.text
    assert accepted(rebound) == before + 2


@pytest.mark.parametrize(
    "inner",
    [
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\n\r\n",
        "POST http://a.example/ HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        "CONNECT evil.example:{port} HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n",
    ],
    ids=["the page", "a body", "a tunnel round again"],
)
def test_nothing_is_answered_in_a_tunnel_from_the_proxy_to_itself(rebound: RunningProxy, inner: str) -> None:
    before = accepted(rebound)
    assert tunnelled(rebound.port, "evil.example", inner).startswith(b"HTTP/1.1 508 Loop Detected\r\n")
    assert accepted(rebound) == before + 2


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", EVERYWHERE, "[::ffff:127.0.0.1]", "localhost"])
def test_a_tunnel_to_an_address_that_is_the_proxy_s_own_leads_nowhere(rebound: RunningProxy, host: str) -> None:
    before = accepted(rebound)
    page = "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\n\r\n"
    assert tunnelled(rebound.port, host, page) == b""
    assert accepted(rebound) == before + 1


def tunnelled(port: int, host: str, inner: str) -> bytes:
    """What comes back, until it is closed, through a tunnel from the proxy to the proxy."""
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        assert re.match(rb"HTTP/1.1 200 .*\r\n\r\n$", connection.recv(4096), re.DOTALL)
        connection.sendall(inner.format(port=port).encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))
