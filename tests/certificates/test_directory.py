import os
import stat
from pathlib import Path

import pytest

from twilio_test_proxy.certificates import directory


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({"TWILIO_TEST_PROXY_HOME": "/srv/ca", "HOME": "/h"}, "/srv/ca", id="own variable"),
        pytest.param({"XDG_STATE_HOME": "/state", "HOME": "/h"}, "/state/twilio-test-proxy", id="XDG"),
        pytest.param(
            {"XDG_STATE_HOME": "state", "HOME": "/h"},
            "/h/.local/state/twilio-test-proxy",
            id="relative XDG does not count",
        ),
        pytest.param({"HOME": "/h"}, "/h/.local/state/twilio-test-proxy", id="home"),
        pytest.param(
            {"TWILIO_TEST_PROXY_HOME": "", "HOME": "/h"}, "/h/.local/state/twilio-test-proxy", id="empty variable"
        ),
    ],
)
def test_home(environment: dict[str, str], expected: str) -> None:
    assert directory.home(environment) == Path(expected)


def test_home_is_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert directory.home({"TWILIO_TEST_PROXY_HOME": "ca"}) == tmp_path / "ca"


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", home)
    with pytest.raises(directory.DirectoryError, match="set TWILIO_TEST_PROXY_HOME"):
        directory.home({})


def test_make_is_private_and_repeatable(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    directory.make(folder)
    folder.chmod(0o755)
    directory.make(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_make_for_every_user_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        directory.make(tmp_path / "new", directory.PUBLIC)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o755


def test_make_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(directory.DirectoryError, match="set TWILIO_TEST_PROXY_HOME to a directory"):
        directory.make(tmp_path / "file" / "sub")


def test_write_replaces_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"old")
    reader = path.open("rb")
    directory.write(path, b"new")
    with reader:
        assert reader.read() == b"old"
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    with pytest.raises(directory.DirectoryError, match=r"target cannot be written \("):
        directory.write(target, b"data")
    assert list(tmp_path.iterdir()) == [target]
