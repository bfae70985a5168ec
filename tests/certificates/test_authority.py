import datetime
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from mitmproxy import certs

from twilio_test_proxy.certificates import authority, directory, issuance

ADDON = Path(__file__).resolve().parents[2] / "addon"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> authority.Authority:
    return authority.ensure(tmp_path_factory.mktemp("home") / "ca")


def test_is_made_once(made: authority.Authority) -> None:
    before = made.pem
    again = authority.ensure(made.confdir)
    assert again == made
    assert again.pem == before


def test_modes(made: authority.Authority) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in made.confdir.iterdir()}
    assert modes.pop("mitmproxy-ca.pem") == 0o600
    assert stat.S_IMODE(made.confdir.stat().st_mode) == 0o700
    keys = [path.name for path in made.confdir.iterdir() if b"PRIVATE KEY" in path.read_bytes()]
    assert keys == ["mitmproxy-ca.pem"]


def test_a_key_that_others_may_read_is_closed(made: authority.Authority) -> None:
    secret = made.confdir / "mitmproxy-ca.pem"
    secret.chmod(0o644)
    authority.ensure(made.confdir)
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_mitmproxy_takes_it_as_its_own(made: authority.Authority) -> None:
    names = {path.name for path in made.confdir.iterdir()}
    store = certs.CertStore.from_store(made.confdir, "mitmproxy", 2048)
    entry = store.get_cert("api.twilio.com", [x509.DNSName("api.twilio.com")])
    assert {path.name for path in made.confdir.iterdir()} == names, "mitmproxy made files of its own"
    entry.cert._cert.verify_directly_issued_by(store.default_ca._cert)
    # The issuer goes along with each leaf, since clients trust the root alone.
    assert entry.chain_file == made.confdir / "mitmproxy-ca.pem"
    assert store.default_ca._cert.issuer == x509.load_pem_x509_certificate(made.pem).subject


def test_eight_processes_at_once_get_the_same(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from twilio_test_proxy.certificates import authority;"
        "print(authority.ensure(Path(sys.argv[1])).pem.hex())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "ca")]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ADDON)}) for _ in range(8)
    ]
    answers = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0] * 8
    assert len(set(answers)) == 1
    assert answers[0].strip() == (tmp_path / "ca" / "mitmproxy-ca-cert.pem").read_bytes().hex()
    assert not [path for path in (tmp_path / "ca").iterdir() if path.name.startswith(".mitm")], "temporary files"


@pytest.mark.parametrize(
    ("later", "renewed"),
    [
        pytest.param(issuance.VALIDITY - authority.RENEWAL - datetime.timedelta(days=1), False, id="in good time"),
        pytest.param(issuance.VALIDITY - authority.RENEWAL + datetime.timedelta(days=1), True, id="soon to end"),
        pytest.param(issuance.VALIDITY + datetime.timedelta(days=1), True, id="ended"),
        pytest.param(-issuance.BACKDATED - datetime.timedelta(days=1), True, id="made by a clock that was ahead"),
    ],
)
def test_renewal(tmp_path: Path, later: datetime.timedelta, renewed: bool) -> None:
    now = datetime.datetime.now(datetime.UTC)
    before = authority.ensure(tmp_path, now).pem
    after = authority.ensure(tmp_path, now + later)
    assert (after.pem != before) == renewed
    assert after.expires - (now + later) >= authority.RENEWAL


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("mitmproxy-ca.pem", None, id="no key"),
        pytest.param("mitmproxy-ca.pem", b"", id="empty key"),
        pytest.param("mitmproxy-ca.pem", b"-----BEGIN RSA PRIVATE KEY-----\nAAAA", id="torn key"),
        pytest.param("mitmproxy-ca-cert.pem", None, id="no certificate"),
        pytest.param("mitmproxy-ca-cert.pem", b"not a certificate", id="no PEM"),
        pytest.param("mitmproxy-dhparam.pem", None, id="no parameters"),
    ],
)
def test_what_is_broken_is_made_anew(tmp_path: Path, name: str, content: bytes | None) -> None:
    authority.ensure(tmp_path)
    path = tmp_path / name
    path.unlink() if content is None else path.write_bytes(content)
    authority.ensure(tmp_path)
    assert path.stat().st_size > 400


def test_another_authority_s_certificate_is_not_taken_for_its_own(tmp_path: Path) -> None:
    authority.ensure(tmp_path / "a")
    other = authority.ensure(tmp_path / "b").pem
    (tmp_path / "a" / "mitmproxy-ca-cert.pem").write_bytes(other)
    assert authority.ensure(tmp_path / "a").pem != other


def test_mitmproxy_s_own_unconfined_authority_is_replaced(tmp_path: Path) -> None:
    certs.CertStore.create_store(tmp_path, "mitmproxy", 2048)
    made = authority.ensure(tmp_path)
    root = x509.load_pem_x509_certificate(made.pem)
    assert root.extensions.get_extension_for_class(x509.NameConstraints).value == issuance.constraints()


def test_without_permission_the_cure_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(directory.DirectoryError, match="TWILIO_TEST_PROXY_HOME"):
        authority.ensure(tmp_path / "file" / "ca")
