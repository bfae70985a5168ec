"""This machine's certificate authority, made when it is first wanted and kept as mitmproxy reads it.

The directory is a ``confdir`` of mitmproxy's: ``--set confdir=DIRECTORY`` is all that mitmdump needs.
"""

from __future__ import annotations

import datetime
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from . import directory, issuance

RENEWAL = datetime.timedelta(days=60)
"""An authority with less than this left is replaced, so that none expires during a run."""

# The 2048-bit group of RFC 7919, appendix A.1. mitmproxy writes this file when it is missing, but not in one
# step: of several that start at once, one would read half of it.
FFDHE2048 = b"""\
-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
"""


@dataclass(frozen=True)
class Authority:
    """A certificate authority on disk."""

    confdir: Path
    """The directory to give to mitmproxy as ``confdir``."""
    certificate: Path
    """The PEM file with the one certificate that clients must trust."""
    expires: datetime.datetime
    """When the certificate ends, in UTC."""

    @property
    def pem(self) -> bytes:
        """The certificate that clients must trust, as PEM."""
        return self.certificate.read_bytes()


def ensure(confdir: Path | None = None, now: datetime.datetime | None = None) -> Authority:
    """This machine's authority; made, or made anew, where there is none or it is incomplete or about to end.

    Safe with any number of processes at once: all get the same one.

    Raises:
        directory.DirectoryError: the directory cannot be written.
    """
    confdir = confdir or directory.home()
    now = now or datetime.datetime.now(datetime.UTC)
    if found := _load(confdir, now):
        return found
    directory.make(confdir)
    with _lock(confdir):
        if found := _load(confdir, now):
            return found
        _save(confdir, issuance.issue(now))
    made = _load(confdir, now)
    if made is None:
        raise directory.DirectoryError(
            f"The certificate authority just written to {confdir} cannot be read back: "
            "check the disk, or set TWILIO_TEST_PROXY_HOME to another directory."
        )
    return made


def _load(confdir: Path, now: datetime.datetime) -> Authority | None:
    """The authority in the directory, or None where it has to be made."""
    secret, certificate = confdir / "mitmproxy-ca.pem", confdir / "mitmproxy-ca-cert.pem"
    try:
        raw = secret.read_bytes()
        key = serialization.load_pem_private_key(raw, None)
        issuer = x509.load_pem_x509_certificates(raw)[0]
        root = x509.load_pem_x509_certificate(certificate.read_bytes())
        issuer.verify_directly_issued_by(root)
    except (OSError, ValueError, TypeError, InvalidSignature):
        return None
    if issuer.public_key() != key.public_key():
        return None
    try:
        confined = root.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return None
    if confined != issuance.constraints() or not (confdir / "mitmproxy-dhparam.pem").exists():
        return None
    expires = min(root.not_valid_after_utc, issuer.not_valid_after_utc)
    if expires - now < RENEWAL or root.not_valid_before_utc > now:
        return None
    if secret.stat().st_mode & 0o077:
        secret.chmod(0o600)
    return Authority(confdir, certificate, expires)


def _save(confdir: Path, issued: issuance.Issued) -> None:
    """Write the files of mitmproxy's ``confdir``, the one with the key last, which completes it."""
    root = issued.root.public_bytes(serialization.Encoding.PEM)
    issuer = issued.issuer.public_bytes(serialization.Encoding.PEM)
    # Traditional, as mitmproxy writes its own.
    key = issued.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    store = pkcs12.serialize_key_and_certificates(
        b"twilio-test-proxy", None, issued.root, None, serialization.NoEncryption()
    )
    directory.write(confdir / "mitmproxy-dhparam.pem", FFDHE2048, 0o644)
    directory.write(confdir / "mitmproxy-ca-cert.cer", root, 0o644)
    directory.write(confdir / "mitmproxy-ca-cert.p12", store, 0o644)
    directory.write(confdir / "mitmproxy-ca-cert.pem", root, 0o644)
    # More than one certificate in this file, and mitmproxy sends them along with each leaf.
    directory.write(confdir / "mitmproxy-ca.pem", key + issuer + root)


@contextmanager
def _lock(confdir: Path) -> Iterator[None]:
    """Let one process at a time make the authority."""
    try:
        lock = (confdir / ".lock").open("w")
    except OSError as error:
        raise directory.DirectoryError(
            f"{confdir} cannot be written ({error.strerror}): "
            "set TWILIO_TEST_PROXY_HOME to a directory that you may write."
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
