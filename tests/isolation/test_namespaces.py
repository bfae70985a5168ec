import os
import signal
import subprocess
import time
import uuid
from pathlib import Path

import pytest

from isolation import inside
from twilio_test_proxy.isolation import namespaces

IDS = """
import json, os
from twilio_test_proxy.isolation import namespaces
before = os.getresuid(), os.getresgid(), os.readlink("/proc/self/ns/user")
namespaces.enter_user_namespace()
after = os.getresuid(), os.getresgid(), os.readlink("/proc/self/ns/user")
print(json.dumps([before, after]))
"""


@pytest.mark.parametrize("user", inside.USERS)
def test_user_namespace_keeps_the_ids(user: str) -> None:
    before, after = inside.answer(IDS, user=user)
    assert after[:2] == before[:2]
    assert after[2] != before[2]


CHANGING_USER = """
import json, os
from twilio_test_proxy.isolation import namespaces
namespaces.enter_user_namespace()
try:
    os.setgroups([77])
    os.setresgid(4321, 4321, 4321)
    os.setresuid(1234, 1234, 1234)
except OSError as error:
    print(json.dumps(error.strerror))
else:
    print(json.dumps([os.getuid(), os.getgid(), os.getgroups()]))
"""


@pytest.mark.parametrize("user", inside.USERS)
def test_only_root_can_still_become_another_user(user: str) -> None:
    expected = [1234, 4321, [77]] if user == "root" else "Operation not permitted"
    assert inside.answer(CHANGING_USER, user=user) == expected


def test_identity_map_of_several_extents() -> None:
    own = ["         0     100000      65536", "      70000          5          1"]
    assert namespaces.identity_map(own) == "0 0 65536\n70000 70000 1\n"


def test_identity_maps_of_the_initial_namespace_or_an_ordinary_user() -> None:
    maps = namespaces.identity_maps()
    if os.geteuid() == 0:
        assert list(maps) == ["uid_map", "gid_map"]
    else:
        assert maps == {
            "setgroups": "deny\n",
            "uid_map": f"{os.geteuid()} {os.geteuid()} 1\n",
            "gid_map": f"{os.getegid()} {os.getegid()} 1\n",
        }


THREADS = """
import threading
from twilio_test_proxy.isolation import namespaces
threading.Thread(target=threading.Event().wait, daemon=True).start()
namespaces.enter_user_namespace()
"""


def test_process_with_threads_is_refused_in_words() -> None:
    assert "this process has several threads" in inside.run(THREADS).stderr.splitlines()[-1]


NETWORK = """
import json, os, socket
from twilio_test_proxy.isolation import namespaces
namespaces.enter_user_namespace()
namespaces.enter_network_namespace()
print(json.dumps([name for _, name in socket.if_nameindex()]))
"""


@pytest.mark.parametrize("user", inside.USERS)
def test_network_namespace_has_only_a_loopback_interface(user: str) -> None:
    assert inside.answer(NETWORK, user=user) == ["lo"]


DAEMON = """
import subprocess, sys, time
from twilio_test_proxy.isolation import namespaces
namespaces.enter_user_namespace()
first = namespaces.enter_process_namespace()
subprocess.run(["setsid", "--fork", "sh", "-c", "trap '' HUP TERM; while :; do sleep 1; done", sys.argv[1]])
print(first, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("user", inside.USERS)
@pytest.mark.parametrize("victim", ["first process", "process that entered"])
def test_daemons_end_with(victim: str, user: str) -> None:
    mark = f"daemon-{uuid.uuid4()}"
    with inside.program(DAEMON, mark, user=user, stdin=subprocess.PIPE) as started:
        assert started.stdout
        first = int(started.stdout.readline())
        assert becomes(True, mark)
        os.kill(first if victim == "first process" else started.pid, signal.SIGKILL)
        assert becomes(False, mark)


ORPHAN = """
import json, subprocess, time
from twilio_test_proxy.isolation import mounts, namespaces
namespaces.enter_user_namespace()
namespaces.enter_process_namespace()
namespaces.enter_mount_namespace()
mounts.show_processes()
subprocess.run(["setsid", "--fork", "true"])
time.sleep(0.2)
states = subprocess.run(["sh", "-c", "cat /proc/[0-9]*/status"], capture_output=True, text=True).stdout
print(json.dumps([line.split()[1] for line in states.splitlines() if line.startswith("State:")]))
"""


def test_orphans_leave_no_zombies() -> None:
    assert "Z" not in inside.answer(ORPHAN)


SIGNALS = """
import json, os, signal, time
from twilio_test_proxy.isolation import namespaces
namespaces.enter_user_namespace()
first = namespaces.enter_process_namespace()
time.sleep(0.2)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP):
    os.kill(first, number)
time.sleep(0.2)
print(json.dumps(os.waitpid(first, os.WNOHANG | os.WUNTRACED)))
"""


def test_first_process_does_not_feel_the_terminal() -> None:
    assert inside.answer(SIGNALS) == [0, 0]


MOUNT = """
import json, os, sys
from pathlib import Path
from twilio_test_proxy.isolation import mounts, namespaces
namespaces.enter_user_namespace()
namespaces.enter_mount_namespace()
mounts.bind(Path("/etc/hostname" if os.path.exists("/etc/hostname") else "/etc/passwd"), Path(sys.argv[1]))
print(json.dumps(Path(sys.argv[1]).stat().st_ino != int(sys.argv[2])))
"""


@pytest.mark.parametrize("user", inside.USERS)
def test_mount_namespace_is_seen_by_nobody_else(user: str) -> None:
    target = Path("/etc/hosts")
    before = target.stat().st_ino
    assert inside.answer(MOUNT, str(target), str(before), user=user) is True
    assert target.stat().st_ino == before


def running(mark: str) -> bool:
    return any(mark.encode() in command for command in commands())


def becomes(expected: bool, mark: str) -> bool:
    deadline = time.monotonic() + 10
    while running(mark) is not expected:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def commands() -> list[bytes]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes())
        except OSError:
            continue
    # The program itself has the mark among its arguments too; the daemon is a shell.
    return [command for command in found if command.startswith(b"sh\0")]
