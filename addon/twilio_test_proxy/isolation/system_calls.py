"""The Linux system calls that Python 3.11 does not wrap, each raising OSError as those in `os` do.

Numbers are from the kernel's include/uapi/linux/{sched,mount,prctl,capability}.h.
"""

import ctypes
import os

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000

CAP_SETGID = 6
CAP_SETUID = 7
CAP_NET_BIND_SERVICE = 10

_MNT_DETACH = 2
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_LINUX_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapabilitySets(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def unshare(flags: int) -> None:
    """Move this process into new namespaces (unshare(2)); `flags` are CLONE_NEW* values."""
    _check(_libc.unshare(ctypes.c_int(flags)))


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Mount `source` of file system type `kind` on `target` (mount(2)); `flags` are MS_* values."""
    done = _libc.mount(os.fsencode(source), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), data.encode())
    _check(done, target)


def detach(target: str) -> None:
    """Unmount what is mounted on `target` now, and free it when nobody uses it any more (umount2(2))."""
    _check(_libc.umount2(os.fsencode(target), _MNT_DETACH), target)


def has_capability(capability: int) -> bool:
    """Whether the capability is in this process's effective set (capabilities(7))."""
    _, sets = _capabilities()
    return bool(sets[capability // 32].effective & 1 << capability % 32)


def raise_ambient(capability: int) -> None:
    """Let the programs that this process starts keep a capability that it has itself (capabilities(7))."""
    header, sets = _capabilities()
    sets[capability // 32].inheritable |= 1 << capability % 32
    _check(_libc.capset(ctypes.byref(header), sets))
    _change_ambient(_PR_CAP_AMBIENT_RAISE, capability)


def clear_ambient() -> None:
    """Let the programs that this process starts keep no capability that they would not have anyway."""
    _change_ambient(_PR_CAP_AMBIENT_CLEAR_ALL, 0)


def _capabilities() -> tuple[_CapabilityHeader, ctypes.Array[_CapabilitySets]]:
    header = _CapabilityHeader(_LINUX_CAPABILITY_VERSION_3, 0)
    sets = (_CapabilitySets * 2)()
    _check(_libc.capget(ctypes.byref(header), sets))
    return header, sets


def _change_ambient(operation: int, capability: int) -> None:
    arguments = (ctypes.c_ulong(argument) for argument in (operation, capability, 0, 0))
    _check(_libc.prctl(_PR_CAP_AMBIENT, *arguments))


def _check(result: int, path: str | None = None) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)
