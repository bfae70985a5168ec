"""A directory of OpenSSL's in which each authority's certificate has the hash of its name as file name."""

import hashlib
import os
import re
import shutil
from pathlib import Path

from cryptography import x509

# X.690, 8.
_OBJECT_IDENTIFIER = 0x06
_UTF8_STRING = 0x0C
_SEQUENCE = 0x30
_SET = 0x31


def copy_with_certificate(source: Path, target: Path, certificate: str) -> None:
    """Make `target` a copy of the directory `source` that has one more authority.

    Symbolic links stay as they are, so the copy must come to stand in the original's place.

    Args:
        source: the directory as it is.
        target: where the copy goes; must not exist.
        certificate: the authority's certificate, PEM.

    Raises:
        OSError: the copy could not be written.
    """
    target.mkdir()
    for entry in os.scandir(source):
        try:
            if entry.is_symlink():
                (target / entry.name).symlink_to(Path(entry.path).readlink())
            elif entry.is_dir():
                shutil.copytree(entry.path, target / entry.name, symlinks=True)
            else:
                shutil.copy2(entry.path, target / entry.name)
        except (PermissionError, shutil.Error):
            continue  # what we may not read, the command may not either
    name = subject_hash(certificate)
    taken = {found.name for found in target.iterdir() if re.fullmatch(rf"{name}\.\d+", found.name)}
    number = next(number for number in range(len(taken) + 1) if f"{name}.{number}" not in taken)
    (target / f"{name}.{number}").write_text(certificate)


def subject_hash(certificate: str) -> str:
    """The hash of an authority's name, as `openssl x509 -subject_hash` prints it.

    OpenSSL's X509_NAME_hash: the first four bytes, little-endian, of the SHA-1 over the name's parts, with
    every text in UTF-8, in lower case, without spaces at its ends and with single ones within
    (x509_name_canon in crypto/x509/x_name.c).

    Args:
        certificate: the authority's certificate, PEM.
    """
    subject = x509.load_pem_x509_certificate(certificate.encode()).subject
    encoded = b"".join(_canonical_part(part) for part in subject.rdns)
    digest = hashlib.sha1(encoded, usedforsecurity=False).digest()
    return f"{int.from_bytes(digest[:4], 'little'):08x}"


def _canonical_part(part: x509.RelativeDistinguishedName) -> bytes:
    attributes = (
        _der(_SEQUENCE, _der_oid(attribute.oid.dotted_string) + _der(_UTF8_STRING, _canonical(attribute.value)))
        for attribute in part
    )
    return _der(_SET, b"".join(sorted(attributes)))


def _canonical(text: str | bytes) -> bytes:
    # OpenSSL lowers ASCII letters only, and takes ASCII white space only: as methods of bytes do.
    data = text if isinstance(text, bytes) else text.encode()
    return b" ".join(data.lower().split())


def _der_oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    digits = bytearray()
    for number in (first * 40 + second, *rest):
        septets = [number & 0x7F]
        while number := number >> 7:
            septets.append(number & 0x7F | 0x80)
        digits += bytes(reversed(septets))
    return _der(_OBJECT_IDENTIFIER, bytes(digits))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
