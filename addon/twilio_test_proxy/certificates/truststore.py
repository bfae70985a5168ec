"""A trust store for Java: PKCS #12 that holds certificates only, made without keytool.

It is neither encrypted nor authenticated, like the ``cacerts`` of Java 18 and later, since there is no secret
in it. Java 8 and later read it with any password and with none.

The structure is RFC 7292's; that an entry is trusted is said by an attribute of Oracle's, without which Java
reads the file and trusts nothing: https://bugs.openjdk.org/browse/JDK-8044445. ``cryptography`` writes such
files from version 45 on, which mitmproxy 11 does not admit.
"""

from __future__ import annotations

from . import bundle

# Object identifiers as DER.
DATA = bytes.fromhex("06092a864886f70d010701")  # 1.2.840.113549.1.7.1: PKCS #7 data
CERT_BAG = bytes.fromhex("060b2a864886f70d010c0a0103")  # 1.2.840.113549.1.12.10.1.3
X509_CERTIFICATE = bytes.fromhex("060a2a864886f70d01091601")  # 1.2.840.113549.1.9.22.1
FRIENDLY_NAME = bytes.fromhex("06092a864886f70d010914")  # 1.2.840.113549.1.9.20
TRUSTED_KEY_USAGE = bytes.fromhex("060c6086480186f966adca7b0101")  # 2.16.840.1.113894.746875.1.1
ANY_EXTENDED_KEY_USAGE = bytes.fromhex("0604551d2500")  # 2.5.29.37.0

INTEGER_3 = bytes.fromhex("020103")

SEQUENCE, SET, OCTET_STRING, BMP_STRING, EXPLICIT_0 = 0x30, 0x31, 0x04, 0x1E, 0xA0


def java_truststore(pem: bytes) -> bytes:
    """A PKCS #12 trust store of all certificates in a PEM text."""
    bags = b"".join(_bag(number, der) for number, der in enumerate(bundle.certificates(pem)))
    contents = _data(_tlv(SEQUENCE, bags))
    return _tlv(SEQUENCE, INTEGER_3, _data(_tlv(SEQUENCE, contents)))


def _bag(number: int, der: bytes) -> bytes:
    """A SafeBag (RFC 7292, 4.2.3) with one certificate, named by its place and marked as trusted."""
    certificate = _tlv(SEQUENCE, X509_CERTIFICATE, _tlv(EXPLICIT_0, _tlv(OCTET_STRING, der)))
    alias = _tlv(BMP_STRING, f"ca-{number}".encode("utf-16-be"))
    attributes = _tlv(
        SET,
        _tlv(SEQUENCE, FRIENDLY_NAME, _tlv(SET, alias)),
        _tlv(SEQUENCE, TRUSTED_KEY_USAGE, _tlv(SET, ANY_EXTENDED_KEY_USAGE)),
    )
    return _tlv(SEQUENCE, CERT_BAG, _tlv(EXPLICIT_0, certificate), attributes)


def _data(content: bytes) -> bytes:
    """A ContentInfo of type data."""
    return _tlv(SEQUENCE, DATA, _tlv(EXPLICIT_0, _tlv(OCTET_STRING, content)))


def _tlv(tag: int, *parts: bytes) -> bytes:
    """A DER value: tag, length, contents."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content
