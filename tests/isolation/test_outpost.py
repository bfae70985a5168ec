import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from isolation import inside

# Connects from inside to a server outside that only the outpost can reach, and prints what it sent.
THROUGH = """
import asyncio, json, os, socket, sys
from twilio_test_proxy.isolation import loopback, namespaces
from twilio_test_proxy.isolation.outpost import Outpost
outside = socket.create_server(("127.0.0.1", 0))
outside.settimeout(10)
place = outside.getsockname()
async def dial(host):
    return await asyncio.open_connection(*place)
outpost = Outpost(dial)
namespaces.enter_user_namespace()
namespaces.enter_network_namespace()
loopback.bring_up()
address = outpost.open()
client = socket.create_connection(address)
client.sendall(b"CONNECT api.twilio.com:443 HTTP/1.1\\r\\n\\r\\n")
server, peer = outside.accept()
server.sendall(b"from outside")
server.close()
answer = b""
while data := client.recv(4096):
    answer += data
client.close()
outpost.close()
try:
    socket.create_connection(address)
except OSError as error:
    print(json.dumps([answer.decode(), error.strerror]))
"""


@pytest.mark.parametrize("user", inside.USERS)
def test_gateway_inside_is_answered_from_outside_until_it_is_closed(user: str) -> None:
    answer, after = inside.answer(THROUGH, user=user)
    assert answer == "HTTP/1.1 200 Connection established\r\n\r\nfrom outside"
    assert after == "Connection refused"


WAITING = """
import os, sys
from twilio_test_proxy.isolation.outpost import Outpost
async def dial(host):
    raise AssertionError
outpost = Outpost(dial)
if sys.argv[1] == "opened":
    outpost.open()
print(outpost._process, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("state", ["unopened", "opened"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_outpost_ends_with_the_process_that_made_it(state: str, number: signal.Signals) -> None:
    with inside.program(WAITING, state, stdin=subprocess.PIPE) as started:
        assert started.stdout
        process = int(started.stdout.readline())
        assert Path(f"/proc/{process}").exists()
        os.kill(started.pid, number)
        assert is_true(lambda: has_ended(process))


def test_outpost_holds_none_of_the_callers_streams() -> None:
    with inside.program(WAITING, "opened", stdin=subprocess.PIPE) as started:
        assert started.stdout
        process = int(started.stdout.readline())
        assert is_true(lambda: targets(process)[:3] == [os.devnull] * 3)


def targets(process: int) -> list[str]:
    """What the process's descriptors lead to, in their order; empty while it changes them."""
    try:
        paths = sorted(Path(f"/proc/{process}/fd").iterdir(), key=lambda path: int(path.name))
        return [str(path.readlink()) for path in paths]
    except FileNotFoundError:
        return []


def has_ended(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"  # whoever adopted it has not noticed yet


def is_true(condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true in time."""
    deadline = time.monotonic() + 10
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
