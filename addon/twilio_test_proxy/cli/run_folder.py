"""The directory of one run: what every user may read of it, and what nobody else may."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RunFolder:
    """Two directories, in one that others can pass through but not list."""

    trust: Path
    """For the trust files, which the command must be able to read even when it becomes another user."""
    proxy: Path
    """For the proxy's log and report, which are its owner's only."""


@contextmanager
def run_folder() -> Iterator[RunFolder]:
    """Make the directory of a run; it is removed when the context ends."""
    # What cannot be removed must not cost the command its exit code.
    with tempfile.TemporaryDirectory(prefix="twilio-test-proxy-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        (folder / "proxy").mkdir(mode=0o700)
        yield RunFolder(folder / "trust", folder / "proxy")
