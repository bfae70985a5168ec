"""Programs in a network namespace that has nothing but loopback."""

import subprocess
import sys
from pathlib import Path

from running_proxy import ROOT

_LOOPBACK_ONLY = f"""
import fcntl, socket, struct, sys
from pathlib import Path
sys.path[:0] = [{str(ROOT / "tests")!r}, {str(ROOT / "addon")!r}]

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
"""


def run_without_network(program: str, directory: Path) -> str:
    """Run a Python program, which finds the modules of the tests, and return what it prints."""
    file = directory / "program.py"
    file.write_text(_LOOPBACK_ONLY + program)
    result = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", sys.executable, str(file)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert result.returncode == 0, f"no network namespace, or no answer in it: {result.stderr}"
    return result.stdout
