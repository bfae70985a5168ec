"""A proxy as a child process: mitmdump with the addon, on a free port of this machine, for one run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ADDON = Path(__file__).resolve().parents[2] / "twilio_test.py"
"""What mitmdump loads; beside the package both in the source tree and where pip puts it."""

CHILD = Path(__file__).resolve().with_name("mitmdump_child.py")

START_SECONDS = 60.0
"""How long a start may take: mitmproxy needs one second here, and many times that on a loaded CI machine."""

STOP_SECONDS = 10.0
"""How long the proxy may take to write its report before it is killed."""


class ProxyError(Exception):
    """The proxy did not or cannot start, or ended too early; the message says why and shows what it printed."""


@dataclass(frozen=True)
class ProxySettings:
    """What the proxy of one run is told."""

    confdir: Path
    """The directory with the certificate authority."""
    options: Mapping[str, str] = field(default_factory=dict)
    """mitmproxy options by name, the addon's among them."""
    modes: Sequence[str] = ("regular",)
    """mitmproxy's proxy modes."""
    host: str = "127.0.0.1"
    port: int = 0
    arguments: Sequence[str] = ()
    """Further arguments for mitmdump."""
    addon: Path = ADDON

    def command(self, ready: Path | None = None, report: Path | None = None) -> list[str]:
        """The arguments for mitmdump."""
        options = {"confdir": str(self.confdir), **self.options}
        if ready:
            options["twilio_ready_file"] = str(ready)
        if report:
            options["twilio_report"] = str(report)
        return [
            "--scripts",
            str(self.addon),
            "--listen-host",
            self.host,
            "--listen-port",
            str(self.port),
            *(word for mode in self.modes for word in ("--mode", mode)),
            *(word for name, value in options.items() for word in ("--set", f"{name}={value}")),
            *self.arguments,
        ]


class ProxyProcess:
    """A running proxy. A context manager: leaving it stops the proxy.

    Args:
        settings: what the proxy is told.
        folder: an existing directory of this run's own, for the log, the report and the ready file.
        environment: the proxy's environment; secrets are passed in it, and not in arguments, which anyone can
        list.
        meanwhile: called once the process is running and before it answers, which takes a second.

    Raises:
        ProxyError: the proxy did not start.
    """

    def __init__(
        self,
        settings: ProxySettings,
        folder: Path,
        environment: Mapping[str, str],
        meanwhile: Callable[[], object] | None = None,
    ) -> None:
        self.log = folder / "proxy.log"
        self._ready = folder / "ready.json"
        self._report = folder / "report.json"
        command = [sys.executable, "-P", str(CHILD), *settings.command(self._ready, self._report)]
        for left in (self._ready, self._report):
            left.unlink(missing_ok=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                # A session of its own: Ctrl-C at the terminal is for the command, which still needs the
                # proxy.
                start_new_session=True,
            )
        try:
            if meanwhile:
                meanwhile()
            self.listen = self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """The URL of the proxy's first address."""
        host, port = self.listen[0]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def __enter__(self) -> ProxyProcess:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def stop(self) -> dict[str, Any] | None:
        """Stop the proxy and return its report; None where it left none. More than one call does no harm."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        return _read_json(self._report)

    def end(self) -> dict[str, Any]:
        """Stop the proxy and return its report.

        Raises:
            ProxyError: it left none.
        """
        found = self.stop()
        if found is None:
            raise ProxyError(f"The proxy left no report: it ended too early.{self.printed()}")
        return found

    def _wait_until_ready(self) -> list[tuple[str, int]]:
        """The addresses on which the proxy listens, as soon as it does."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if ready := _read_json(self._ready):
                return [(str(host), int(port)) for host, port in ready["listen"]]
            if self._process.poll() is not None:
                raise ProxyError(f"The proxy did not start (exit code {self._process.returncode}).{self.printed()}")
            time.sleep(0.01)
        raise ProxyError(f"The proxy did not start within {START_SECONDS:.0f} seconds.{self.printed()}")

    def printed(self) -> str:
        """The last that the proxy printed, to go below a sentence of our own; empty where it was silent."""
        lines = self.log.read_text(errors="replace").strip().splitlines()[-30:]
        return "\nIt printed:\n" + "\n".join(f"  {line}" for line in lines) if lines else ""


def _read_json(path: Path) -> dict[str, Any] | None:
    """The object in a JSON file; None where there is no such file (they are written in one step)."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def own_environment(base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment for the proxy itself: the user's, without what is added to it for clients.

    Only these matter to a Python program: the path hook would tunnel the proxy's own connections to itself.
    """
    hooks = str(Path(__file__).resolve().parent.parent / "launch_hooks" / "python")
    path = [entry for entry in base.get("PYTHONPATH", "").split(":") if entry and entry != hooks]
    kept = {name: value for name, value in base.items() if name not in ("TWILIO_TEST_PROXY_URL", "PYTHONPATH")}
    return {**kept, "PYTHONPATH": ":".join(path)} if path else kept
