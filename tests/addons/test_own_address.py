import pytest
from mitmproxy import http
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.test import tflow

from own_requests import asked
from twilio_test_proxy.addons.hosts import CONTROL_HOST
from twilio_test_proxy.addons.own_address import Reach, TwilioOwnAddress, is_loopback, reach


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


def test_a_connection_that_the_proxy_has_opened_to_itself_is_not_from_here() -> None:
    address, flow = TwilioOwnAddress(), asked("127.0.0.1")
    server = tflow.tserver_conn()
    server.sockname = ("127.0.0.1", 50000)
    data = ServerConnectionHookData(server=server, client=tflow.tclient_conn())
    address.server_connected(data)
    assert not address.is_from_here(flow)
    address.server_disconnected(data)
    assert address.is_from_here(flow)
