"""Real headless Chromium for tests."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",  # Chromium cannot make its sandbox as root, as which CI runs
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@dataclass(frozen=True)
class Seen:
    """What Chromium made of a page: its document in the end, and what it wrote to its console and its log."""

    document: str
    log: str


def find() -> str:
    """Chromium's path; a test without it fails with how to get it."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "Chromium is needed to test the page. On Debian: apt-get install chromium"
    return path


def look(url: str, *flags: str, milliseconds: int = 3000) -> Seen:
    """Open a page, let its own clock run for a while (which takes next to no time), and read its document."""
    with tempfile.TemporaryDirectory(prefix="chromium") as profile:
        command = [find(), *FLAGS, f"--user-data-dir={profile}", f"--virtual-time-budget={milliseconds}"]
        command += ["--enable-logging=stderr", *flags, "--dump-dom", url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, cwd=Path(profile))
    assert done.returncode == 0, done.stderr
    return Seen(done.stdout, done.stderr)
