"""README: "It needs no network." The whole thing in a network namespace that has nothing but loopback."""

from pathlib import Path

from network_namespace import run_without_network
from running_proxy import ACCOUNT_SID, AUTH_TOKEN

PROGRAM = f"""
import subprocess, tempfile
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
    sid, summary = run_without_network(PROGRAM, tmp_path).splitlines()
    assert sid.startswith("SM")
    assert summary == "twilio-test-proxy: 1 answered for test credentials; connections to Twilio: 0"
