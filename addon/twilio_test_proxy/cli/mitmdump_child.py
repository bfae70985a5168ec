"""The program that `proxy_process` starts: mitmdump, which ends when the process that started it is gone.

Run by its path, since neither the package nor mitmproxy need be on the path of a plain ``python -m``.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

UPSTREAM_AUTH = "TWILIO_TEST_PROXY_UPSTREAM_AUTH"
"""The variable that hands over ``upstream_auth``, which anybody could read among the arguments."""


def end_with_parent(descriptor: int) -> None:
    """End this process cleanly when the other end of a pipe is closed, however its holder came to its end.

    Linux could send a signal by itself (PR_SET_PDEATHSIG), but does so when the *thread* that started the
    process ends, and other systems cannot.
    """
    while os.read(descriptor, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run mitmdump with the arguments of this process; standard input is the pipe from the parent."""
    threading.Thread(target=end_with_parent, args=(sys.stdin.fileno(),), daemon=True).start()
    credentials = os.environ.pop(UPSTREAM_AUTH, "")
    from mitmproxy.tools.main import mitmdump

    mitmdump([*sys.argv[1:], *(["--set", f"upstream_auth={credentials}"] if credentials else [])])


if __name__ == "__main__":
    main()
