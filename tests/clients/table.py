"""The clients that are run for real: how each is installed, and the program that sends one message with it.

A row is data. ``install.py`` reads it to build the environments, the tests read it to run the programs, and
the matrix in the README is made from it. Every program sends one message with the credentials below and
prints the SID of the answer, or the error that its user would see.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "addon" / "twilio_test_proxy" / "probes"
"""The programs, which ``twilio-test-proxy doctor`` runs too."""
CACHE = Path(os.environ.get("TWILIO_TEST_PROXY_CLIENTS", "") or ROOT / ".venv-clients")

CREDENTIALS: Mapping[str, str] = {
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "2" * 32,
}


@dataclass(frozen=True)
class Client:
    """One client: a library on a runtime, and the program that uses it."""

    name: str
    """What it is called in the matrix and in a test's id."""
    runtime: str
    """The command that must be on this machine: ``python3.11``, ``node``, ``curl``, …"""
    program: str
    """A file in `PROGRAMS`."""
    packages: tuple[str, ...] = ()
    """What pip or npm installs for it; empty where the runtime is enough."""
    variables_alone: bool = True
    """Whether it is caught by proxy and CA variables alone, without a hook or a preload."""
    check: tuple[str, ...] = ()
    """A command that succeeds where what the runtime needs beside itself is on this machine too."""
    answer: str = r"SM[0-9a-f]{32}"
    """What the program prints when its message was answered."""

    @property
    def directory(self) -> Path:
        """Where the environment of this client is installed."""
        return CACHE / re.sub(r"[^\w.]+", "-", self.name)

    @property
    def interpreter(self) -> str:
        """The command that runs the program: the environment's own Python where there is one."""
        own = self.directory / "bin" / "python"
        if self.packages and self.runtime.startswith("python"):
            return str(own)
        return python_path(self.runtime) or self.runtime

    def command(self) -> list[str]:
        """The command line that sends the message; to be run with `CREDENTIALS` in the environment."""
        program = str(PROGRAMS / self.program)
        if self.runtime == "node":
            folder = self.directory / "node_modules" if self.packages else Path()
            return ["node", program, str(folder)]
        if self.runtime == "go":
            return [str(self.directory / "program")]
        if self.runtime == "java":
            return ["java", "-cp", str(self.directory), Path(program).stem]
        if self.program.endswith(".sh"):
            return ["sh", program]
        return [self.interpreter, program]

    def found(self) -> bool:
        """Whether this machine has what the client runs on."""
        if not shutil.which(python_path(self.runtime) or self.runtime):
            return False
        return not self.check or subprocess.run(self.check, capture_output=True, check=False).returncode == 0


def python_path(runtime: str) -> str | None:
    """The path of ``pythonX.Y`` among pyenv's versions or on PATH; None where there is none."""
    if not runtime.startswith("python"):
        return None
    if runtime == "python3":
        return shutil.which(runtime)
    version = runtime.removeprefix("python")
    pyenv = Path(os.environ.get("PYENV_ROOT", "") or Path.home() / ".pyenv")
    for home in sorted(pyenv.glob(f"versions/{version}*"), reverse=True):
        if (home / "bin" / runtime).exists():
            return str(home / "bin" / runtime)
    return shutil.which(runtime)


CLIENTS: tuple[Client, ...] = (
    Client("twilio-python 9", "python3", "twilio_python.py", ("twilio>=9.8,<10",)),
    Client("twilio-python 9 async", "python3", "twilio_python_async.py", ("twilio>=9.8,<10",), False),
    Client("twilio-python 7.0", "python3.11", "twilio_python.py", ("twilio==7.0.0",), False),
    Client("twilio-python 6.0", "python3.7", "twilio_python.py", ("twilio==6.0.0",), False),
    Client("twilio-python 5.7 on 3.7", "python3.7", "twilio_python_old.py", ("twilio==5.7.0",), False),
    Client("twilio-python 5.7 on 2.7", "python2.7", "twilio_python_old.py", ("twilio==5.7.0",), False),
    Client("twilio-python 3.8 on 3.7", "python3.7", "twilio_python_old.py", ("twilio==3.8.0", "PySocks"), False),
    Client("twilio-python 3.8 on 2.7", "python2.7", "twilio_python_old.py", ("twilio==3.8.0",), False),
    Client("requests", "python3", "python_requests.py", ("requests>=2.32,<3",)),
    Client("httpx", "python3", "python_httpx.py", ("httpx[http2]>=0.28,<1",)),
    Client("aiohttp", "python3", "python_aiohttp.py", ("aiohttp>=3.10,<4",), False),
    Client("urllib", "python3", "python_urllib.py"),
    Client("apprise", "python3", "python_apprise.py", ("apprise>=1.9,<2",), answer=r"^sent$"),
    Client("twilio-node 6", "node", "twilio_node.js", ("twilio@6",)),
    Client("twilio-node 4", "node", "twilio_node.js", ("twilio@4",)),
    Client("twilio-node 3.0", "node", "twilio_node.js", ("twilio@3.0.0",)),
    Client("twilio-node 2", "node", "twilio_node_old.js", ("twilio@2",)),
    Client("twilio-node 1", "node", "twilio_node_old.js", ("twilio@1",), False),
    Client("node fetch", "node", "node_fetch.js", (), False),
    Client("node https", "node", "node_https.js", (), False),
    Client("curl", "curl", "curl.sh"),
    Client("wget", "wget", "wget.sh"),
    Client("php curl", "php", "php_curl.php", check=("php", "-r", "exit(function_exists('curl_init') ? 0 : 1);")),
    Client("ruby net-http", "ruby", "ruby_net_http.rb", check=("ruby", "-ropenssl", "-e", "")),
    Client("perl LWP", "perl", "perl_lwp.pl", check=("perl", "-MLWP::Protocol::https", "-e", "1")),
    Client(
        "java HttpURLConnection", "java", "UrlConnection.java", ("UrlConnection.java",), check=("javac", "-version")
    ),
    Client("java HttpClient", "java", "NetHttp.java", ("NetHttp.java",), check=("javac", "-version")),
    Client("go net/http", "go", "go_http.go", ("go_http.go",)),
)


def absent() -> list[str]:
    """The clients that this machine cannot run."""
    return [client.name for client in CLIENTS if not client.found()]
