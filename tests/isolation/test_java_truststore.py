import hashlib
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from twilio_test_proxy.certificates.truststore import java_truststore
from twilio_test_proxy.isolation.java_truststore import PASSWORD, with_certificate

# A store without entries, as `keytool` leaves it when its last entry is deleted.
EMPTY = bytes.fromhex("feedfeed 00000002 00000000 e268 6e45 fb43 dfa4 d9 92dd 41ce b6b2 1c63 30 d7 92")


def pem() -> str:
    return trustme.CA().cert_pem.bytes().decode()


def der(certificate: str) -> bytes:
    return ssl.PEM_cert_to_DER_cert(certificate)


def test_jks_of_java_itself_has_the_digest_that_is_computed_here() -> None:
    covered = PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite" + EMPTY[:12]
    assert EMPTY[12:] == hashlib.sha1(covered, usedforsecurity=False).digest()


def test_jks_keeps_its_entries_and_gets_one_more() -> None:
    first, second = pem(), pem()
    one = with_certificate(EMPTY, first)
    two = with_certificate(one, second)
    assert one[:12].hex(" ", 4) == "feedfeed 00000002 00000001"
    assert two[:12].hex(" ", 4) == "feedfeed 00000002 00000002"
    assert two[12:-20].startswith(one[12:-20])
    assert der(first) in two
    assert two[:-20].endswith(der(second))


def pkcs12_store(certificate: str, password: bytes | None) -> bytes:
    authority = x509.load_pem_x509_certificate(certificate.encode())
    algorithm = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return pkcs12.serialize_key_and_certificates(None, None, None, [authority], algorithm)


@pytest.mark.parametrize("password", [PASSWORD.encode(), None], ids=["before Java 18", "since Java 18"])
def test_pkcs12_keeps_its_certificates_and_gets_one_more(password: bytes | None) -> None:
    old, new = pem(), pem()
    assert with_certificate(pkcs12_store(old, password), new) == java_truststore(f"{old}{new}".encode())


def test_pkcs12_that_is_already_without_password() -> None:
    old, new = pem(), pem()
    assert with_certificate(java_truststore(old.encode()), new) == java_truststore(f"{old}{new}".encode())


@pytest.mark.parametrize(
    "store",
    [
        pytest.param(b"", id="empty file"),
        pytest.param(b"\xfe\xed\xfe\xed", id="truncated"),
        pytest.param(EMPTY.replace(b"\x00\x00\x00\x02", b"\x00\x00\x00\x09", 1), id="JKS of another version"),
        pytest.param(b"-----BEGIN CERTIFICATE-----\n" * 20, id="PEM"),
        pytest.param(pkcs12_store(pem(), b"their own"), id="another password"),
    ],
)
def test_store_that_cannot_be_read(store: bytes) -> None:
    with pytest.raises(ValueError, match="neither JKS nor PKCS #12 with Java's own password"):
        with_certificate(store, pem())


if shutil.which("keytool"):

    @pytest.mark.parametrize("kind", ["JKS", "PKCS12"])
    def test_java_reads_it(tmp_path: Path, kind: str) -> None:
        old, new = pem(), pem()
        store = with_certificate(EMPTY, old) if kind == "JKS" else pkcs12_store(old, None)
        (tmp_path / "cacerts").write_bytes(with_certificate(store, new))
        command = ["keytool", "-list", "-rfc", "-keystore", str(tmp_path / "cacerts"), "-storepass", PASSWORD]
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.replace("\r\n", "\n")
        for certificate in (old, new):
            assert certificate.strip() in listed
