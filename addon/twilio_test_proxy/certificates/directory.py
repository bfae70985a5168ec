"""The directory of the project's own on this machine, and how files are put into it."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path


class DirectoryError(Exception):
    """The project's directory cannot be used; the message is one sentence with the cure."""


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """The directory that holds the CA: ``TWILIO_TEST_PROXY_HOME``, else one below the user's state directory.

    ``XDG_STATE_HOME`` must be absolute to count: https://specifications.freedesktop.org/basedir-spec/latest/.

    Raises:
        DirectoryError: none is named, and the user has no home, as in some containers.
    """
    own = environment.get("TWILIO_TEST_PROXY_HOME", "")
    if own:
        return Path(own).expanduser().absolute()
    state = environment.get("XDG_STATE_HOME", "")
    if state and Path(state).is_absolute():
        return Path(state) / "twilio-test-proxy"
    try:
        own = environment.get("HOME", "") or str(Path.home())
    except RuntimeError as error:
        raise DirectoryError(
            "There is no home directory for the certificate authority: "
            "set TWILIO_TEST_PROXY_HOME to a directory that you may write."
        ) from error
    return Path(own) / ".local" / "state" / "twilio-test-proxy"


PUBLIC = 0o755
"""The mode of a directory whose files every user may read: a command may become another user."""


def make(directory: Path, mode: int = 0o700) -> Path:
    """Make the directory, or give one that is there the mode; without another one only its owner can read it.

    Raises:
        DirectoryError: it cannot be made or written.
    """
    try:
        directory.mkdir(mode=mode, parents=True, exist_ok=True)
        if stat.S_IMODE(directory.stat().st_mode) != mode:  # the umask may have narrowed it
            directory.chmod(mode)
    except OSError as error:
        raise DirectoryError(
            f"{directory} cannot be used for the certificate authority ({error.strerror}): "
            "set TWILIO_TEST_PROXY_HOME to a directory that you may write."
        ) from error
    return directory


def write(path: Path, data: bytes, mode: int = 0o600) -> Path:
    """Write a file so that every reader sees the old one or the whole new one, and never with a wider mode.

    Raises:
        DirectoryError: it cannot be written.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                os.fchmod(file.fileno(), mode)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise DirectoryError(
            f"{path} cannot be written ({error.strerror}): "
            "make room or permission there, or set TWILIO_TEST_PROXY_HOME to another directory."
        ) from error
    return path
