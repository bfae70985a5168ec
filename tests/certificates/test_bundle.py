import subprocess
from pathlib import Path

import pytest

from twilio_test_proxy.certificates import authority, bundle


@pytest.fixture(scope="module")
def proxy_pem(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return authority.ensure(tmp_path_factory.mktemp("ca")).pem


@pytest.fixture(scope="module")
def company_pem(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Another certificate, as a company's own would be."""
    return authority.ensure(tmp_path_factory.mktemp("company")).pem


def ders(pem: bytes) -> list[bytes]:
    return list(bundle.certificates(pem))


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, company_pem: bytes) -> Path:
    """A system bundle with one certificate."""
    path = tmp_path / "system.crt"
    path.write_bytes(authority.ensure(tmp_path / "system").pem)
    monkeypatch.setattr(bundle, "SYSTEM_FILES", (str(path),))
    return path


def test_the_proxy_s_and_the_system_s(proxy_pem: bytes, system: Path) -> None:
    assert ders(bundle.merged(proxy_pem, {})) == ders(proxy_pem) + ders(system.read_bytes())


@pytest.mark.parametrize("variable", bundle.CA_FILE_VARIABLES)
def test_what_the_user_set_stays_in_force(
    proxy_pem: bytes, company_pem: bytes, system: Path, tmp_path: Path, variable: str
) -> None:
    own = tmp_path / "own.pem"
    own.write_bytes(company_pem)
    merged = ders(bundle.merged(proxy_pem, {variable: str(own)}))
    assert merged == ders(proxy_pem) + ders(company_pem) + ders(system.read_bytes())


def test_a_directory_of_certificates(proxy_pem: bytes, company_pem: bytes, system: Path, tmp_path: Path) -> None:
    folder = tmp_path / "certs"
    folder.mkdir()
    (folder / "5d4b4c2a.0").write_bytes(company_pem)
    (folder / "sub").mkdir()
    assert ders(company_pem)[0] in ders(bundle.merged(proxy_pem, {"REQUESTS_CA_BUNDLE": str(folder)}))


def test_each_once(proxy_pem: bytes, system: Path, tmp_path: Path) -> None:
    """One run inside another: the bundle is merged with itself."""
    first = bundle.merged(proxy_pem, {})
    (tmp_path / "first.pem").write_bytes(first)
    assert bundle.merged(proxy_pem, {"SSL_CERT_FILE": str(tmp_path / "first.pem")}) == first


def test_a_variable_that_points_nowhere(proxy_pem: bytes, system: Path) -> None:
    assert bundle.merged(proxy_pem, {"SSL_CERT_FILE": "/nowhere.pem"}) == bundle.merged(proxy_pem, {})


def test_keys_and_comments_stay_out(proxy_pem: bytes, system: Path, tmp_path: Path) -> None:
    mixed = b"# a comment\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" + system.read_bytes()
    (tmp_path / "mixed.pem").write_bytes(mixed.replace(b"\n", b"\r\n"))
    merged = bundle.merged(proxy_pem, {"SSL_CERT_FILE": str(tmp_path / "mixed.pem")})
    assert b"PRIVATE" not in merged
    assert merged == bundle.merged(proxy_pem, {})


def test_certifi_where_the_system_has_none(proxy_pem: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    class Paths:
        openssl_cafile = "/nowhere/cert.pem"

    monkeypatch.setattr(bundle, "SYSTEM_FILES", ())
    monkeypatch.setattr("ssl.get_default_verify_paths", Paths)
    assert len(ders(bundle.merged(proxy_pem, {}))) > 100


def test_openssl_reads_it(proxy_pem: bytes, tmp_path: Path) -> None:
    """The real system's bundle."""
    (tmp_path / "bundle.pem").write_bytes(bundle.merged(proxy_pem, {}))
    (tmp_path / "proxy.pem").write_bytes(proxy_pem)
    command = ["openssl", "verify", "-CAfile", str(tmp_path / "bundle.pem"), str(tmp_path / "proxy.pem")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
