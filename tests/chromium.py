"""Real headless Chromium for tests."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
    with tempfile.TemporaryDirectory(prefix="chromium", ignore_cleanup_errors=True) as profile:
        done = subprocess.run(
            [*_command(profile, milliseconds), "--enable-logging=stderr", *flags, "--dump-dom", url],
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return Seen(done.stdout, done.stderr)


@contextmanager
def opened_without_javascript(url: str) -> Iterator[None]:
    """Have a page open in a browser that runs no scripts, its clock running fast; a reload starts the clock anew."""
    with tempfile.TemporaryDirectory(prefix="chromium", ignore_cleanup_errors=True) as profile:
        preferences = Path(profile) / "Default" / "Preferences"
        preferences.parent.mkdir()
        blocked = {"profile": {"default_content_setting_values": {"javascript": 2}}}
        preferences.write_text(json.dumps(blocked))
        command = [*_command(profile, 10_000), "--dump-dom", url]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def _command(profile: str, milliseconds: int) -> list[str]:
    return [find(), *FLAGS, f"--user-data-dir={profile}", f"--virtual-time-budget={milliseconds}"]
