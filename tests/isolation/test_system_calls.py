import errno
import os

import pytest

from isolation import inside
from twilio_test_proxy.isolation import system_calls


def test_error_has_number_and_path() -> None:
    with pytest.raises(OSError, match="/nonexistent") as caught:
        system_calls.mount("/nonexistent", "/nonexistent", flags=system_calls.MS_BIND)
    assert caught.value.errno in (errno.ENOENT, errno.EPERM)


def test_detach_of_what_is_no_mount(tmp_path: os.PathLike[str]) -> None:
    with pytest.raises(OSError, match=str(tmp_path)):
        system_calls.detach(str(tmp_path))


def test_has_capability_agrees_with_proc() -> None:
    with open("/proc/self/status") as status:  # noqa: PTH123 - read as the kernel writes it
        (line,) = (line for line in status if line.startswith("CapEff:"))
    bits = int(line.split()[1], 16)
    assert [system_calls.has_capability(number) for number in range(38)] == [
        bool(bits >> number & 1) for number in range(38)
    ]


AMBIENT = """
import json, subprocess
from twilio_test_proxy.isolation import namespaces, system_calls
namespaces.enter_user_namespace()
def of_child():
    lines = subprocess.run(["cat", "/proc/self/status"], capture_output=True, text=True).stdout.splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.startswith("CapAmb:"))
before = of_child()
system_calls.raise_ambient(system_calls.CAP_NET_BIND_SERVICE)
raised = of_child()
system_calls.clear_ambient()
print(json.dumps([before, raised, of_child()]))
"""


@pytest.mark.parametrize("user", inside.USERS)
def test_programs_keep_the_one_ambient_capability_until_it_is_cleared(user: str) -> None:
    assert inside.answer(AMBIENT, user=user) == [0, 1 << system_calls.CAP_NET_BIND_SERVICE, 0]
