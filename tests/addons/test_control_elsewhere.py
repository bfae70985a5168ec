"""http://twilio-test-proxy.test/ as another machine sees it that a proxy on every interface serves."""

import json
from pathlib import Path

from network_namespace import run_without_network

# The peer of whoever connects to an address that is not the loopback's is that address, as if it were elsewhere.
PROGRAM = """
import json
from running_proxy import running_proxy
import httpx

# A second address for the loopback interface: SIOCSIFADDR.
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
    address = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton("192.0.2.1"))
    fcntl.ioctl(control, 0x8916, struct.pack("16s16s8x", b"lo:1", address))

ASKED = (
    ("GET", "/"),
    ("HEAD", "/status"),
    ("GET", "/status"),
    ("GET", "/requests"),
    ("GET", "/errors/424001"),
    ("GET", "/nowhere"),
    ("POST", "/cassette/insert"),
    ("POST", "/cassette/eject"),
)
here = Path(__file__).parent
options = ("--listen-host", "0.0.0.0", "--set", f"twilio_report={here / 'report.json'}")
with running_proxy(here, *options, confdir=here / "confdir") as proxy:
    for host in ("127.0.0.1", "192.0.2.1"):
        with httpx.Client(proxy=f"http://{host}:{proxy.port}", trust_env=False, timeout=30) as client:
            for method, path in ASKED:
                body = {"json": {}} if method == "POST" else {}
                answer = client.request(method, f"http://twilio-test-proxy.test{path}", **body)
                print(json.dumps([host, method, path, answer.status_code, answer.text]))
"""


def test_another_machine_may_neither_read_nor_change_anything(tmp_path: Path) -> None:
    answers = [json.loads(line) for line in run_without_network(PROGRAM, tmp_path).splitlines()]
    statuses = {host: [status for name, _, _, status, _ in answers if name == host] for host, *_ in answers}
    assert statuses == {"127.0.0.1": [200, 200, 200, 200, 200, 404, 400, 404], "192.0.2.1": [403] * 8}
    refused = {text for host, method, _, _, text in answers if host == "192.0.2.1" and method != "HEAD"}
    assert [json.loads(text) for text in refused] == [
        {"error": "This is only readable from the machine that the proxy runs on."}
    ]
