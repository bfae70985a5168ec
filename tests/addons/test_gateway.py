import pytest
from mitmproxy import exceptions, http
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import taddons, tflow

from twilio_test_proxy.addons.gateway import TwilioGateway


def asked(addon: TwilioGateway, mode: str = "regular", *, answered: bool = False) -> http.HTTPFlow:
    flow = tflow.tflow(resp=answered)
    flow.client_conn.proxy_mode = ProxyMode.parse(mode)
    flow.request.url = "https://api.twilio.com/2010-04-01"
    flow.request.headers["Host"] = "verify.twilio.com"
    addon.request(flow)
    return flow


def test_unanswered_request_goes_through_the_gateway() -> None:
    addon = TwilioGateway()
    with taddons.context(addon) as context:
        context.configure(addon, twilio_gateway="127.0.0.1:4711")
        flow = asked(addon)
    assert flow.server_conn.via == ("http", ("127.0.0.1", 4711))
    assert flow.server_conn.address == ("api.twilio.com", 443)


def test_request_in_reverse_mode_goes_to_the_host_that_the_client_named() -> None:
    addon = TwilioGateway()
    with taddons.context(addon) as context:
        context.configure(addon, twilio_gateway="127.0.0.1:4711")
        flow = asked(addon, "reverse:https://api.twilio.com@443")
    assert flow.server_conn.address == ("verify.twilio.com", 443)
    assert flow.request.host == "verify.twilio.com"
    assert flow.request.headers["Host"] == "verify.twilio.com"


def test_answered_request_goes_nowhere() -> None:
    addon = TwilioGateway()
    with taddons.context(addon) as context:
        context.configure(addon, twilio_gateway="127.0.0.1:4711")
        assert asked(addon, answered=True).server_conn.via is None


def test_without_a_gateway_nothing_changes() -> None:
    addon = TwilioGateway()
    with taddons.context(addon) as context:
        context.configure(addon, twilio_gateway="127.0.0.1:4711")
        context.configure(addon, twilio_gateway="")
        assert asked(addon).server_conn.via is None


@pytest.mark.parametrize("value", ["127.0.0.1", ":8080", "127.0.0.1:", "127.0.0.1:http", "http://127.0.0.1:1/"])
def test_value_that_is_no_address(value: str) -> None:
    addon = TwilioGateway()
    with taddons.context(addon) as context:
        addon.running()
        with pytest.raises(exceptions.OptionsError, match="must be HOST:PORT"):
            context.configure(addon, twilio_gateway=value)
