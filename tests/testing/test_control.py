import socket
from pathlib import Path

import pytest

from running_proxy import ACCOUNT_SID, ACCOUNT_URL, AUTH_TOKEN, running_proxy
from twilio_test_proxy.addons import hosts
from twilio_test_proxy.testing import control
from twilio_test_proxy.testing.control import Control, ControlError


def test_the_host_is_the_one_that_the_proxy_answers() -> None:
    assert control.HOST == hosts.CONTROL_HOST


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


def test_a_proxy_that_is_gone() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(ControlError, match=f"The proxy at {url} does not answer"):
            Control(url).requests()
