"""README: record a suite once, replay it for ever. twilio-python's own code, configured by environment variables."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sdk_suite
from live import LIVE_SID, LIVE_TOKEN, recording, replaying
from running_proxy import RunningProxy, recording_proxy, running_proxy
from stand_in import Twilio, stand_in

OTHER_SID = "AC" + "5" * 32


@pytest.fixture
def fresh_twilio(tmp_path: Path) -> Iterator[Twilio]:
    """With no messages of other tests in its lists."""
    with stand_in(tmp_path) as running:
        yield running


def suite(
    proxy: RunningProxy, *texts: str, account: tuple[str, str] = (LIVE_SID, LIVE_TOKEN), user: str = ""
) -> subprocess.CompletedProcess[str]:
    credentials = {"TWILIO_ACCOUNT_SID": account[0], "TWILIO_AUTH_TOKEN": account[1]}
    command = [sys.executable, "-W", "ignore", sdk_suite.__file__, *texts]
    environment = proxy.environment(user) | credentials
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)


def seen(result: subprocess.CompletedProcess[str]) -> list[Any]:
    assert result.returncode == 0, result.stderr
    answer: list[Any] = json.loads(result.stdout)
    return answer


def test_a_suite_is_recorded_once_and_replayed_without_twilio(
    tmp_path: Path, confdir: Path, fresh_twilio: Twilio
) -> None:
    cassette = tmp_path / "suite.yaml"
    with recording_proxy(tmp_path, fresh_twilio, *recording(cassette), confdir=confdir) as proxy:
        live = seen(suite(proxy))
        assert proxy.stop() == 0
    first, second, *states, listed, refused = live
    assert [first[1:], second[1:]] == [["queued", True], ["queued", True]]
    assert states == ["sending", "sent", "delivered"]
    assert listed == ["one", "two"]
    assert refused[:2] == [400, 21211]
    asked = len(fresh_twilio.requests)
    pages = [path for method, path, _, _ in fresh_twilio.requests if method == "GET" and "PageSize=1" in path]
    assert len(pages) == 2
    assert (asked, LIVE_TOKEN in cassette.read_text() + proxy.output.read_text()) == (8, False)

    with running_proxy(tmp_path, *replaying(cassette), confdir=confdir) as proxy:
        replayed = seen(suite(proxy, account=(OTHER_SID, "no-token-of-anybody")))
        missed = suite(proxy, "one", "three")
        assert proxy.stop() == 0
    assert replayed == live
    assert len(fresh_twilio.requests) == asked
    # The SDK's own exception is the diagnosis.
    assert missed.returncode == 1
    assert "TwilioRestException" in missed.stderr
    assert "was already played once" in missed.stderr
    assert "8 played, 1 missed" in proxy.lines[-2]
    assert proxy.lines[-1].endswith("connections to Twilio: 0")


def test_a_miss_is_explained_by_the_sdk_s_exception_and_on_the_terminal(
    tmp_path: Path, confdir: Path, fresh_twilio: Twilio
) -> None:
    directory = ("--set", f"twilio_cassette_dir={tmp_path}")
    mode = ("--set", "twilio_record_mode=once")
    with recording_proxy(tmp_path, fresh_twilio, *directory, *mode, confdir=confdir) as proxy:
        assert seen(suite(proxy, "one", user="sign-up"))
    with running_proxy(tmp_path, *directory, confdir=confdir) as proxy:
        missed = suite(proxy, "other", user="sign-up")
        assert proxy.stop() == 0
    assert missed.returncode == 1
    why = f"Cassette {tmp_path / 'sign-up.yaml'} does not hold POST https://api.twilio.com/2010-04-01/Accounts/"
    what = "The closest recorded interaction, number 1, differs: Body: recorded one, asked other."
    assert "HTTP 424 error" in missed.stderr
    assert why in missed.stderr
    assert what in missed.stderr
    (line,) = [line for line in proxy.lines if " 424 424001 " in line]
    assert "live AC…9999    POST Messages              +15017122661 → +14108675309   424 424001" in line
    assert line.endswith(what)
