"""The files through which each kind of client is told to trust the proxy, written into one directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import authority, bundle, directory, truststore


@dataclass(frozen=True)
class TrustFiles:
    """Where the files are; all are absolute paths."""

    certificate: Path
    """The proxy's certificate alone, as PEM: for clients that can be told of one more."""
    bundle: Path
    """The merged CA bundle, as PEM: for clients that read one file instead of the system's."""
    truststore: Path
    """The merged bundle as PKCS #12, for Java."""
    php: Path
    """A directory with an ini file that names the bundle, for PHP."""
    wgetrc: Path
    """The user's own wgetrc with the bundle added, for wget, which reads no variable that names a bundle."""


def write(confined: authority.Authority, folder: Path, environment: Mapping[str, str]) -> TrustFiles:
    """Write the files for the clients of this environment into `folder`, which is made where it is missing.

    Every file is replaced in one step, so that several processes may write the same folder.

    Raises:
        directory.DirectoryError: the folder cannot be written.
    """
    folder = folder.absolute()
    directory.make(folder, directory.PUBLIC)
    files = TrustFiles(
        certificate=folder / "proxy-ca.pem",
        bundle=folder / "ca-bundle.pem",
        truststore=folder / "ca-bundle.p12",
        php=folder / "php",
        wgetrc=folder / "wgetrc",
    )
    directory.make(files.php, directory.PUBLIC)
    pem = confined.pem
    everything = bundle.merged(pem, environment)
    directory.write(files.certificate, pem, 0o644)
    directory.write(files.bundle, everything, 0o644)
    directory.write(files.truststore, truststore.java_truststore(everything), 0o644)
    directory.write(files.php / "twilio-test-proxy.ini", _php_ini(files.bundle), 0o644)
    own = _own_wgetrc(environment)
    # The user's own lines may hold passwords. Without any everybody may read it: wget ends where it cannot.
    directory.write(files.wgetrc, _wgetrc(own, files.bundle), 0o600 if own else 0o644)
    return files


def _php_ini(path: Path) -> bytes:
    """https://www.php.net/manual/openssl.configuration.php and https://www.php.net/manual/curl.configuration.php."""
    value = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'openssl.cafile = "{value}"\ncurl.cainfo = "{value}"\n'.encode()


def _own_wgetrc(environment: Mapping[str, str]) -> list[bytes]:
    """The lines of the user's own wgetrc, less what names a bundle.

    https://www.gnu.org/software/wget/manual/html_node/Wgetrc-Location.html
    """
    own = environment.get("WGETRC") or str(Path(environment.get("HOME", "/")) / ".wgetrc")
    try:
        before = Path(own).read_bytes()
    except OSError:
        before = b""
    return [line for line in before.splitlines() if not _names_bundle(line)]


def _wgetrc(own: Sequence[bytes], path: Path) -> bytes:
    return b"\n".join([*own, b"ca_certificate = " + str(path).encode(), b""])


def _names_bundle(line: bytes) -> bool:
    """Whether a line of a wgetrc sets ca_certificate, whose case, hyphens and underscores do not matter."""
    name = line.partition(b"=")[0].strip().lower()
    return name.replace(b"_", b"").replace(b"-", b"") == b"cacertificate"
