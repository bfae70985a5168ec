"""cassettes/hello.yaml is what cassettes/README.md says: recorded by the proxy, from the stand-in for Twilio.

`python tests/promises/test_example_cassette.py` makes it anew.
"""

import re
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from running_proxy import ROOT, RunningProxy, recording_proxy, running_proxy
from stand_in import stand_in

CASSETTE = ROOT / "cassettes" / "hello.yaml"
LIVE_SID = "AC" + "9" * 32
FORM = {"To": "+14108675309", "From": "+15017122661", "Body": "Hello from a cassette"}


def session(proxy: RunningProxy, account_sid: str) -> list[str]:
    """Send a message and fetch it until it is delivered; the states that it went through."""
    url = f"https://api.twilio.com/2010-04-01/Accounts/{account_sid}/Messages.json"
    headers = {"User-Agent": "example", "Accept-Encoding": "gzip"}
    with proxy.client(auth=(account_sid, "the-token-of-this-account"), headers=headers) as client:
        message = client.post(url, data=FORM).json()
        states = [message["status"]]
        while states[-1] != "delivered" and len(states) < 10:
            states.append(client.get(f"https://api.twilio.com{message['uri']}").json()["status"])
    return states


def record(directory: Path) -> Path:
    cassette = directory / "hello.yaml"
    options = ("--set", f"twilio_cassette={cassette}", "--set", "twilio_record_mode=once")
    with (
        stand_in(directory) as twilio,
        recording_proxy(directory, twilio, *options, confdir=directory / "conf") as proxy,
    ):
        session(proxy, LIVE_SID)
    return cassette


def test_it_is_what_the_proxy_records_from_the_stand_in(tmp_path: Path) -> None:
    def without_dates(path: Path) -> str:
        return re.sub(r"\w{3}, \d\d \w{3} \d{4} \S+ GMT|recorded_at: .*|index: .*", "", path.read_text())

    assert without_dates(CASSETTE) == without_dates(record(tmp_path))


def test_it_replays_without_a_network_for_any_account(tmp_path: Path, confdir: Path) -> None:
    with running_proxy(tmp_path, "--set", f"twilio_cassette={CASSETTE}", confdir=confdir) as proxy:
        assert session(proxy, "AC" + "3" * 32) == ["queued", "sending", "sent", "delivered"]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        shutil.copy(record(Path(made)), CASSETTE)
