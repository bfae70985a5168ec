import datetime
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from twilio_test_proxy.isolation.hashed_directory import copy_with_certificate, subject_hash


def authority(*attributes: tuple[ObjectIdentifier, str]) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param([(NameOID.COMMON_NAME, "mitmproxy"), (NameOID.ORGANIZATION_NAME, "mitmproxy")], id="plain"),
        pytest.param([(NameOID.COMMON_NAME, "  Twilio \t Test   PROXY ")], id="white space and capitals"),
        pytest.param([(NameOID.COUNTRY_NAME, "IE"), (NameOID.EMAIL_ADDRESS, "A@b.c")], id="other string types"),
        pytest.param([(NameOID.COMMON_NAME, "Prüfstelle ÄÖÜ")], id="not ASCII"),
        pytest.param([(NameOID.COMMON_NAME, "x" * 64)] * 4, id="long"),
        pytest.param([(ObjectIdentifier("1.3.6.1.4.1.311.60.2.1.3"), "US")], id="long object identifier"),
    ],
)
def test_subject_hash_is_the_one_that_openssl_looks_for(attributes: list[tuple[ObjectIdentifier, str]]) -> None:
    pem = authority(*attributes)
    command = ["openssl", "x509", "-noout", "-subject_hash"]
    expected = subprocess.run(command, input=pem, capture_output=True, text=True, check=True).stdout.strip()
    assert subject_hash(pem) == expected


def test_copy_is_trusted_and_trusts_whom_the_original_trusted(tmp_path: Path) -> None:
    old, new = trustme.CA(organization_name="old"), trustme.CA(organization_name="new")
    old_pem, new_pem = (ca.cert_pem.bytes().decode() for ca in (old, new))
    original = tmp_path / "certs"
    original.mkdir()
    (original / "old.pem").write_text(old_pem)
    (original / f"{subject_hash(old_pem)}.0").symlink_to("old.pem")
    copy_with_certificate(original, tmp_path / "copy", new_pem)
    for ca in (old, new):
        assert is_trusted(ca, tmp_path / "copy")
    assert not is_trusted(new, original)


def is_trusted(ca: trustme.CA, directory: Path) -> bool:
    """Whether OpenSSL, with this directory and nothing else, verifies a certificate of the authority."""
    leaf = ca.issue_cert("api.twilio.com").cert_chain_pems[0].bytes()
    command = ["openssl", "verify", "-no-CAfile", "-no-CAstore", "-CApath", str(directory)]
    return subprocess.run(command, input=leaf, capture_output=True).returncode == 0


def test_copy_keeps_links_files_and_directories(tmp_path: Path) -> None:
    original = tmp_path / "certs"
    (original / "java").mkdir(parents=True)
    (original / "java/cacerts").write_bytes(b"store")
    (original / "ca-certificates.crt").write_bytes(b"bundle")
    (original / "gone.pem").symlink_to("/nonexistent/gone.crt")
    copy_with_certificate(original, tmp_path / "copy", trustme.CA().cert_pem.bytes().decode())
    assert (tmp_path / "copy/java/cacerts").read_bytes() == b"store"
    assert (tmp_path / "copy/ca-certificates.crt").read_bytes() == b"bundle"
    assert (tmp_path / "copy/gone.pem").readlink() == Path("/nonexistent/gone.crt")


def test_authority_of_the_same_name_is_kept_beside_ours(tmp_path: Path) -> None:
    first, second = (authority((NameOID.COMMON_NAME, "twilio-test-proxy")) for _ in range(2))
    name = subject_hash(first)
    original = tmp_path / "certs"
    original.mkdir()
    (original / f"{name}.0").write_text(first)
    (original / f"{name}.2").write_text("left over")
    copy_with_certificate(original, tmp_path / "copy", second)
    assert (tmp_path / f"copy/{name}.0").read_text() == first
    assert (tmp_path / f"copy/{name}.1").read_text() == second
    shutil.rmtree(tmp_path / "copy")


def test_certificate_is_written_as_openssl_reads_it(tmp_path: Path) -> None:
    pem = authority((NameOID.COMMON_NAME, "twilio-test-proxy"))
    (tmp_path / "certs").mkdir()
    copy_with_certificate(tmp_path / "certs", tmp_path / "copy", pem)
    (only,) = (tmp_path / "copy").iterdir()
    assert ssl.PEM_cert_to_DER_cert(only.read_text()) == ssl.PEM_cert_to_DER_cert(pem)
