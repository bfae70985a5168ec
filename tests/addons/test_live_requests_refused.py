"""Live requests that are refused with 424: nothing answers them, nothing reaches Twilio, or nothing can be recorded."""

import asyncio
import resource
from pathlib import Path

import pytest
from mitmproxy.test import tflow, tutils

from cassette_samples import write_cassette
from live import API, LIVE, LIVE_TOKEN, ONE, TWO, header, recording, replaying
from running_proxy import failed_start, recording_proxy, running_proxy
from stand_in import Twilio, stand_in
from twilio_test_proxy.addons.cassettes import TwilioCassettes
from twilio_test_proxy.addons.dial_guard import TwilioDialGuard
from twilio_test_proxy.addons.forwarding import TwilioForwarding
from twilio_test_proxy.addons.hosts import TwilioHosts
from twilio_test_proxy.addons.live_requests import TwilioLiveRequests
from twilio_test_proxy.addons.options import TwilioOptions


def test_an_untrusted_certificate_is_424003_and_nothing_is_recorded(
    tmp_path: Path, confdir: Path, twilio: Twilio
) -> None:
    with stand_in(tmp_path) as stranger:
        stranger.authority = twilio.authority  # the proxy trusts the one and meets the other
        cassette = tmp_path / "cassette.yaml"
        with (
            recording_proxy(tmp_path, stranger, *recording(cassette), confdir=confdir) as proxy,
            proxy.client(auth=LIVE) as client,
        ):
            answer = client.post(f"{API}/Messages.json", data=ONE)
    assert (answer.status_code, answer.json()["code"], header(answer)) == (424, 424003, "refused")
    assert "ertificate" in answer.json()["message"]
    assert not cassette.exists()
    assert stranger.requests == []


@pytest.mark.parametrize("failure", ["unreachable", "cut"])
def test_no_answer_is_424003_and_nothing_is_recorded(
    tmp_path: Path, confdir: Path, twilio: Twilio, failure: str
) -> None:
    cassette = tmp_path / "cassette.yaml"
    server = Twilio(port=1, authority=twilio.authority) if failure == "unreachable" else twilio
    with (
        recording_proxy(tmp_path, server, *recording(cassette), confdir=confdir) as proxy,
        proxy.client(auth=LIVE) as client,
    ):
        answer = client.get(f"{API}/cut.json")
    assert (answer.status_code, answer.json()["code"]) == (424, 424003)
    assert not cassette.exists()


def test_an_interim_answer_is_424003_and_not_recorded_as_the_answer(
    tmp_path: Path, confdir: Path, twilio: Twilio
) -> None:
    cassette = tmp_path / "cassette.yaml"
    with (
        recording_proxy(tmp_path, twilio, *recording(cassette), confdir=confdir) as proxy,
        proxy.client(auth=LIVE, http2=True) as client,
    ):
        interim = client.get(f"{API}/interim.json")
        after = client.get(f"{API}/gzip")
    assert (interim.status_code, interim.json()["code"]) == (424, 424003)
    assert "an interim answer, 103" in interim.json()["message"]
    assert header(after) == "live"
    assert "/interim" not in cassette.read_text()


def test_a_recorded_interim_answer_is_not_played(tmp_path: Path, confdir: Path) -> None:
    cassette = tmp_path / "cassette.yaml"
    cassette.write_text(
        "interactions:\n"
        f"- request: {{method: GET, uri: '{API}/interim.json', headers: {{}}, body: null}}\n"
        "  response: {status: {code: 103, message: Early Hints}, headers: {}, body: {string: ''}}\n"
        "version: 1\n"
    )
    with (
        running_proxy(tmp_path, *replaying(cassette), confdir=confdir) as proxy,
        proxy.client(auth=LIVE, http2=True) as client,
    ):
        refused = client.get(f"{API}/interim.json")
        after = client.get(f"{API}/interim.json")
    assert (refused.status_code, refused.json()["code"]) == (424, 424002)
    assert f"{cassette}: the recorded answer is an interim one, 103" in refused.json()["message"]
    assert after.json()["code"] == 424001
    assert "Traceback" not in proxy.output.read_text()


def test_the_lock_closed_means_that_nothing_dials(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    before = len(twilio.requests)
    options = replaying(tmp_path / "a.yaml")
    with recording_proxy(tmp_path, twilio, *options, confdir=confdir, lock_open=False) as proxy:
        with proxy.client(auth=LIVE) as client:
            answer = client.post(f"{API}/Messages.json", data=ONE)
        assert proxy.stop() == 0
    assert (answer.status_code, answer.json()["code"]) == (424, 424001)
    assert len(twilio.requests) == before
    assert proxy.lines[-1].endswith("connections to Twilio: 0")


def test_without_a_cassette_a_live_request_is_refused(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    with (
        recording_proxy(tmp_path, twilio, confdir=confdir) as proxy,
        proxy.client(auth=LIVE) as client,
    ):
        answer = client.post(f"{API}/Messages.json", data=ONE)
    assert answer.json()["code"] == 424002
    assert "twilio_cassette=PATH" in answer.json()["message"]


def test_a_refusal_names_its_character_set_where_the_client_asked_for_one(tmp_path: Path, confdir: Path) -> None:
    options = replaying(write_cassette(tmp_path / "a.yaml"))
    with running_proxy(tmp_path, *options, confdir=confdir) as proxy, proxy.client(auth=LIVE) as client:
        asked = {"Accept-Charset": "utf-8"}
        answers = [client.get(f"{API}/Missing.json", headers=headers) for headers in ({}, asked)]
        answers.append(client.get(f"{API}/Missing", headers=asked))
    assert [(answer.status_code, answer.headers["content-type"]) for answer in answers] == [
        (424, "application/json"),
        (424, "application/json; charset=utf-8"),
        (424, "application/xml; charset=utf-8"),
    ]


def test_a_full_disk_is_a_refusal_and_the_file_is_as_it_was(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    cassette = tmp_path / "cassette.yaml"
    with (
        recording_proxy(tmp_path, twilio, *recording(cassette), confdir=confdir) as proxy,
        proxy.client(auth=LIVE) as client,
    ):
        assert client.post(f"{API}/Messages.json", data=ONE).status_code == 201
        before = cassette.read_bytes()
        # Stands for a full disk: the write fails in the same place, with EFBIG.
        resource.prlimit(proxy.process.pid, resource.RLIMIT_FSIZE, (len(before) + 100, 10**9))
        answer = client.post(f"{API}/Messages.json", data=TWO)
        sent = len(twilio.requests)
        after = [client.post(f"{API}/Messages.json", data=TWO).json() for _ in range(2)]
        assert len(twilio.requests) == sent
        resource.prlimit(proxy.process.pid, resource.RLIMIT_FSIZE, (10**9, 10**9))
        assert cassette.read_bytes() == before
        again = client.post(f"{API}/Messages.json", data=TWO)
    assert (answer.status_code, answer.json()["code"]) == (424, 424002)
    assert "Twilio answered 201, but the answer could not be recorded" in answer.json()["message"]
    assert [refused["code"] for refused in after] == [424002, 424002]
    assert "could not be written: the file may not grow further" in after[0]["message"]
    assert (again.status_code, header(again)) == (201, "live")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("removed", "somebody removed the file while it was recorded; insert the cassette again"),
        ("grown", "somebody changed the file while it was recorded; insert the cassette again"),
        ("replaced", "somebody changed the file while it was recorded; insert the cassette again"),
    ],
)
@pytest.mark.parametrize("recorded", [0, 1], ids=["before the first", "between two"])
def test_where_nothing_can_be_recorded_nothing_is_sent(
    tmp_path: Path, confdir: Path, twilio: Twilio, change: str, sentence: str, recorded: int
) -> None:
    cassette = write_cassette(tmp_path / "cassette.yaml")
    with recording_proxy(tmp_path, twilio, *recording(cassette, "new_episodes"), confdir=confdir) as proxy:
        with proxy.client(auth=LIVE) as client:
            for _ in range(recorded):
                assert header(client.post(f"{API}/Messages.json", data=ONE)) == "live"
            if change == "removed":
                cassette.unlink()
            elif change == "grown":
                cassette.write_bytes(cassette.read_bytes() + b"# somebody was here\n")
            else:
                write_cassette(tmp_path / "other.yaml").replace(cassette)
            before = cassette.read_bytes() if cassette.exists() else None
            sent = len(twilio.requests)
            answers = [client.post(f"{API}/Messages.json", data=TWO) for _ in range(3)]
        proxy.stop()
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(424, 424002)] * 3
    assert all(sentence in answer.json()["message"] for answer in answers)
    assert len(twilio.requests) == sent
    assert (cassette.read_bytes() if cassette.exists() else None) == before
    assert proxy.lines[-1].endswith(f"3 refused; connections to Twilio: {recorded}")


def test_after_a_secret_survived_nothing_more_is_sent(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    cassette = tmp_path / "cassette.yaml"
    cassette.write_text(
        "interactions:\n"
        f"- request: {{method: GET, uri: 'https://api.twilio.com/x', headers: {{X-A: [{LIVE_TOKEN}]}}, body: null}}\n"
        "  response: {status: {code: 200, message: OK}, headers: {}, body: {string: ''}}\n"
        "version: 1\n"
    )
    sent = len(twilio.requests)
    with (
        recording_proxy(tmp_path, twilio, *recording(cassette, "new_episodes"), confdir=confdir) as proxy,
        proxy.client(auth=LIVE) as client,
    ):
        answers = [client.post(f"{API}/Messages.json", data=ONE).json() for _ in range(3)]
    assert [answer["code"] for answer in answers] == [424002] * 3
    assert "an interaction recorded earlier holds a secret" in answers[-1]["message"]
    assert len(twilio.requests) == sent + 1


def test_a_second_recorder_is_refused_with_the_pid_of_the_first(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    cassette = tmp_path / "cassette.yaml"
    with recording_proxy(tmp_path, twilio, *recording(cassette), confdir=confdir) as proxy:
        options = (*recording(cassette), "--set", "twilio_forward_live=true")
        code, lines = failed_start(tmp_path, *options, confdir=confdir)
        assert code == 1
        assert [line for line in lines if f"process {proxy.process.pid}" in line]
    assert not cassette.with_name(".cassette.yaml.lock").exists()


def test_a_mistake_of_our_own_is_refused_and_sends_nothing_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def mistaken(user: str) -> Path:
        raise ZeroDivisionError("planted")

    options = TwilioOptions()
    cassettes = TwilioCassettes(options)
    monkeypatch.setattr(cassettes.library, "path", mistaken)
    live = TwilioLiveRequests(options, cassettes, TwilioForwarding(TwilioDialGuard()))
    flow = tflow.tflow(req=tutils.treq(host="api.twilio.com", path=b"/2010-04-01/Accounts.json"))
    flow.request.host_header = "api.twilio.com"
    TwilioHosts().requestheaders(flow)

    async def run() -> None:
        waiting = live.request(flow)
        assert waiting is not None
        await waiting

    asyncio.run(run())
    assert flow.response
    assert (flow.response.status_code, flow.response.json()["code"]) == (424, 424002)
    assert "ZeroDivisionError: planted" in caplog.text


def test_a_miss_with_magic_numbers_says_what_they_are_for(tmp_path: Path, confdir: Path) -> None:
    form = {"From": "15005550006", "To": "+14108675309", "Body": "hello"}
    options = replaying(tmp_path / "cassette.yaml")
    with running_proxy(tmp_path, *options, confdir=confdir) as proxy, proxy.client(auth=LIVE) as client:
        magic = client.post(f"{API}/Messages.json", data=form).json()
        other = client.post(f"{API}/Messages.json", data=ONE).json()
    assert magic["code"] == other["code"] == 424001
    assert "name yours with twilio_test_account_sid and twilio_test_auth_token" in magic["message"]
    assert "twilio_test_auth_token" not in other["message"]
