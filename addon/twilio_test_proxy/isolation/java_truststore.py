"""Java's own trust stores with one authority more, in the format that they are in.

A JKS is written as `JavaKeyStore.engineStore` in OpenJDK's sun.security.provider does: big-endian; a magic number,
a version, the number of entries, the entries, then a SHA-1 over the password, a fixed phrase and all that came
before.
"""

import hashlib
import ssl
import struct

from twilio_test_proxy.certificates.truststore import java_truststore

# The password that every Java's cacerts has had. Java itself opens cacerts without one, checking no digest.
PASSWORD = "changeit"  # noqa: S105 - public: it is in Oracle's keytool manual

_MAGIC = 0xFEEDFEED
_VERSION = 2
_TRUSTED_CERTIFICATE = 2
_HEADER = struct.Struct(">III")
_DIGEST_SIZE = 20


def with_certificate(store: bytes, certificate: str) -> bytes:
    """The trust store with one more authority.

    Args:
        store: a trust store in JKS or PKCS #12.
        certificate: the authority's certificate, PEM.

    Raises:
        ValueError: the store is in neither format, or has another password than Java's own.
    """
    if len(store) < _HEADER.size + _DIGEST_SIZE or _HEADER.unpack_from(store)[:2] != (_MAGIC, _VERSION):
        return java_truststore(b"".join([*_pkcs12_certificates(store), certificate.encode()]))
    count = _HEADER.unpack_from(store)[2]
    der = ssl.PEM_cert_to_DER_cert(certificate)
    # Of two entries with one alias Java keeps the second.
    entry = _entry(f"twilio-test-proxy-{hashlib.sha256(der).hexdigest()}", der)
    return _sealed(_HEADER.pack(_MAGIC, _VERSION, count + 1) + store[_HEADER.size : -_DIGEST_SIZE] + entry)


def _entry(alias: str, der: bytes) -> bytes:
    made_at = 0  # milliseconds since 1970: any will do
    return b"".join(
        (
            struct.pack(">I", _TRUSTED_CERTIFICATE),
            _text(alias),
            struct.pack(">Q", made_at),
            _text("X.509"),
            struct.pack(">I", len(der)),
            der,
        )
    )


def _text(text: str) -> bytes:
    data = text.encode("ascii")
    return struct.pack(">H", len(data)) + data


def _sealed(data: bytes) -> bytes:
    salt = PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite"
    return data + hashlib.sha1(salt + data, usedforsecurity=False).digest()


def _pkcs12_certificates(store: bytes) -> list[bytes]:
    """The certificates, PEM."""
    # Imported late: most machines have JKS, and the import takes longer than all the rest.
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

    errors = []
    # OpenJDK has made its cacerts without a password since 18 (JDK-8275252).
    for password in (PASSWORD.encode(), None):
        try:
            found = pkcs12.load_pkcs12(store, password)
        except ValueError as error:
            errors.append(error)
            continue
        return [entry.certificate.public_bytes(Encoding.PEM) for entry in found.additional_certs]
    raise ValueError(f"neither JKS nor PKCS #12 with Java's own password: {errors[0]}")
