"""However a proxy is stopped or loaded again, its files are finished and nothing is recorded twice."""

import os
import shutil
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest

from cassette_samples import load_with_vcrpy
from live import API, LIVE, ONE, TWO, header, recording
from running_proxy import ROOT, START_LINE, RunningProxy, recording_proxy
from stand_in import Twilio
from twilio_test_proxy.cassettes.cassette import Cassette
from twilio_test_proxy.cassettes.errors import CassetteError
from twilio_test_proxy.cassettes.record_mode import RecordMode


def wait_for(condition: object, what: str) -> None:
    assert callable(condition)
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_signal_finishes_the_files_and_sums_up(
    tmp_path: Path, confdir: Path, twilio: Twilio, by: signal.Signals
) -> None:
    """With one client connected, and one still waiting for Twilio."""
    cassette = tmp_path / "a.yaml"
    for mode in ("once", "all"):
        with (
            recording_proxy(tmp_path, twilio, *recording(cassette, mode), confdir=confdir) as proxy,
            proxy.client(auth=LIVE) as client,
            proxy.client(auth=LIVE) as waiting,
        ):
            client.post(f"{API}/Messages.json", data=ONE)
            before = len(twilio.requests)
            cut: list[str] = []
            thread = threading.Thread(target=ask_slowly, args=(waiting, cut))
            thread.start()
            wait_for(lambda seen=before: len(twilio.requests) > seen, "the slow request reached nobody")
            proxy.process.send_signal(by)
            code = proxy.process.wait(30)
            thread.join()
        assert code == 0
        assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
        assert proxy.lines[-2] == f"cassette {cassette}: {len(load_with_vcrpy(cassette))} recorded"
        assert proxy.lines[-1].startswith("twilio-test-proxy: ")
        assert "Traceback" not in proxy.output.read_text()
        # What the second run, in record mode `all`, recorded again has taken the place of the first one's.
        # The answer that was cut may be there or not; the client has not got it.
        messages = [request for request, _ in load_with_vcrpy(cassette) if request.method == "POST"]
        assert (len(messages), cut) == (1, ["cut"])


def ask_slowly(client: httpx.Client, became: list[str]) -> None:
    try:
        answer = client.get(f"{API}/slow.json")
        became.append(header(answer))
    except httpx.TransportError:
        became.append("cut")


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A copy of what mitmdump loads, which a test may touch."""
    source = tmp_path / "addon"
    source.mkdir()
    (source / "twilio_test_proxy").symlink_to(ROOT / "addon" / "twilio_test_proxy")
    return Path(shutil.copy(ROOT / "addon" / "twilio_test.py", source))


def reload(proxy: RunningProxy, script: Path) -> None:
    """Do as an editor does that saves the script, and wait until mitmproxy has loaded it again."""
    loaded = len(START_LINE.findall(proxy.output.read_text()))
    later = time.time() + 10 * loaded
    os.utime(script, (later, later))
    wait_for(lambda: len(START_LINE.findall(proxy.output.read_text())) > loaded, "the script was not loaded again")


def test_a_script_that_is_loaded_again_keeps_the_lock_and_records_nothing_twice(
    tmp_path: Path, confdir: Path, twilio: Twilio, script: Path
) -> None:
    cassettes = tmp_path / "cassettes"
    path = cassettes / "checkout.yaml"
    options = ("--set", f"twilio_cassette_dir={cassettes}", "--set", "twilio_record_mode=new_episodes")
    before = len(twilio.requests)
    with recording_proxy(tmp_path, twilio, *options, confdir=confdir, script=script) as proxy:
        with proxy.client("checkout", auth=LIVE) as client:
            assert header(client.post(f"{API}/Messages.json", data=ONE)) == "live"
            reload(proxy, script)
            # The same tunnel, whose user was named before.
            answers = [client.post(f"{API}/Messages.json", data=form) for form in (TWO, ONE, ONE)]
            assert [header(answer) for answer in answers] == ["live", "cassette", "live"]
            with pytest.raises(
                CassetteError, match=f"another recorder is writing it \\(process {proxy.process.pid}\\)"
            ):
                Cassette(path, RecordMode.NEW_EPISODES)
        assert proxy.stop() == 0
    assert [request.body for request, _ in load_with_vcrpy(path)] == [
        b"To=%2B14108675309&From=%2B15017122661&Body=" + text for text in (b"one", b"two", b"one")
    ]
    assert len(twilio.requests) - before == 3
    assert [file.name for file in cassettes.iterdir()] == ["checkout.yaml"]
    assert "Traceback" not in proxy.output.read_text()
