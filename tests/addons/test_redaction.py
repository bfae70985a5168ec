from pathlib import Path

import requests
from mitmproxy.test import tflow, tutils

from running_proxy import ACCOUNT_SID, ACCOUNT_URL, AUTH_TOKEN, RunningProxy, running_proxy
from twilio_test_proxy.addons.hosts import TwilioHosts
from twilio_test_proxy.addons.redaction import REDACTED, TwilioRedaction

HEADERS = (
    (b"authorization", b"Basic cGxhbnRlZA=="),
    (b"proxy-authorization", b"Basic cGxhbnRlZA=="),
    (b"cookie", b"planted"),
    (b"accept", b"*/*"),
)


def test_credentials_are_removed_from_a_flow_to_twilio() -> None:
    flow = tflow.tflow(req=tutils.treq(host="api.twilio.com", headers=HEADERS), resp=True)
    TwilioHosts().requestheaders(flow)
    TwilioRedaction().response(flow)
    assert [value for _, value in flow.request.headers.items()] == [REDACTED, REDACTED, REDACTED, "*/*"]


def test_a_flow_that_failed_is_covered_too() -> None:
    flow = tflow.tflow(req=tutils.treq(host="api.twilio.com", headers=HEADERS), err=True)
    TwilioHosts().requestheaders(flow)
    TwilioRedaction().error(flow)
    assert flow.request.headers["authorization"] == REDACTED


def test_a_flow_to_another_host_is_left_alone() -> None:
    flow = tflow.tflow(req=tutils.treq(host="example.com", headers=HEADERS), resp=True)
    TwilioHosts().requestheaders(flow)
    TwilioRedaction().response(flow)
    assert flow.request.headers["authorization"] == "Basic cGxhbnRlZA=="


def test_nothing_that_mitmdump_prints_or_saves_holds_a_secret(tmp_path: Path, confdir: Path) -> None:
    saved = tmp_path / "flows"
    options = ("--flow-detail", "4", "-w", str(saved), "--set", f"hardump={tmp_path / 'flows.har'}")
    with running_proxy(tmp_path, *options, confdir=confdir) as proxy:
        _post(proxy)
        assert proxy.stop() == 0
    printed = proxy.output.read_bytes()
    assert b"flow_detail=4 prints message bodies" in printed
    for written in (printed, saved.read_bytes(), (tmp_path / "flows.har").read_bytes()):
        assert b"Messages" in written
        assert AUTH_TOKEN.encode() not in written
        assert requests.auth._basic_auth_str(ACCOUNT_SID, AUTH_TOKEN).split()[1].encode() not in written


def _post(proxy: RunningProxy) -> None:
    form = {"From": "+15005550006", "To": "+14108675309", "Body": "hello"}
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"https": proxy.url}
        session.verify = str(proxy.authority)
        answer = session.post(f"{ACCOUNT_URL}/Messages.json", form, auth=(ACCOUNT_SID, AUTH_TOKEN))
    assert answer.status_code == 201
