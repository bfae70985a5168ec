"""What a run leaves for whoever started it: where the proxy listens, and in the end what became of every request."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from mitmproxy.test import tflow, tutils

from cassette_samples import send_message, write_cassette
from live import API, LIVE, LIVE_TOKEN, ONE, recording
from running_proxy import ACCOUNT_SID, ACCOUNT_URL, AUTH_TOKEN, RunningProxy, recording_proxy, running_proxy
from stand_in import Twilio
from twilio_test_proxy.addons.cassettes import TwilioCassettes
from twilio_test_proxy.addons.dial_guard import TwilioDialGuard
from twilio_test_proxy.addons.options import TwilioOptions
from twilio_test_proxy.addons.outcomes import Outcome, remember
from twilio_test_proxy.addons.report import TwilioReport, describe_request, outcome_name, write_json
from twilio_test_proxy.addons.terminal import TwilioTerminal

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NOTHING = {"answered": 0, "played": 0, "forwarded": 0, "refused": 0, "missed": 0}


@pytest.mark.parametrize(
    ("outcome", "name"),
    [
        (Outcome("test-credentials", "test", "", ""), "answered"),
        (Outcome("test-credentials", "nobody", "", "", code=20003), "answered"),
        (Outcome("cassette", "live", "", ""), "played"),
        (Outcome("live", "live", "", ""), "forwarded"),
        (Outcome("refused", "live", "", "", code=424001), "missed"),
        (Outcome("refused", "live", "", "", code=424002), "refused"),
        (Outcome("refused", "live", "", "", code=424003), "refused"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.answered_by} {value.code}",
)
def test_an_outcome_in_one_word(outcome: Outcome, name: str) -> None:
    assert outcome_name(outcome.answered_by, outcome.code) == name


def test_a_request_of_the_report() -> None:
    flow = tflow.tflow(
        req=tutils.treq(method=b"POST", scheme=b"https", host="api.twilio.com", path=b"/x?token=planted")
    )
    flow.request.headers["Authorization"] = "Basic planted"
    outcome = Outcome("cassette", "live", "AC1", "x", "+1", "+2", result="SM1", cassette="a.yaml")
    described = describe_request(flow, outcome, 201)
    assert described == {
        "method": "POST",
        "url": "https://api.twilio.com/x",
        "status": 201,
        "outcome": "played",
        "caller": "live",
        "code": 0,
        "to": "+1",
        "from": "+2",
        "cassette": "a.yaml",
        "sid": "SM1",
    }
    assert "planted" not in json.dumps(described)
    refused = describe_request(flow, Outcome("refused", "live", "", "x", code=424001, result="why"), 424)
    assert (refused["message"], "sid" in refused) == ("why", False)


def test_what_was_counted_is_not_counted_again_when_its_client_leaves() -> None:
    options, guard = TwilioOptions(), TwilioDialGuard()
    cassettes = TwilioCassettes(options)
    report, terminal = TwilioReport(options, cassettes, guard), TwilioTerminal(options, cassettes, guard)
    flow = tflow.tflow(resp=True)
    remember(flow, Outcome("live", "live", "AC1", "x"))
    for hook in ("response", "error", "error"):
        for addon in (report, terminal):
            getattr(addon, hook)(flow)
    assert report.counts == {"forwarded": 1}
    assert terminal._counts == {"live": 1}


def test_a_file_is_there_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    value = {"requests": ["x" * 1000] * 1000}
    write_json(path, {})
    seen: set[int] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(len(json.loads(path.read_text()).get("requests", [])))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(20):
        write_json(path, value)
    done.set()
    reader.join()
    assert seen <= {0, 1000}
    assert json.loads(path.read_text()) == value
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]


def report(path: Path, proxy: RunningProxy) -> dict[str, Any]:
    assert not path.exists()
    assert proxy.stop() == 0
    read: dict[str, Any] = json.loads(path.read_text())
    return read


@pytest.mark.parametrize(
    ("fail_on_unplayed", "asked", "failed"),
    [("false", (0,), False), ("true", (0,), True), ("true", (0, 1), False), ("false", (0, 1, 2), True)],
    ids=["unplayed", "unplayed where it counts", "all played", "missed"],
)
def test_what_makes_a_run_fail(
    tmp_path: Path, confdir: Path, fail_on_unplayed: str, asked: tuple[int, ...], failed: bool
) -> None:
    path = tmp_path / "report.json"
    cassette = write_cassette(tmp_path / "checkout.yaml", 2)
    options = (f"twilio_cassette_dir={tmp_path}", f"twilio_fail_on_unplayed={fail_on_unplayed}")
    sets = [word for option in (*options, f"twilio_report={path}") for word in ("--set", option)]
    with running_proxy(tmp_path, *sets, confdir=confdir) as proxy:
        with proxy.client("checkout", auth=LIVE) as client:
            for number in asked:
                client.post(f"{API}/Messages.json", content=send_message(number).body, headers=FORM)
            # What is ejected before the end counts as well.
            client.post("http://twilio-test-proxy.test/cassette/eject", json={})
        read = report(path, proxy)
    played, missed, unplayed = min(len(asked), 2), int(len(asked) > 2), max(2 - len(asked), 0)
    assert read["failed"] is failed
    counted = {"played": played, "missed": missed, "unplayed": unplayed}
    assert read["summary"] == NOTHING | counted | {"dialled": 0, "vetoed": 0}
    (state,) = read["cassettes"]
    assert {name: state[name] for name in counted} == counted
    assert state["cassette"] == str(cassette)
    assert [row["number"] for row in state["unplayed_interactions"]] == [2] * unplayed
    assert [row["outcome"] for row in read["requests"]] == ["played"] * played + ["missed"] * missed
    terminal = proxy.lines[-2]
    assert terminal.startswith(f"cassette {cassette}: {played} played")
    assert ("missed" in terminal, "unplayed" in terminal) == (bool(missed), bool(unplayed))


def test_the_report_of_a_recording(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    path, ready = tmp_path / "report.json", tmp_path / "ready.json"
    options = (*recording(tmp_path / "a.yaml"), "--set", f"twilio_report={path}", "--set", f"twilio_ready_file={ready}")
    with recording_proxy(tmp_path, twilio, *options, confdir=confdir) as proxy:
        found = json.loads(ready.read_text())
        assert (found["pid"], found["listen"]) == (proxy.process.pid, [["127.0.0.1", proxy.port]])
        assert Path(found["ca"]).read_text().startswith("-----BEGIN CERTIFICATE-----")
        with proxy.client(auth=LIVE) as client:
            client.post(f"{API}/Messages.json", data=ONE)
            client.get(f"{API}/cut.json")
            client.post(f"{ACCOUNT_URL}/Messages.json", data=ONE, auth=(ACCOUNT_SID, ""))
            client.get("http://twilio-test-proxy.test/status")
        read = report(path, proxy)
    assert read["failed"] is False
    counted = {"answered": 1, "forwarded": 1, "refused": 1}
    assert read["summary"] == NOTHING | counted | {"unplayed": 0, "dialled": 2, "vetoed": 0}
    assert [row["outcome"] for row in read["requests"]] == ["forwarded", "refused", "answered"]
    assert [row["status"] for row in read["requests"]] == [201, 424, 401]
    assert read["requests"][1]["code"] == 424003
    assert (read["requests"][0]["to"], read["requests"][0]["from"]) == (ONE["To"], ONE["From"])
    assert read["cassettes"][0]["recorded"] == 1
    written = path.read_text()
    assert [secret for secret in (LIVE_TOKEN, AUTH_TOKEN) if secret in written] == []


@pytest.mark.parametrize("option", ["twilio_report", "twilio_ready_file"])
def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path, confdir: Path, option: str) -> None:
    path = tmp_path / "nowhere" / "file.json"
    with running_proxy(tmp_path, "--set", f"{option}={path}", confdir=confdir) as proxy:
        code = proxy.stop() if option == "twilio_report" else proxy.process.wait(30)
    assert code == (0 if option == "twilio_report" else 1)
    said = [line for line in proxy.lines if str(path) in line]
    assert len(said) == 1
    assert f"{option}: {path} cannot be written: No such file or directory" in said[0]
    assert "Traceback" not in proxy.output.read_text()
