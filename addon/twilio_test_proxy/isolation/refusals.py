"""Why this machine does not allow isolation, in one sentence that says what to do next."""

import errno
from collections.abc import Mapping
from pathlib import Path

# Where the kernel says what it allows: namespaces(7), and the kernels that Debian and Ubuntu patch.
SETTINGS = {
    "user.max_user_namespaces": Path("/proc/sys/user/max_user_namespaces"),
    "user.max_net_namespaces": Path("/proc/sys/user/max_net_namespaces"),
    "user.max_pid_namespaces": Path("/proc/sys/user/max_pid_namespaces"),
    "user.max_mnt_namespaces": Path("/proc/sys/user/max_mnt_namespaces"),
    "kernel.unprivileged_userns_clone": Path("/proc/sys/kernel/unprivileged_userns_clone"),
    "kernel.apparmor_restrict_unprivileged_userns": Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
}

_LIMITS = {
    "user namespace": "user.max_user_namespaces",
    "network namespace": "user.max_net_namespaces",
    "process namespace": "user.max_pid_namespaces",
    "mount namespace": "user.max_mnt_namespaces",
}

_CONTAINER_CURE = (
    "in a container, start it with --privileged (or with --security-opt seccomp=unconfined "
    "--security-opt apparmor=unconfined and, as root, --cap-add SYS_ADMIN)"
)


class IsolationError(Exception):
    """The kernel did not allow a step of the isolation. The text says why and what to do."""


def refusal(step: str, error: OSError, settings: Mapping[str, str] | None = None) -> IsolationError:
    """The error to raise when the kernel refused one step.

    Args:
        step: what was asked for, for example "user namespace" or "loopback interface".
        error: what the kernel answered.
        settings: the values of `SETTINGS` that exist here; read from /proc where not given.
    """
    values = read_settings() if settings is None else settings
    answer = errno.errorcode.get(error.errno or 0, str(error.errno))
    return IsolationError(f"Cannot isolate the command: no {step} ({answer}): {_cause(step, error, values)}.")


def read_settings() -> dict[str, str]:
    """The values of those `SETTINGS` that this kernel has."""
    return {name: path.read_text().strip() for name, path in SETTINGS.items() if path.is_file()}


def _cause(step: str, error: OSError, settings: Mapping[str, str]) -> str:
    limit = _LIMITS.get(step)
    if error.errno in (errno.ENOSPC, errno.EUSERS):
        if limit and settings.get(limit) == "0":
            return f"{limit} is 0; allow them with: sysctl -w {limit}=15000"
        return f"too many are in use or they are nested too deeply; end some, or raise {limit or 'the limit'}"
    if error.errno == errno.EINVAL:
        return (
            f"the kernel was built without one or this process has several threads; use a kernel that has "
            f"a {step}, or exec without --isolated"
        )
    if error.errno == errno.ENOSYS:
        return "this kernel does not have the system call; exec without --isolated instead"
    if error.errno in (errno.EPERM, errno.EACCES):
        return _forbidden(settings)
    return f"{error.strerror}; exec without --isolated instead"


def _forbidden(settings: Mapping[str, str]) -> str:
    if settings.get("kernel.unprivileged_userns_clone") == "0":
        return (
            "kernel.unprivileged_userns_clone is 0; allow it with: "
            "sysctl -w kernel.unprivileged_userns_clone=1, or run as root"
        )
    if settings.get("kernel.apparmor_restrict_unprivileged_userns", "0") != "0":
        return (
            "AppArmor restricts user namespaces; allow them with: "
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or run as root"
        )
    return f"a seccomp filter, a security module or a chroot forbids it; {_CONTAINER_CURE}"
