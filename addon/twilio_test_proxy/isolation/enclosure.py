"""The isolation as a whole, in the order in which it is entered, used and left."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from . import loopback, mounts, namespaces, system_calls
from .refusals import IsolationError
from .resolver_files import ADDRESS
from .trust_files import find_trust_files

if TYPE_CHECKING:
    from .gateway import Dial
    from .outpost import Outpost

# The proxy's listeners inside: one for clients that obey proxy variables, and where all the others come.
# Names are answered in reverse mode: in dns mode mitmproxy asks the machine's name servers before any addon.
PROXY_MODES = (
    "regular",
    f"reverse:https://api.twilio.com@{ADDRESS}:443",
    f"reverse:http://api.twilio.com@{ADDRESS}:80",
    # Nobody is asked there; a name outside twilio.com would be passed on untouched, like every other connection.
    f"reverse:dns://name-server.twilio.com@{ADDRESS}:53",
)


class Enclosure:
    """This process and all that it starts, in a network of their own.

    Making one moves the process there, for good: it sees no other network again and cannot start threads.
    What it starts before `show` sees the machine's files (the proxy should), and what it starts after sees
    the changed ones (the command should).

    Args:
        dial: how live requests reach Twilio from outside; None where there are none to be forwarded.

    Raises:
        IsolationError: the kernel does not allow it. The process must then end.
    """

    def __init__(self, dial: Dial | None = None) -> None:
        if sys.platform != "linux":
            raise IsolationError("exec --isolated needs Linux; run it in a Linux container, or exec without it.")
        self._outpost = _outpost(dial) if dial else None
        namespaces.enter_user_namespace()
        namespaces.enter_network_namespace()
        loopback.bring_up()
        self._gateway = self._outpost.open() if self._outpost else None
        self._first_process = namespaces.enter_process_namespace()
        system_calls.raise_ambient(system_calls.CAP_NET_BIND_SERVICE)

    @property
    def proxy_options(self) -> dict[str, str]:
        """The options that the proxy inside needs, by mitmproxy's names."""
        gateway = {"twilio_gateway": "{}:{}".format(*self._gateway)} if self._gateway else {}
        return {"keep_host_header": "true", **gateway}

    def show(self, command: str, environment: Mapping[str, str], directory: Path, certificate: str) -> list[str]:
        """Change what the command will see of the machine's files. Call it when the proxy has been started.

        Args:
            command: the program to be started.
            environment: the environment that it will have.
            directory: the working directory that it will have.
            certificate: the proxy's authority, PEM.

        Returns:
            A sentence for each trust file that had to stay as it is.

        Raises:
            IsolationError: the kernel does not allow it.
        """
        system_calls.clear_ambient()
        files = find_trust_files(command, environment, directory)
        namespaces.enter_mount_namespace()
        mounts.show_processes()
        with mounts.shelf() as shelf:
            mounts.show_resolver(shelf)
            return mounts.show_certificate(shelf, files, certificate)

    def close(self) -> None:
        """End everything that still runs inside. The caller stays inside.

        It must have waited for what it started itself: the namespace does not end before that.
        """
        os.kill(self._first_process, signal.SIGKILL)
        os.waitpid(self._first_process, 0)
        if self._outpost:
            self._outpost.close()


def _outpost(dial: Dial) -> Outpost:
    # Imported late: few commands may reach Twilio, and to import asyncio takes longer than all the rest.
    from .outpost import Outpost

    return Outpost(dial)
