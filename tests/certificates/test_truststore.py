import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from twilio_test_proxy.certificates import authority, bundle, truststore


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The proxy's certificate, and the whole of the system's bundle."""
    return bundle.merged(authority.ensure(tmp_path_factory.mktemp("ca")).pem, {})


def test_holds_every_certificate(tmp_path: Path) -> None:
    pem = authority.ensure(tmp_path / "a").pem + authority.ensure(tmp_path / "b").pem
    read = pkcs12.load_pkcs12(truststore.java_truststore(pem), None)
    assert read.key is None
    found = {entry.certificate.public_bytes(serialization.Encoding.DER) for entry in read.additional_certs}
    assert found == set(bundle.certificates(pem))


def test_empty_is_a_store_too() -> None:
    assert pkcs12.load_pkcs12(truststore.java_truststore(b""), None).additional_certs == []


@pytest.mark.parametrize(
    ("length", "head"),
    [
        pytest.param(0x7F, "047f", id="short form"),
        pytest.param(0x80, "048180", id="one byte of length"),
        pytest.param(0x100, "04820100", id="two bytes"),
        pytest.param(0x10000, "0483010000", id="three bytes"),
    ],
)
def test_lengths_as_der_wants_them(length: int, head: str) -> None:
    assert truststore._tlv(truststore.OCTET_STRING, bytes(length)).startswith(bytes.fromhex(head))


KEYTOOL = [keytool for keytool in [shutil.which("keytool")] if keytool]


@pytest.mark.parametrize("password", [[], ["-storepass", "changeit"]], ids=["no password", "any password"])
@pytest.mark.parametrize("keytool", KEYTOOL, ids=["keytool"] * len(KEYTOOL))
def test_java_trusts_every_entry(keytool: str, password: list[str], pem: bytes, tmp_path: Path) -> None:
    path = tmp_path / "store.p12"
    path.write_bytes(truststore.java_truststore(pem))
    command = [keytool, "-J-Duser.language=en", "-list", "-keystore", str(path), *password]
    done = subprocess.run(command, capture_output=True, text=True, input="\n", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("trustedCertEntry") == len(list(bundle.certificates(pem)))
