"""Builds the environments of the clients in ``table.py`` with pip, npm, javac and go, once each."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from clients.table import CACHE, CLIENTS, PROGRAMS, Client, python_path

# The last virtualenv that can make an environment for Python 2.7 and 3.6.
# https://virtualenv.pypa.io/en/latest/changelog.html#v20-22-0-2023-04-19
VIRTUALENV = "virtualenv==20.21.1"


def recipe(client: Client) -> str:
    """What an installed environment was made of; a change means that it is built again."""
    sources = [(PROGRAMS / name).read_text() for name in client.packages if (PROGRAMS / name).is_file()]
    return "\n".join([client.runtime, *client.packages, *sources])


def run(*command: str | Path, cwd: Path | None = None) -> None:
    """Run one installer quietly; its output is shown when it fails."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, text=True, capture_output=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(str(word) for word in command)} failed:\n{done.stdout}{done.stderr}")


def make_python(client: Client, folder: Path) -> None:
    """A virtual environment with the client's packages."""
    python = python_path(client.runtime) or client.runtime
    if client.runtime in ("python2.7", "python3.6"):
        tools = CACHE / "tools"
        if not (tools / "virtualenv").is_dir():
            run(sys.executable, "-m", "pip", "install", "--quiet", "--target", tools, VIRTUALENV)
        # -P would hide it and PYTHONPATH would be inherited: the path is given to the interpreter itself.
        start = "import runpy; runpy.run_module('virtualenv', run_name='__main__', alter_sys=True)"
        code = f"import sys; sys.path.insert(0, sys.argv.pop(1)); {start}"
        run(sys.executable, "-c", code, tools, "--quiet", "--python", python, folder)
    else:
        run(python, "-m", "venv", folder)
    run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", *client.packages)


def install(client: Client) -> bool:
    """Build the client's environment unless it is there already; True when something was built."""
    stamp = client.directory / ".recipe"
    if not client.packages or (stamp.is_file() and stamp.read_text() == recipe(client)):
        return False
    shutil.rmtree(client.directory, ignore_errors=True)
    client.directory.mkdir(parents=True)
    if client.runtime.startswith("python"):
        make_python(client, client.directory)
    elif client.runtime == "node":
        run(
            "npm",
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--prefix",
            client.directory,
            *client.packages,
        )
    elif client.runtime == "java":
        run("javac", "-d", client.directory, PROGRAMS / client.program)
    elif client.runtime == "go":
        run("go", "build", "-o", client.directory / "program", PROGRAMS / client.program)
    stamp.write_text(recipe(client))
    return True


def install_once(client: Client) -> bool:
    """`install`, by one process at a time."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return install(client)


def main(wanted: str = "") -> None:
    """Build every environment whose name contains `wanted`, and say which clients this machine cannot run."""
    for client in CLIENTS:
        if wanted not in client.name:
            continue
        if not client.found():
            print(f"{client.name}: absent, it needs {client.runtime}", flush=True)
        elif install_once(client):
            print(f"{client.name}: installed", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:2])
