"""The user, network, process and mount namespaces of this process, and what makes them usable."""

import os
import signal
import threading
from collections.abc import Iterable
from pathlib import Path

from . import system_calls
from .refusals import IsolationError, refusal


def enter_user_namespace() -> None:
    """Become the owner of a new user namespace in which every user and group id keeps its number.

    Whoever may map all ids (root) maps all of them, so that the command can still change users; an ordinary
    user can map only their own (user_namespaces(7)). There is no way back, and the process must not have
    started a thread.

    Raises:
        IsolationError: the kernel does not allow it.
    """
    if threading.active_count() > 1:
        raise IsolationError("Cannot isolate the command: this process has several threads. Start it anew.")
    maps = identity_maps()
    start_reading, start_writing = os.pipe()
    # The maps are written by a process that stayed outside: only there is the right to map all ids.
    writer = os.fork()
    if writer == 0:
        os.close(start_writing)
        os._exit(_write_maps_when_told(start_reading, os.getppid(), maps))
    os.close(start_reading)
    try:
        system_calls.unshare(system_calls.CLONE_NEWUSER)
        os.write(start_writing, b"x")
    except OSError as error:
        raise refusal("user namespace", error) from error
    finally:
        os.close(start_writing)
        number = os.waitstatus_to_exitcode(os.waitpid(writer, 0)[1])
    if number:
        raise refusal("user namespace", OSError(number, os.strerror(number)))


def enter_network_namespace() -> None:
    """Move this process into a network namespace of its own, in which nothing is configured.

    Raises:
        IsolationError: the kernel does not allow it.
    """
    _unshare(system_calls.CLONE_NEWNET, "network namespace")


def enter_process_namespace() -> int:
    """Have all that this process starts from now on live in a process namespace, and start its first process.

    The first process does nothing. When it is killed, or when this process ends however it ends, the kernel
    kills all that live in the namespace (pid_namespaces(7)). From now on this process cannot start threads.

    Returns:
        The process id of the first process, to be killed when all is done.

    Raises:
        IsolationError: the kernel does not allow it.
    """
    _unshare(system_calls.CLONE_NEWPID, "process namespace")
    # Never written to, never closed: it ends when this process does, which is what the first one waits for.
    watched, held = os.pipe()
    first = os.fork()
    if first == 0:
        try:
            os.close(held)
            _idle_until_end(watched)
        finally:
            os._exit(0)
    os.close(watched)
    return first


def enter_mount_namespace() -> None:
    """Move this process into a mount namespace of its own: nobody else sees what is mounted from now on.

    Raises:
        IsolationError: the kernel does not allow it.
    """
    _unshare(system_calls.CLONE_NEWNS, "mount namespace")
    try:
        system_calls.mount("none", "/", flags=system_calls.MS_REC | system_calls.MS_PRIVATE)
    except OSError as error:
        raise refusal("mount namespace", error) from error


def identity_maps() -> dict[str, str]:
    """What to write into which file of /proc/PID to map ids onto themselves, in the order of writing."""
    if system_calls.has_capability(system_calls.CAP_SETUID) and system_calls.has_capability(system_calls.CAP_SETGID):
        return {
            name: identity_map(Path(f"/proc/self/{name}").read_text().splitlines()) for name in ("uid_map", "gid_map")
        }
    # The kernel lets an ordinary user map a group only when groups can no longer be dropped.
    return {
        "setgroups": "deny\n",
        "uid_map": f"{os.geteuid()} {os.geteuid()} 1\n",
        "gid_map": f"{os.getegid()} {os.getegid()} 1\n",
    }


def identity_map(lines: Iterable[str]) -> str:
    """The map that gives each id of this namespace the same number in a new one.

    Args:
        lines: this namespace's own map: "first-id-here first-id-outside count" a line.
    """
    extents = (line.split() for line in lines)
    return "".join(f"{first} {first} {count}\n" for first, _, count in extents)


def _unshare(flag: int, step: str) -> None:
    try:
        system_calls.unshare(flag)
    except OSError as error:
        raise refusal(step, error) from error


def _write_maps_when_told(start: int, process: int, maps: dict[str, str]) -> int:
    """The writer's life: its exit code is the number of the error, 0 where all is well."""
    if os.read(start, 1) == b"":
        return 0
    try:
        for name, text in maps.items():
            Path(f"/proc/{process}/{name}").write_text(text)
    except OSError as error:
        return error.errno or 1
    return 0


def _idle_until_end(watched: int) -> None:
    """The first process's life. Orphans become its children; ignoring SIGCHLD has the kernel bury them."""
    # The first process of a namespace does not feel a signal that it has no handler for.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # Holding the caller's terminal or pipes open would keep their readers waiting.
    os.dup2(watched, 3)
    os.closerange(4, os.sysconf("SC_OPEN_MAX"))
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.read(3, 1)
