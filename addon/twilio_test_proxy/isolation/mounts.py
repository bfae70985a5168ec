"""What a command finds in place of the machine's trust files and resolver files. Nothing outside changes."""

import os
import ssl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from . import java_truststore, resolver_files, system_calls
from .hashed_directory import copy_with_certificate
from .refusals import refusal
from .trust_files import TrustFiles

_RESOLVER_FILES: dict[str, Callable[[str], str]] = {
    "/etc/hosts": resolver_files.hosts,
    "/etc/nsswitch.conf": resolver_files.name_service_switch,
    "/etc/resolv.conf": lambda _: resolver_files.RESOLV_CONF,
}

# glibc asks the name service cache daemon before it reads nsswitch.conf (nscd(8)), and it lives outside.
_NSCD_SOCKET = Path("/run/nscd/socket")


class Shelf:
    """Where new contents of files are put, to be mounted in the place of the old ones.

    Args:
        directory: an empty directory.
    """

    def __init__(self, directory: Path) -> None:
        self._paths = (directory / str(number) for number in count())

    def new_path(self) -> Path:
        """A path on the shelf at which nothing is yet."""
        return next(self._paths)

    def replace(self, target: Path, content: bytes) -> None:
        """Have a file show other content."""
        path = self.new_path()
        path.write_bytes(content)
        path.chmod(0o644)  # whatever the umask: the command may become another user
        bind(path, target)


@contextmanager
def shelf() -> Iterator[Shelf]:
    """A shelf in memory that only this mount namespace sees, and nobody any more when the context ends.

    What has been mounted from it stays, as long as the namespace does.

    Raises:
        IsolationError: the kernel does not allow mounting.
    """
    directory = Path(tempfile.mkdtemp(prefix="twilio-test-proxy-"))
    try:
        _mount("tmpfs", directory, "tmpfs", system_calls.MS_NOSUID | system_calls.MS_NODEV, "mode=755")
        try:
            yield Shelf(directory)
        finally:
            system_calls.detach(str(directory))
    finally:
        directory.rmdir()


def show_certificate(shelf: Shelf, files: TrustFiles, certificate: str) -> list[str]:
    """Have every trust file show one authority more.

    Args:
        shelf: where the new contents go.
        files: what to replace.
        certificate: the authority's certificate, PEM.

    Returns:
        A sentence for each file that had to stay as it is.

    Raises:
        IsolationError: the kernel does not allow mounting.
    """
    left = []
    # Directories first: what is mounted in them would be covered again.
    for directory in files.hashed_directories:
        copy = shelf.new_path()
        copy_with_certificate(directory, copy, certificate)
        bind(copy, directory)
    for path in files.bundles:
        try:
            shelf.replace(path, with_certificate(path.read_bytes(), certificate))
        except PermissionError:
            continue  # what we may not read, the command may not either
    for path in files.java_stores:
        try:
            shelf.replace(path, java_truststore.with_certificate(path.read_bytes(), certificate))
        except PermissionError:
            continue
        except ValueError as error:
            left.append(f"{path} does not trust the proxy: it is {error}.")
    return left


def show_resolver(shelf: Shelf) -> None:
    """Have the resolver's files lead every Twilio name to this namespace's loopback interface.

    Raises:
        IsolationError: the kernel does not allow mounting.
    """
    for name, changed in _RESOLVER_FILES.items():
        path = Path(name).resolve()
        if path.is_file():  # without it, resolvers ask 127.0.0.1 anyway (resolv.conf(5))
            shelf.replace(path, changed(path.read_text(errors="surrogateescape")).encode(errors="surrogateescape"))
    if _NSCD_SOCKET.exists():
        bind(Path(os.devnull), _NSCD_SOCKET.resolve())


def show_processes() -> None:
    """Have /proc show the process namespace that this process's children live in.

    Where the kernel does not allow it (in containers that cover parts of /proc) the old one stays, which
    bothers only programs that look for themselves there by number.
    """
    child = os.fork()  # /proc belongs to the namespace of the process that mounts it, and ours is the old one
    if child == 0:
        flags = system_calls.MS_NOSUID | system_calls.MS_NODEV | system_calls.MS_NOEXEC
        try:
            system_calls.mount("proc", "/proc", "proc", flags)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def with_certificate(bundle: bytes, certificate: str) -> bytes:
    """The PEM bundle with one more authority, or as it is where it holds that authority already."""
    body = ssl.DER_cert_to_PEM_cert(ssl.PEM_cert_to_DER_cert(certificate)).encode()
    if body in bundle:
        return bundle
    return bundle.rstrip(b"\n") + b"\n" + body


def bind(source: Path, target: Path) -> None:
    """Have `target` show `source`: two files or two directories.

    Raises:
        IsolationError: the kernel does not allow it.
    """
    _mount(str(source), target, "", system_calls.MS_BIND)


def _mount(source: str, target: Path, kind: str, flags: int, data: str = "") -> None:
    try:
        system_calls.mount(source, str(target), kind, flags, data)
    except OSError as error:
        raise refusal(f"mount on {target}", error) from error
