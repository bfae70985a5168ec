import os
import stat
from pathlib import Path

import pytest

from twilio_test_proxy.certificates import authority, bundle, trust, truststore


@pytest.fixture(scope="module")
def confined(tmp_path_factory: pytest.TempPathFactory) -> authority.Authority:
    return authority.ensure(tmp_path_factory.mktemp("ca"))


def test_files(confined: authority.Authority, tmp_path: Path) -> None:
    files = trust.write(confined, tmp_path / "trust", {})
    assert files.certificate.read_bytes() == confined.pem
    assert files.bundle.read_bytes() == bundle.merged(confined.pem, {})
    assert files.truststore.read_bytes() == truststore.java_truststore(files.bundle.read_bytes())
    paths = (files.certificate, files.bundle, files.truststore, files.php, files.wgetrc)
    assert all(path.is_absolute() for path in paths)


def test_written_twice(confined: authority.Authority, tmp_path: Path) -> None:
    first = trust.write(confined, tmp_path, {})
    content = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert trust.write(confined, tmp_path, {"WGETRC": str(first.wgetrc)}) == first
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == content


def test_every_user_may_read_them(confined: authority.Authority, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        trust.write(confined, tmp_path / "trust", {"HOME": str(tmp_path)})
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "trust").rglob("*")}
    assert modes == {
        "ca-bundle.p12": 0o644,
        "ca-bundle.pem": 0o644,
        "php": 0o755,
        "proxy-ca.pem": 0o644,
        "twilio-test-proxy.ini": 0o644,
        "wgetrc": 0o644,
    }
    assert stat.S_IMODE((tmp_path / "trust").stat().st_mode) == 0o755


def test_php(confined: authority.Authority, tmp_path: Path) -> None:
    files = trust.write(confined, tmp_path / 'a "quoted" place', {})
    (ini,) = files.php.iterdir()
    assert ini.suffix == ".ini"
    value = str(files.bundle).replace('"', '\\"')
    assert ini.read_text() == f'openssl.cafile = "{value}"\ncurl.cainfo = "{value}"\n'


@pytest.mark.parametrize(
    ("own", "kept"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("tries = 3\nhttp_password = secret", "tries = 3\nhttp_password = secret\n", id="kept"),
        pytest.param("tries = 3\nCA-Certificate=/other.pem\n", "tries = 3\n", id="another bundle gives way"),
    ],
)
def test_wgetrc(confined: authority.Authority, tmp_path: Path, own: str, kept: str) -> None:
    (tmp_path / ".wgetrc").write_text(own)
    files = trust.write(confined, tmp_path / "trust", {"HOME": str(tmp_path)})
    assert files.wgetrc.read_text() == f"{kept}ca_certificate = {files.bundle}\n"
    # Passwords are for their owner only.
    assert stat.S_IMODE(files.wgetrc.stat().st_mode) == (0o600 if kept else 0o644)
