import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from live import API, LIVE
from running_proxy import ACCOUNT_SID, ACCOUNT_URL, AUTH_TOKEN, recording_proxy, running_proxy
from stand_in import stand_in
from twilio_test_proxy.addons.hosts import CONTROL_HOST
from twilio_test_proxy.testing import control
from twilio_test_proxy.testing.control import Control, ControlError


def test_the_host_is_the_one_that_the_proxy_answers() -> None:
    assert control.HOST == CONTROL_HOST


def test_requests_and_cassettes(tmp_path: Path, confdir: Path) -> None:
    options = ("--set", f"twilio_report={tmp_path / 'report.json'}", "--set", f"twilio_cassette_dir={tmp_path}")
    with running_proxy(tmp_path, *options, confdir=confdir) as proxy:
        asking = Control(proxy.url)
        assert asking.requests() == []
        inserted = asking.insert("one", "none")
        assert inserted["cassette"] == str(tmp_path / "one.yaml")
        with proxy.client(auth=(ACCOUNT_SID, AUTH_TOKEN)) as client:
            client.post(f"{ACCOUNT_URL}/Messages.json", data={"To": "+14108675309"})
        assert [request["outcome"] for request in asking.requests()] == ["missed"]
        assert asking.requests(after=1) == []
        assert asking.cassette(str(tmp_path / "one.yaml"))["missed"] == 1
        assert asking.cassette("another") == {}
        assert asking.eject()["missed"] == 1
        with pytest.raises(ControlError, match="No cassette is in force"):
            asking.eject()
        with pytest.raises(ControlError, match="Record mode once needs the lock open"):
            asking.insert("one", "once")


@pytest.mark.parametrize("is_patient", [True, False])
def test_a_cassette_is_ejected_when_what_is_in_flight_is_recorded(
    tmp_path: Path, confdir: Path, monkeypatch: pytest.MonkeyPatch, is_patient: bool
) -> None:
    options = ("--set", f"twilio_cassette_dir={tmp_path / 'd'}", "--set", "twilio_record_mode=new_episodes")
    with (
        stand_in(tmp_path) as twilio,
        recording_proxy(tmp_path, twilio, *options, confdir=confdir) as proxy,
        ThreadPoolExecutor(2) as pool,
        proxy.client(auth=LIVE) as client,
    ):
        asking = Control(proxy.url)
        asking.insert("a", "once")
        waiting = pool.submit(client.get, f"{API}/held")
        while not twilio.requests:
            time.sleep(0.01)
        if is_patient:
            ejecting = pool.submit(asking.eject)
            twilio.held.set()
            assert ejecting.result()["recorded"] == 1
        else:
            monkeypatch.setattr(control, "IN_FLIGHT_SECONDS", 0.0)
            with pytest.raises(ControlError, match="on the way to Twilio"):
                asking.eject()
            twilio.held.set()
        assert waiting.result().status_code == 200


def test_a_proxy_that_is_gone() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(ControlError, match=f"The proxy at {url} does not answer"):
            Control(url).requests()
