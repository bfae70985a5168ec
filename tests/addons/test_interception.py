import pytest
from mitmproxy.proxy.context import Context
from mitmproxy.test import taddons, tflow
from mitmproxy.tls import ClientHello, ClientHelloData

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
