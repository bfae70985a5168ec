"""The process that stays outside when its parent enters the isolation, and there is the gateway to Twilio."""

import asyncio
import os
import signal
import socket

from .gateway import Dial, serve
from .resolver_files import ADDRESS


class Outpost:
    """A child process that waits outside for a listening socket from inside, then is the gateway behind it.

    Make it before the isolation is entered, `open` it inside. It ends with this process, however that ends.

    Args:
        dial: how Twilio is reached from here.
    """

    def __init__(self, dial: Dial) -> None:
        ours, theirs = socket.socketpair()
        self._control = ours
        self._process = os.fork()
        if self._process == 0:
            try:
                ours.close()
                _wait_outside(theirs, dial)
            finally:
                os._exit(0)
        theirs.close()

    def open(self) -> tuple[str, int]:
        """Listen in the network namespace that this process is in by now, and return the address."""
        with socket.create_server((ADDRESS, 0)) as listener:
            address = listener.getsockname()
            socket.send_fds(self._control, [b"x"], [listener.fileno()])
        return address[0], address[1]

    def close(self) -> None:
        """End the child process."""
        self._control.close()
        os.waitpid(self._process, 0)


def _wait_outside(control: socket.socket, dial: Dial) -> None:
    os.setsid()  # what is typed at the terminal is for the command
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Holding the caller's terminal or pipes open would keep their readers waiting.
    kept = os.dup2(control.fileno(), 3, inheritable=False)
    os.closerange(4, os.sysconf("SC_OPEN_MAX"))
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    control.detach()
    channel = socket.socket(fileno=kept)
    _, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
    if descriptors:
        asyncio.run(_serve(channel, socket.socket(fileno=descriptors[0]), dial))


async def _serve(channel: socket.socket, listener: socket.socket, dial: Dial) -> None:
    ended = asyncio.Event()
    channel.setblocking(False)
    asyncio.get_running_loop().add_reader(channel, ended.set)  # only the other end's closing can wake it
    await serve(listener, dial, ended.wait())
