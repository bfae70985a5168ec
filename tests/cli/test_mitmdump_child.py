import subprocess
import sys

from command_line import START


def test_ends_with_its_parent() -> None:
    """The parent's end of the pipe closes however the parent came to its end."""
    program = START + "from twilio_test_proxy.cli.mitmdump_child import end_with_parent; end_with_parent(0)"
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE)
    assert process.stdin
    process.stdin.write(b"bytes are no end")
    process.stdin.flush()
    assert process.poll() is None
    process.stdin.close()
    assert process.wait(60) == -15
