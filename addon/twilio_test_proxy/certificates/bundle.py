"""The merged CA bundle: every certificate that the user's programs trust today, and the proxy's beside them.

It has to be merged because most clients read one file: a bundle of the proxy's certificate alone would break
every connection to a host that the proxy leaves untouched.
"""

from __future__ import annotations

import base64
import binascii
import importlib.util
import re
import ssl
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

CA_FILE_VARIABLES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "HTTPLIB2_CA_CERTS",
    "PERL_LWP_SSL_CA_FILE",
    "HTTPS_CA_FILE",
    "DENO_CERT",
    "TWILIO_CA_BUNDLE",
)
"""Variables that name a CA file to some client: OpenSSL and Go, requests, curl, Node, httplib2, LWP (two),
Deno, and twilio-node 4 and later."""

# Where distributions keep it, in the order in which Go's crypto/x509 looks:
# https://go.dev/src/crypto/x509/root_linux.go, and root_darwin's and root_bsd's siblings.
SYSTEM_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----\s*([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----", re.ASCII)


def merged(proxy_pem: bytes, environment: Mapping[str, str]) -> bytes:
    """The PEM text of the proxy's certificate and, once each, of all that the user's programs trust now.

    The user's own variables come first, since somebody set them for a reason; then the system's bundle;
    certifi's only where the system has none.
    """
    ours = list(certificates(proxy_pem))
    theirs = [der for file in base_files(environment) for der in _read(file)]
    # The proxy's comes first: some clients read a bundle until they find what they need.
    return b"".join(_pem(der) for der in dict.fromkeys([*ours, *theirs]))


def base_files(environment: Mapping[str, str]) -> list[Path]:
    """The CA files, or directories of them, that are in force in this environment."""
    named = [Path(environment[name]) for name in CA_FILE_VARIABLES if environment.get(name)]
    return [*dict.fromkeys(named), *_system()]


def certificates(pem: bytes) -> Iterator[bytes]:
    """The certificates (DER) in a PEM text; whatever else the text holds is passed over."""
    for match in _CERTIFICATE.finditer(pem):
        try:
            yield base64.b64decode(b"".join(match[1].split()), validate=True)
        except binascii.Error:
            continue


def _system() -> list[Path]:
    openssl = ssl.get_default_verify_paths().openssl_cafile
    for name in (*SYSTEM_FILES, openssl):
        if Path(name).is_file():
            return [Path(name)]
    found = importlib.util.find_spec("certifi")
    return [Path(found.origin).with_name("cacert.pem")] if found and found.origin else []


def _read(path: Path) -> Iterable[bytes]:
    """The certificates of a file, or of the files of a directory; none where it cannot be read.

    A variable that points nowhere is the user's business: their programs say so themselves.
    """
    try:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        return [der for file in files if file.is_file() for der in certificates(file.read_bytes())]
    except OSError:
        return []


def _pem(der: bytes) -> bytes:
    return ssl.DER_cert_to_PEM_cert(der).encode()
