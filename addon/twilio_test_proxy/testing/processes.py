"""The proxies of a test session: each is started when it is first needed, and stopped at the end."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from twilio_test_proxy.certificates import authority, trust
from twilio_test_proxy.certificates.trust import TrustFiles
from twilio_test_proxy.cli.mitmdump_child import UPSTREAM_AUTH
from twilio_test_proxy.cli.proxy_process import ProxyProcess, ProxySettings, own_environment
from twilio_test_proxy.cli.upstream import upstream_proxy


@dataclass(frozen=True)
class Running:
    """A proxy, and the files that make clients trust it."""

    process: ProxyProcess
    trust: TrustFiles


class Processes:
    """One proxy with the lock closed and, where recording is asked for, another one with the lock open.

    Two, because the lock must be open for the tests that record and for no other.

    Args:
        folder: a directory of this session's own, for logs and trust files.
        cassette_dir: where all cassettes of the session lie.
    """

    def __init__(self, folder: Path, cassette_dir: Path) -> None:
        self._folder = folder
        self._cassette_dir = cassette_dir
        self._running: dict[bool, Running] = {}
        self.warning = ""
        """A sentence for the user, where there is a proxy of theirs that cannot be gone through."""

    def get(self, lock_open: bool) -> Running:
        """The running proxy with the lock open or closed.

        Raises:
            ProxyError: it does not start.
            DirectoryError: the certificate authority or the trust files cannot be written.
        """
        if lock_open not in self._running:
            self._running[lock_open] = self._start(lock_open)
        return self._running[lock_open]

    def stop(self) -> None:
        """Stop what runs."""
        for running in self._running.values():
            running.process.stop()
        self._running.clear()

    def _start(self, lock_open: bool) -> Running:
        folder = self._folder / ("lock-open" if lock_open else "lock-closed")
        folder.mkdir(parents=True)
        confined = authority.ensure()
        outer = upstream_proxy(os.environ)
        self.warning = outer.warning
        options = {
            "twilio_cassette_dir": str(self._cassette_dir),
            "twilio_forward_live": str(lock_open).lower(),
        }
        settings = ProxySettings(confined.confdir, options, modes=[outer.mode])
        files = trust.write(confined, folder / "trust", os.environ)
        told = {**own_environment(), UPSTREAM_AUTH: outer.credentials}
        return Running(ProxyProcess(settings, folder, told), files)
