"""README: "It needs no network." The whole thing in a network namespace that has nothing but loopback."""

import subprocess
import sys
from pathlib import Path

from running_proxy import ACCOUNT_SID, AUTH_TOKEN, ROOT

PROGRAM = f"""
import fcntl, socket, struct, sys, tempfile
from pathlib import Path
sys.path[:0] = [{str(ROOT / "tests")!r}]

# Bring loopback up: SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP.
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
    request = struct.pack("16sh14x", b"lo", 0)
    flags = struct.unpack("16sh14x", fcntl.ioctl(control, 0x8913, request))[1]
    fcntl.ioctl(control, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))

assert [name for _, name in socket.if_nameindex()] == ["lo"], socket.if_nameindex()
try:
    socket.create_connection(("1.1.1.1", 443), 5)
except OSError:
    pass
else:
    raise SystemExit("this namespace has a network")

import subprocess
from running_proxy import running_proxy
directory = Path(tempfile.mkdtemp())
with running_proxy(directory, confdir=directory / "conf") as proxy:
    code = "from twilio.rest import Client; import sys;"
    code += "print(Client(*sys.argv[1:]).messages.create(to='+14108675309', from_='+15005550006', body='hello').sid)"
    subprocess.run([sys.executable, "-c", code, "{ACCOUNT_SID}", "{AUTH_TOKEN}"], env=proxy.environment(), check=True)
    assert proxy.stop() == 0
print(proxy.lines[-1])
"""


def test_the_sdk_gets_its_answer_without_any_network(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    result = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", sys.executable, str(program)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert result.returncode == 0, f"no network namespace, or no answer in it: {result.stderr}"
    sid, summary = result.stdout.splitlines()
    assert sid.startswith("SM")
    assert summary == "twilio-test-proxy: 1 answered for test credentials; connections to Twilio: 0"
