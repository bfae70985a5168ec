"""addon/twilio_test.py: what mitmdump loads."""

import runpy
import subprocess
import sys
from pathlib import Path

from running_proxy import SCRIPT
from twilio_test_proxy.addons.chain import TwilioTestProxy


def test_it_is_the_list_of_addons() -> None:
    (addon,) = runpy.run_path(str(SCRIPT))["addons"]
    assert isinstance(addon, TwilioTestProxy)


def test_a_mitmproxy_without_our_packages_says_what_to_do(tmp_path: Path, confdir: Path) -> None:
    hide = "import sys; sys.modules['phonenumbers'] = None; from mitmproxy.tools.main import mitmdump; mitmdump()"
    result = subprocess.run(
        [sys.executable, "-c", hide, "-s", str(SCRIPT), "-p", "0", "--set", f"confdir={confdir}"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert result.returncode == 1
    printed = result.stdout + result.stderr
    assert "The Python package phonenumbers is missing" in printed
    assert "-m pip install ." in printed
    assert "Traceback" not in printed
