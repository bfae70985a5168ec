import socket

import pytest
from mitmproxy.proxy.context import Context
from mitmproxy.test import taddons, tflow
from mitmproxy.tls import ClientHello, ClientHelloData

from running_proxy import RunningProxy
from twilio_test_proxy.addons.interception import TwilioInterception


class _Hello(ClientHello):
    def __init__(self, sni: str | None) -> None:
        self._sni = sni

    @property
    def sni(self) -> str | None:
        return self._sni


@pytest.mark.parametrize(
    ("sni", "address"),
    [
        ("api.twilio.com", ("api.twilio.com", 443)),
        ("verify.twilio.com", ("verify.twilio.com", 443)),
        ("example.com", ("203.0.113.1", 443)),
        (None, ("203.0.113.1", 443)),
    ],
)
def test_the_name_of_the_handshake_replaces_the_address(sni: str | None, address: tuple[str, int]) -> None:
    with taddons.context() as context:
        connection = Context(tflow.tclient_conn(), context.options)
        connection.server.address = ("203.0.113.1", 443)
        TwilioInterception().tls_clienthello(ClientHelloData(context=connection, client_hello=_Hello(sni)))
        assert connection.server.address == address


def test_a_tunnel_to_an_address_gets_the_certificate_and_the_answer_of_the_name(proxy: RunningProxy) -> None:
    """As twilio-python 3.8 to 5.7 connect, which resolve the name themselves."""
    with socket.create_connection(("127.0.0.1", proxy.port), 30) as plain:
        plain.sendall(b"CONNECT 203.0.113.1:443 HTTP/1.1\r\nHost: 203.0.113.1:443\r\n\r\n")
        assert plain.recv(1000).startswith(b"HTTP/1.1 200")
        with proxy.ssl_context().wrap_socket(plain, server_hostname="api.twilio.com") as connection:
            names = (connection.getpeercert() or {})["subjectAltName"]
            connection.sendall(b"GET /2010-04-01/Accounts.json HTTP/1.1\r\nHost: api.twilio.com\r\n\r\n")
            answer = connection.recv(1000)
    assert names == (("DNS", "api.twilio.com"),)
    assert answer.startswith(b"HTTP/1.1 401 UNAUTHORIZED\r\n")
