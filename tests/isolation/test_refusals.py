import errno

import pytest

from isolation import inside
from twilio_test_proxy.isolation.refusals import SETTINGS, read_settings, refusal


@pytest.mark.parametrize(
    ("step", "number", "settings", "expected"),
    [
        pytest.param(
            "user namespace",
            errno.ENOSPC,
            {"user.max_user_namespaces": "0"},
            "Cannot isolate the command: no user namespace (ENOSPC): user.max_user_namespaces is 0; "
            "allow them with: sysctl -w user.max_user_namespaces=15000.",
            id="user namespaces limited to none",
        ),
        pytest.param(
            "network namespace",
            errno.ENOSPC,
            {"user.max_user_namespaces": "9", "user.max_net_namespaces": "0"},
            "sysctl -w user.max_net_namespaces=15000",
            id="network namespaces limited to none",
        ),
        pytest.param(
            "user namespace",
            errno.ENOSPC,
            {"user.max_user_namespaces": "9"},
            "too many are in use or they are nested too deeply; end some, or raise user.max_user_namespaces",
            id="limit reached",
        ),
        pytest.param("user namespace", errno.EUSERS, {}, "nested too deeply", id="nested too deeply, before Linux 4.9"),
        pytest.param(
            "mount on /etc/hosts",
            errno.ENOSPC,
            {},
            "or raise the limit",
            id="too many mounts, which have no name",
        ),
        pytest.param(
            "user namespace",
            errno.EPERM,
            {"kernel.unprivileged_userns_clone": "0"},
            "sysctl -w kernel.unprivileged_userns_clone=1, or run as root",
            id="switched off by Debian's patch",
        ),
        pytest.param(
            "network namespace",
            errno.EPERM,
            {"kernel.apparmor_restrict_unprivileged_userns": "1"},
            "AppArmor restricts user namespaces; allow them with: "
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or run as root",
            id="restricted by Ubuntu's AppArmor",
        ),
        pytest.param(
            "mount on /etc/hosts",
            errno.EACCES,
            {"kernel.apparmor_restrict_unprivileged_userns": "0", "kernel.unprivileged_userns_clone": "1"},
            "a seccomp filter, a security module or a chroot forbids it; in a container, start it with",
            id="a container's policy",
        ),
        pytest.param("user namespace", errno.EINVAL, {}, "built without one or this process has", id="not built in"),
        pytest.param("user namespace", errno.ENOSYS, {}, "does not have the system call", id="no system call"),
        pytest.param(
            "user namespace",
            errno.ENOMEM,
            {},
            "Cannot allocate memory; exec without --isolated",
            id="anything else",
        ),
    ],
)
def test_refusal(step: str, number: int, settings: dict[str, str], expected: str) -> None:
    assert expected in str(refusal(step, OSError(number, "Cannot allocate memory"), settings))


def test_settings_are_those_that_this_kernel_has() -> None:
    assert read_settings() == {name: path.read_text().strip() for name, path in SETTINGS.items() if path.exists()}
    assert read_settings()["user.max_user_namespaces"].isdecimal()


LIMITED = """
from pathlib import Path
from twilio_test_proxy.isolation import namespaces
namespaces.enter_user_namespace()
Path("/proc/sys/user/max_user_namespaces").write_text("0")
namespaces.enter_user_namespace()
"""


@pytest.mark.parametrize("user", inside.USERS)
def test_kernel_that_allows_no_more_user_namespaces(user: str) -> None:
    done = inside.run(LIMITED, user=user)
    assert done.stderr.splitlines()[-1].endswith(
        "IsolationError: Cannot isolate the command: no user namespace (ENOSPC): "
        "user.max_user_namespaces is 0; allow them with: sysctl -w user.max_user_namespaces=15000."
    )


# What a container's seccomp profile does to unshare(2): the filter's four instructions load the number of the
# system call, compare it, and answer EPERM or let it pass (seccomp(2)).
FILTERED = """
import ctypes, platform, struct
from twilio_test_proxy.isolation import namespaces
number = {"x86_64": 272, "aarch64": 97}[platform.machine()]
code = b"".join(struct.pack("HBBI", *instruction) for instruction in (
    (0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)))
buffer = ctypes.create_string_buffer(code)
program = struct.pack("HxxxxxxP", 4, ctypes.addressof(buffer))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.c_char_p(program)) == 0
namespaces.enter_user_namespace()
"""


@pytest.mark.parametrize("user", inside.USERS)
def test_container_that_filters_the_system_call(user: str) -> None:
    done = inside.run(FILTERED, user=user)
    assert "no user namespace (EPERM): a seccomp filter" in done.stderr.splitlines()[-1]
