"""What the authority's key can and cannot do, asked of the verifiers that real clients use."""

import datetime
import ipaddress
import shutil
import ssl
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from mitmproxy import certs

from twilio_test_proxy.certificates import issuance, truststore

NOW = datetime.datetime.now(datetime.UTC)
PROGRAMS = Path(__file__).parent / "verifiers"

NAMES: Mapping[str, bool] = {
    "api.twilio.com": True,
    "twilio.com": True,
    "api.dublin.ie1.twilio.com": True,
    "twilio-test-proxy.test": True,
    "example.com": False,
    "nottwilio.com": False,
    "twilio.com.example.net": False,
    "com": False,
    "192.0.2.1": False,
    "127.0.0.1": False,
    "2001:db8::1": False,
}
"""Whether a certificate for the name, made as mitmproxy makes it, may be trusted."""


@dataclass(frozen=True)
class Files:
    root: Path
    issuer: Path
    truststore: Path
    leaves: tuple[Path, ...]
    key: Path


@pytest.fixture(scope="module")
def issued() -> issuance.Issued:
    return issuance.issue(NOW)


@pytest.fixture(scope="module")
def files(issued: issuance.Issued, tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("chain")
    root, issuer, key = folder / "root.pem", folder / "issuer.pem", folder / "key.pem"
    root.write_bytes(issued.root.public_bytes(serialization.Encoding.PEM))
    issuer.write_bytes(issued.issuer.public_bytes(serialization.Encoding.PEM))
    kind = serialization.PrivateFormat.TraditionalOpenSSL
    key.write_bytes(issued.key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()))
    store = folder / "store.p12"
    store.write_bytes(truststore.java_truststore(root.read_bytes()))
    leaves = []
    for number, name in enumerate(NAMES):
        leaf = certs.dummy_cert(issued.key, issued.issuer, name, [general_name(name)])
        leaves.append(folder / f"leaf-{number}.pem")
        leaves[-1].write_bytes(leaf.to_pem())
    return Files(root, issuer, store, tuple(leaves), key)


def general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def printed(*command: str | Path, ok: bool = True) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not ok or done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def ask_openssl(files: Files) -> list[str]:
    """As strictly as Python 3.13 does by default."""
    options = ("-x509_strict", "-CAfile", files.root, "-untrusted", files.issuer)
    answers = [printed("openssl", "verify", *options, leaf, ok=False) for leaf in files.leaves]
    return ["trusted" if ": OK" in answer else answer for answer in answers]


def ask_gnutls(files: Files) -> list[str]:
    answers = []
    for leaf in files.leaves:
        chain = leaf.with_suffix(".chain")
        chain.write_bytes(leaf.read_bytes() + files.issuer.read_bytes())
        answers.append(
            printed("certtool", "--verify", "--load-ca-certificate", files.root, "--infile", chain, ok=False)
        )
    return ["trusted" if "Chain verification output: Verified" in answer else answer for answer in answers]


def ask_java(files: Files) -> list[str]:
    return printed("java", PROGRAMS / "Verify.java", files.truststore, files.issuer, *files.leaves).splitlines()


def ask_go(files: Files) -> list[str]:
    return printed("go", "run", PROGRAMS / "verify.go", files.root, files.issuer, *files.leaves).splitlines()


def ask_python(files: Files) -> list[str]:
    """A handshake in memory, with every flag that any Python sets by default."""
    answers = []
    for leaf, name in zip(files.leaves, NAMES, strict=True):
        chain = leaf.with_suffix(".chain")
        chain.write_bytes(leaf.read_bytes() + files.issuer.read_bytes())
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(chain, files.key)
        client = ssl.create_default_context(cafile=str(files.root))
        client.verify_flags |= ssl.VERIFY_X509_STRICT
        answers.append(shake_hands(client, server, name))
    return answers


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> str:
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(back, there, server_hostname=name),
        server.wrap_bio(there, back, server_side=True),
    ]
    done: set[ssl.SSLObject] = set()
    while len(done) < len(ends):
        for end in ends:
            try:
                end.do_handshake()
                done.add(end)
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                return f"refused: {error}"
    return "trusted"


VERIFIERS: Mapping[str, tuple[str, Callable[[Files], list[str]]]] = {
    "Python": ("python3", ask_python),
    "OpenSSL": ("openssl", ask_openssl),
    "GnuTLS": ("certtool", ask_gnutls),
    "Java": ("java", ask_java),
    "Go": ("go", ask_go),
}

FOUND = [name for name, (command, _) in VERIFIERS.items() if shutil.which(command)]


@pytest.mark.parametrize("verifier", FOUND)
def test_the_key_can_speak_for_twilio_alone(files: Files, verifier: str) -> None:
    answers = VERIFIERS[verifier][1](files)
    trusted = {name: answer == "trusted" for name, answer in zip(NAMES, answers, strict=True)}
    assert trusted == NAMES, answers


def test_the_verifiers_that_every_machine_has_were_asked() -> None:
    assert {"Python", "OpenSSL"} <= set(FOUND)


@pytest.mark.parametrize("which", ["root", "issuer"])
def test_extensions_that_strict_verifiers_want(issued: issuance.Issued, which: str) -> None:
    certificate: x509.Certificate = getattr(issued, which)
    extensions = certificate.extensions
    assert extensions.get_extension_for_class(x509.BasicConstraints).critical
    assert extensions.get_extension_for_class(x509.NameConstraints).critical
    assert extensions.get_extension_for_class(x509.KeyUsage).critical
    key = extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert key == x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())
    authority = extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    root_key = issued.root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert authority.key_identifier == root_key.digest


def test_the_issuer_cannot_make_further_authorities(issued: issuance.Issued) -> None:
    constraints = issued.issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (constraints.ca, constraints.path_length) == (True, 0)


def test_the_kept_key_is_not_the_root_s(issued: issuance.Issued) -> None:
    assert issued.key.public_key() == issued.issuer.public_key()
    assert issued.key.public_key() != issued.root.public_key()


def test_validity(issued: issuance.Issued) -> None:
    for certificate in (issued.root, issued.issuer):
        assert certificate.not_valid_before_utc == (NOW - issuance.BACKDATED).replace(microsecond=0)
        assert certificate.not_valid_after_utc == (NOW + issuance.VALIDITY).replace(microsecond=0)


def test_authorities_have_different_names() -> None:
    assert issuance.issue(NOW).root.subject != issuance.issue(NOW).root.subject
