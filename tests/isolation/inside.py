"""Runs Python programs in processes of their own, since whoever enters a namespace does not come back."""

import json
import os
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

# Whom the kernel treats differently. Only root can become somebody else.
USERS = ["root", "ordinary user"] if os.geteuid() == 0 else ["ordinary user"]
NOBODY = 65534

# Run by root: shows an ordinary user, who may not enter root's home, the interpreter and the project
# elsewhere.
_BECOME_NOBODY = """
import os, sys
from pathlib import Path
from twilio_test_proxy.isolation import mounts, namespaces
directory, interpreter, *sources = sys.argv[1 : sys.argv.index("--")]
namespaces.enter_mount_namespace()
for number, source in enumerate(sources):
    target = Path(directory, str(number))
    target.mkdir()
    mounts.bind(Path(source), target)
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
os.environ["PYTHONPATH"] = ":".join(f"{directory}/{number}" for number in range(1, len(sources)))
os.environ["HOME"] = "/nonexistent"
os.environ["LD_LIBRARY_PATH"] = f"{directory}/0/lib"  # an interpreter built with a shared library has its old path
python = f"{directory}/0/bin/{interpreter}"
os.chdir("/")
os.execv(python, [python, "-B", "-c", *sys.argv[sys.argv.index("--") + 1 :]])
"""


@contextmanager
def shared_folder() -> Iterator[Path]:
    """A directory that every user may write."""
    with tempfile.TemporaryDirectory(prefix="inside-") as directory:
        Path(directory).chmod(0o777)
        yield Path(directory)


@contextmanager
def program(text: str, *arguments: str, user: str = USERS[0], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Start a Python program with the project on its path. It is killed when the context ends."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'addon'}:{ROOT / 'tests'}"}
    with shared_folder() as directory:
        command = [sys.executable, "-c", text, *arguments]
        if user == "ordinary user" and os.geteuid() == 0:
            sources = [
                sys.base_prefix,
                str(ROOT / "addon"),
                str(ROOT / "tests"),
                sysconfig.get_path("purelib"),
            ]
            version = f"python{sys.version_info.major}.{sys.version_info.minor}"
            command = [
                sys.executable,
                "-c",
                _BECOME_NOBODY,
                str(directory),
                version,
                *sources,
                "--",
                text,
                *arguments,
            ]
        started = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
        )
        try:
            yield started
        finally:
            started.send_signal(signal.SIGKILL)
            started.communicate()


def run(text: str, *arguments: str, user: str = USERS[0]) -> subprocess.CompletedProcess[str]:
    """Run a Python program to its end."""
    with program(text, *arguments, user=user) as started:
        output, errors = started.communicate(timeout=60)
    return subprocess.CompletedProcess(started.args, started.returncode, output, errors)


def answer(text: str, *arguments: str, user: str = USERS[0]) -> Any:
    """What a Python program prints, read as JSON."""
    done = run(text, *arguments, user=user)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
