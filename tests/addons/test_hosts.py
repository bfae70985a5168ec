import pytest
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import tflow, tutils

from twilio_test_proxy.addons.hosts import TwilioHosts, requested_host, twilio_host


@pytest.mark.parametrize(
    ("address", "host_header", "sni", "mode", "expected"),
    [
        ("api.twilio.com", "api.twilio.com", "api.twilio.com", "regular", "api.twilio.com"),
        ("api.twilio.com", "api.twilio.com:443", None, "regular", "api.twilio.com"),
        ("203.0.113.1", "203.0.113.1", "api.twilio.com", "regular", "api.twilio.com"),
        ("203.0.113.1", "api.twilio.com", None, "regular", "api.twilio.com"),
        ("api.twilio.com", "example.com", None, "regular", "api.twilio.com"),
        ("api.twilio.com", "verify.twilio.com", "api.twilio.com", "regular", "verify.twilio.com"),
        (
            "api.twilio.com",
            "api.twilio.com",
            "verify.twilio.com",
            "reverse:https://api.twilio.com",
            "verify.twilio.com",
        ),
        ("api.twilio.com", "127.0.0.1:8080", None, "reverse:https://api.twilio.com", "api.twilio.com"),
        ("example.com", "example.com", "example.com", "regular", None),
        ("nottwilio.com", "twilio.com.example.org", "eviltwilio.com", "regular", None),
    ],
)
def test_requested_host(address: str, host_header: str, sni: str | None, mode: str, expected: str | None) -> None:
    flow = tflow.tflow(req=tutils.treq(host=address, headers=((b"host", host_header.encode()),)))
    flow.client_conn.sni = sni
    flow.client_conn.proxy_mode = ProxyMode.parse(mode)
    assert requested_host(flow) == expected


def test_the_host_is_noted_with_the_flow_and_its_body_not_streamed() -> None:
    flow = tflow.tflow(req=tutils.treq(host="api.twilio.com", headers=((b"host", b"verify.twilio.com"),)))
    flow.request.stream = True
    TwilioHosts().requestheaders(flow)
    assert twilio_host(flow) == "verify.twilio.com"
    assert flow.request.stream is False


def test_a_flow_to_another_host_is_left_as_it_is() -> None:
    flow = tflow.tflow(req=tutils.treq(host="example.com"))
    flow.request.stream = True
    TwilioHosts().requestheaders(flow)
    assert twilio_host(flow) is None
    assert flow.request.stream is True
