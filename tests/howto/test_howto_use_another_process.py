import subprocess
import sys
from pathlib import Path

from twilio_test_proxy.pytest_plugin import TwilioProxy

SCRIPT = "from orders import confirm; print(confirm('+14108675309'))"


def test_the_command_line_sends_it(twilio_proxy: TwilioProxy) -> None:
    printed = subprocess.check_output([sys.executable, "-c", SCRIPT], cwd=Path(__file__).parent, text=True)
    assert [request.sid for request in twilio_proxy.requests] == [printed.strip()]
