import json
from xml.etree import ElementTree

import pytest
from mitmproxy.test import taddons, tflow, tutils

from twilio_test_proxy.addons.hosts import TwilioHosts
from twilio_test_proxy.addons.live_requests import TwilioLiveRequests
from twilio_test_proxy.addons.options import TwilioOptions

PATH = f"/2010-04-01/Accounts/AC{'2' * 32}/Messages"


@pytest.mark.parametrize("extension", [".json", "", ".xml"])
def test_a_live_request_is_refused_in_twilios_envelope(extension: str) -> None:
    options = TwilioOptions()
    with taddons.context(options):
        flow = tflow.tflow(req=tutils.treq(host="api.twilio.com", path=(PATH + extension).encode()))
        TwilioHosts().requestheaders(flow)
        TwilioLiveRequests(options).request(flow)
    assert flow.response is not None
    assert flow.response.status_code == 424
    assert flow.response.headers["X-Twilio-Test-Proxy"] == "refused"
    if extension == ".json":
        body = json.loads(flow.response.content or b"")
        assert body["code"] == 424002
        assert body["status"] == 424
        assert "twilio_test_account_sid" in body["message"]
        assert "twilio_forward_live=true" in body["message"]
    else:
        root = ElementTree.fromstring(flow.response.content or b"")  # noqa: S314 - our own answer
        assert root.findtext("RestException/Code") == "424002"


def test_other_hosts_and_answered_flows_are_left_alone() -> None:
    options = TwilioOptions()
    with taddons.context(options):
        live = TwilioLiveRequests(options)
        outside = tflow.tflow(req=tutils.treq(host="example.com"))
        TwilioHosts().requestheaders(outside)
        live.request(outside)
        assert outside.response is None
        answered = tflow.tflow(req=tutils.treq(host="api.twilio.com"), resp=True)
        TwilioHosts().requestheaders(answered)
        live.request(answered)
        assert answered.response is not None
        assert answered.response.status_code == 200
