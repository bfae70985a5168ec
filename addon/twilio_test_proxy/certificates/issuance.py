"""Makes the authority's certificates: a root that clients trust, and the issuer that mitmproxy signs with.

Both are confined by RFC 5280's name constraints to the names that the proxy answers for. Two of them, because
Java reads no constraints from a certificate that it trusts, only from those below it. The root's key is
forgotten as soon as it has signed the issuer, so the one key that is kept can speak for Twilio's names and
for nothing else, whoever gets hold of it.
"""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAMES = ("twilio.com", "twilio-test-proxy.test")
"""The names, each with all below it, that certificates can be made for: Twilio's and the proxy's own page."""

VALIDITY = datetime.timedelta(days=5 * 365)
BACKDATED = datetime.timedelta(days=2)
"""For containers and virtual machines whose clock is behind; mitmproxy backdates its leaves as much."""


@dataclass(frozen=True)
class Issued:
    """A new authority: the certificate to trust, the one that signs, and the key of the latter."""

    root: x509.Certificate
    issuer: x509.Certificate
    key: rsa.RSAPrivateKey


def constraints() -> x509.NameConstraints:
    """Only `NAMES`, and no IP address: what no subtree mentions would be free (RFC 5280, 4.2.1.10)."""
    return x509.NameConstraints(
        permitted_subtrees=[x509.DNSName(name) for name in NAMES],
        excluded_subtrees=[
            x509.IPAddress(ipaddress.ip_network("0.0.0.0/0")),
            x509.IPAddress(ipaddress.ip_network("::/0")),
        ],
    )


def issue(now: datetime.datetime) -> Issued:
    """Make an authority that is valid for `VALIDITY` from `now` (with a time zone)."""
    # RSA, because the oldest clients that are tested here can do nothing else.
    root_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    root_id = x509.SubjectKeyIdentifier.from_public_key(root_key.public_key())
    # A name of its own for every authority: OpenSSL looks for an issuer by its name, and a bundle may
    # hold two.
    mark = root_id.digest.hex()[:8]
    root_name = _name(f"twilio-test-proxy root {mark}")

    def build(name: x509.Name, public: rsa.RSAPublicKey, depth: int) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(root_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - BACKDATED)
            .not_valid_after(now + VALIDITY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
            .add_extension(_signs_certificates(), critical=True)
            .add_extension(constraints(), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            # Python 3.13 verifies with VERIFY_X509_STRICT, which wants this below the root.
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(root_id), critical=False)
        )

    root = build(root_name, root_key.public_key(), 1).sign(root_key, hashes.SHA256())
    issuer = (
        build(_name(f"twilio-test-proxy issuer {mark}"), key.public_key(), 0)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    return Issued(root, issuer, key)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "twilio-test-proxy"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _signs_certificates() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
