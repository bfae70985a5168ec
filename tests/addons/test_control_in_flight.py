"""http://twilio-test-proxy.test/ asked to change a cassette whose answers are still on their way from Twilio."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from live import API, LIVE, header
from running_proxy import recording_proxy
from stand_in import stand_in

CONTROL = "http://twilio-test-proxy.test"


@pytest.mark.parametrize("operation", ["insert", "eject"])
def test_a_cassette_is_not_changed_while_paid_answers_are_still_to_be_recorded_in_it(
    tmp_path: Path, confdir: Path, operation: str
) -> None:
    """By whoever: another proxy user inserts the file, or its own ejects it."""
    options = ("--set", f"twilio_cassette_dir={tmp_path / 'd'}", "--set", "twilio_record_mode=new_episodes")
    with stand_in(tmp_path) as twilio, recording_proxy(tmp_path, twilio, *options, confdir=confdir) as proxy:

        def ask(number: int) -> httpx.Response:
            with proxy.client("a", auth=LIVE) as client:
                return client.get(f"{API}/held?{number}")

        with ThreadPoolExecutor(3) as pool, proxy.client("b" if operation == "insert" else "a") as client:
            asking = [pool.submit(ask, number) for number in range(3)]
            while len(twilio.requests) < 3:
                time.sleep(0.01)
            parameters = {"name": "a", "record_mode": "once"} if operation == "insert" else {}
            refused = client.post(f"{CONTROL}/cassette/{operation}", json=parameters)
            twilio.held.set()
            answers = [one.result() for one in asking]
            changed = client.post(f"{CONTROL}/cassette/{operation}", json=parameters)
    assert (refused.status_code, changed.status_code) == (409, 200)
    assert "a.yaml: 3 requests are on the way to Twilio" in refused.json()["error"]
    assert [(answer.status_code, header(answer)) for answer in answers] == [(200, "live")] * 3
    assert (tmp_path / "d" / "a.yaml").read_text().count("- request:") == 3
