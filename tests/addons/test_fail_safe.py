import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.test import taddons, tflow

from live import API, LIVE, ONE, header, recording
from running_proxy import ROOT, RunningProxy, recording_proxy
from stand_in import Twilio
from twilio_test_proxy.addons.dial_guard import TwilioDialGuard
from twilio_test_proxy.addons.fail_safe import TwilioFailSafe, TwilioStandBy
from twilio_test_proxy.addons.hosts import FORWARDED

SECONDS = 60  # a guard against hanging; mitmproxy looks at a script every second


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A copy of the addon, so that it can be removed."""
    shutil.copytree(ROOT / "addon", tmp_path / "addon", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "addon" / "twilio_test.py"


@pytest.fixture
def open_proxy(tmp_path: Path, confdir: Path, twilio: Twilio, script: Path) -> Iterator[RunningProxy]:
    """A proxy that does forward live requests, to the stand-in."""
    options = recording(tmp_path / "a.yaml")
    with recording_proxy(tmp_path, twilio, *options, confdir=confdir, script=script) as proxy:
        yield proxy


def wait_for(proxy: RunningProxy, text: str) -> None:
    deadline = time.monotonic() + SECONDS
    while text not in "\n".join(proxy.lines):
        assert time.monotonic() < deadline, proxy.lines
        time.sleep(0.05)


@pytest.mark.parametrize("damage", ["removed", "an error"])
def test_nothing_leaves_where_the_script_is_gone(
    open_proxy: RunningProxy, twilio: Twilio, script: Path, damage: str
) -> None:
    with open_proxy.client(auth=LIVE) as client:
        assert header(client.post(f"{API}/Messages.json", data=ONE)) == "live"
        before = len(twilio.requests)
        if damage == "removed":
            script.unlink()
        else:
            script.write_text("x = (\n")
        wait_for(open_proxy, "connections to Twilio: 1")  # the summary: mitmproxy has dropped the addons
        for url in (f"{API}/Messages.json", f"{API}/Messages.json".replace("https:", "http:")):
            answer = client.post(url, data=ONE)
            assert (answer.status_code, answer.json()["code"], header(answer)) == (424, 424002, "refused")
            assert "The proxy runs without its addon" in answer.json()["message"]
    assert len(twilio.requests) == before
    assert "A request for api.twilio.com was refused" in "\n".join(open_proxy.lines)


def test_a_script_that_is_mended_answers_again(open_proxy: RunningProxy, script: Path) -> None:
    text = script.read_text()
    script.write_text("x = (\n")
    wait_for(open_proxy, "connections to Twilio: 0")
    script.write_text(text)
    deadline = time.monotonic() + SECONDS
    with open_proxy.client(auth=LIVE) as client:
        while header(answer := client.post(f"{API}/Messages.json", data=ONE)) == "refused":
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.2)
        assert header(answer) == "live"


@pytest.fixture
def guard() -> TwilioDialGuard:
    return TwilioDialGuard()


@pytest.mark.parametrize(
    ("address", "sni", "is_let_through", "vetoed"),
    [
        ("api.twilio.com", None, False, True),
        ("203.0.113.1", "api.twilio.com", False, True),
        ("api.twilio.com", None, True, False),
        ("example.com", None, False, False),
    ],
    ids=["Twilio", "Twilio by its address", "let through", "another host"],
)
def test_connections(guard: TwilioDialGuard, address: str, sni: str | None, is_let_through: bool, vetoed: bool) -> None:
    client, server = tflow.tclient_conn(), tflow.tserver_conn()
    client.sni, server.address, server.error = sni, (address, 443), None
    if is_let_through:
        guard.let_through(client, address)
    TwilioStandBy(guard).server_connect(ServerConnectionHookData(server=server, client=client))
    assert bool(server.error) is vetoed


@pytest.mark.parametrize("state", ["answered", "failed", "forwarded", "for another host"])
def test_requests_that_are_none_of_its_business(guard: TwilioDialGuard, state: str) -> None:
    flow = tflow.tflow(resp=state == "answered", err=state == "failed")
    flow.request.host = "example.com" if state == "for another host" else "api.twilio.com"
    flow.request.headers["host"] = flow.request.host
    flow.client_conn.sni = None
    if state == "forwarded":
        flow.metadata[FORWARDED] = True
    before = flow.response
    TwilioStandBy(guard).request(flow)
    assert flow.response is before


def test_there_is_one_stand_by_at_the_end_however_often_the_script_is_loaded(guard: TwilioDialGuard) -> None:
    with taddons.context() as context:
        for _ in range(3):
            addon = TwilioFailSafe(guard)
            context.master.addons.add(addon)
            context.master.addons.remove(addon)
        assert [type(addon) for addon in context.master.addons.chain].count(TwilioStandBy) == 1


@pytest.mark.parametrize(
    ("asked", "content_type"), [(False, "application/json"), (True, "application/json; charset=utf-8")]
)
def test_the_stand_by_names_the_character_set_where_the_client_asked_for_one(
    guard: TwilioDialGuard, asked: bool, content_type: str
) -> None:
    flow = tflow.tflow()
    flow.request.host = flow.request.headers["host"] = "api.twilio.com"
    flow.request.path = "/2010-04-01/Accounts.json"
    if asked:
        flow.request.headers["accept-charset"] = "utf-8"
    TwilioStandBy(guard).request(flow)
    assert flow.response
    assert (flow.response.status_code, flow.response.headers["content-type"]) == (424, content_type)
