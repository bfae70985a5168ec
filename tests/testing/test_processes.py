import os
from pathlib import Path

import pytest

from child_processes import running_children
from twilio_test_proxy.cli.proxy_process import ProxyError
from twilio_test_proxy.testing.control import Control, ControlError
from twilio_test_proxy.testing.processes import Processes


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("TWILIO_TEST_PROXY_HOME", str(home))


def test_one_proxy_with_the_lock_closed_and_another_with_it_open(tmp_path: Path) -> None:
    before = running_children()
    processes = Processes(tmp_path / "run", tmp_path)
    try:
        closed = processes.get(lock_open=False)
        assert processes.get(lock_open=False) is closed
        with pytest.raises(ControlError, match="needs the lock open"):
            Control(closed.process.url).insert("a", "once")
        opened = processes.get(lock_open=True)
        assert opened.process.url != closed.process.url
        assert Control(opened.process.url).insert("a", "once")["record_mode"] == "once"
        assert closed.trust.certificate.read_bytes() in opened.trust.bundle.read_bytes()
    finally:
        processes.stop()
    assert running_children() == before


def test_none_is_started_before_it_is_needed(tmp_path: Path) -> None:
    before = running_children()
    Processes(tmp_path, tmp_path).stop()
    assert running_children() == before


def test_a_start_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "TWILIO_TEST_ACCOUNT_SID", "AC1")
    with pytest.raises(ProxyError, match="Test credentials need both parts"):
        Processes(tmp_path, tmp_path).get(lock_open=False)


def test_a_proxy_of_the_user_s_without_a_url_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://h:bad")
    monkeypatch.delenv("https_proxy", raising=False)
    with pytest.raises(ProxyError, match=r"^HTTPS_PROXY holds no URL of a proxy"):
        Processes(tmp_path, tmp_path).get(lock_open=False)
