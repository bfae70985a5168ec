import pytest
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.test import tflow

from twilio_test_proxy.addons.dial_guard import TwilioDialGuard


def connecting(host: str, port: int = 443, sni: str | None = None) -> ServerConnectionHookData:
    client, server = tflow.tclient_conn(), tflow.tserver_conn()
    client.sni = sni
    server.timestamp_start = None
    server.state = type(server.state)(0)
    server.address = (host, port)
    return ServerConnectionHookData(server=server, client=client)


@pytest.mark.parametrize(
    "data",
    [
        connecting("api.twilio.com"),
        connecting("API.twilio.com."),
        connecting("verify.twilio.com"),
        connecting("twilio.com", 80),
        connecting("203.0.113.1", sni="api.twilio.com"),
    ],
    ids=lambda data: f"{data.server.address[0]}:{data.server.address[1]} SNI {data.client.sni}",
)
def test_a_connection_to_twilio_is_vetoed_and_counted(data: ServerConnectionHookData) -> None:
    guard = TwilioDialGuard()
    guard.server_connect(data)
    assert data.server.error
    assert (guard.vetoed, guard.dialled) == (1, 0)


def test_a_connection_to_another_host_is_none_of_our_business() -> None:
    guard, data = TwilioDialGuard(), connecting("example.com")
    guard.server_connect(data)
    assert data.server.error is None
    assert (guard.vetoed, guard.dialled) == (0, 0)


@pytest.mark.parametrize("host", ["twilio-test-proxy.test", "Twilio-Test-Proxy.TEST."])
def test_nothing_is_dialled_at_the_proxy_s_own_address(host: str) -> None:
    guard, data = TwilioDialGuard(), connecting(host, 22)
    guard.let_through(data.client, host)
    guard.server_connect(data)
    assert data.server.error
    assert (guard.vetoed, guard.dialled) == (0, 0)


@pytest.mark.parametrize("address", [("api.twilio.com", 443), ("127.0.0.1", 3128)], ids=["Twilio", "a company's proxy"])
def test_a_client_that_was_let_through_may_dial_the_host_or_the_proxy_on_its_way(address: tuple[str, int]) -> None:
    guard, data = TwilioDialGuard(), connecting(*address, sni="api.twilio.com")
    guard.let_through(data.client, "api.twilio.com")
    guard.server_connect(data)
    assert data.server.error is None
    assert (guard.vetoed, guard.dialled) == (0, 1)


@pytest.mark.parametrize("address", [("api.twilio.com", 80), ("verify.twilio.com", 443)])
def test_a_client_that_was_let_through_may_dial_no_other_address(address: tuple[str, int]) -> None:
    guard, data = TwilioDialGuard(), connecting(*address)
    guard.let_through(data.client, "api.twilio.com")
    guard.server_connect(data)
    assert data.server.error
    assert (guard.vetoed, guard.dialled) == (1, 0)


@pytest.mark.parametrize(("target", "vetoed"), [("api.twilio.com", 1), ("example.com", 0)])
def test_a_tunnel_to_twilio_does_not_dial_a_company_s_proxy(target: str, vetoed: int) -> None:
    guard, data = TwilioDialGuard(), connecting("127.0.0.1", 3128)
    connect = tflow.tflow(client_conn=data.client)
    connect.request.host = target
    guard.http_connect(connect)
    guard.server_connect(data)
    assert bool(data.server.error) is bool(vetoed)
    assert (guard.vetoed, guard.dialled) == (vetoed, 0)
