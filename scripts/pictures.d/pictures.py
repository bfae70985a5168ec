"""Pictures of a real proxy that answers real requests: the page in headless Chromium, mitmdump in a terminal.

A cassette is recorded from the tests' stand-in for Twilio first, so that there is something to play and to miss. What
mitmdump prints is drawn by rich; nothing in it is changed but the name of the temporary directory.
"""

import os
import pty
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "addon")]

from rich.console import Console  # noqa: E402
from rich.text import Text  # noqa: E402

import chromium  # noqa: E402
from running_proxy import MITMDUMP, SCRIPT, RunningProxy, recording_proxy  # noqa: E402
from stand_in import stand_in  # noqa: E402

TEST = ("AC" + "1" * 32, "5f0c8d6e2b7a4913" * 2)
LIVE = ("AC" + "9" * 32, "c0ffee00" * 4)
TEST_URL, LIVE_URL = (f"https://api.twilio.com/2010-04-01/Accounts/{sid}" for sid, _ in (TEST, LIVE))
CODE = {"From": "+15017122661", "To": "+14108675309", "Body": "Your code is 482910"}
COLUMNS = 150
START_SECONDS = 60


def main(target: Path) -> None:
    """Make all of them."""
    chromium.find()
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        record(home)
        with proxy_in_terminal(home) as (proxy, printed):
            send(proxy)
            screenshot(f"{proxy.url}/", target / "page.png", "1240,510")
            screenshot(f"{proxy.url}/requests/7", target / "miss.png", "1240,640")
        lines = "".join(printed).replace(str(home), "~").replace("\r\n", "\n").splitlines()
    draw(lines, target / "terminal.svg")


def record(home: Path) -> None:
    """Record a cassette, as somebody with a Twilio account does."""
    (home / "cassettes").mkdir()
    options = ("--set", "twilio_cassette=cassettes/checkout.yaml", "--set", "twilio_record_mode=once")
    with (
        stand_in(home) as twilio,
        recording_proxy(home, twilio, *options, confdir=home / ".mitmproxy") as proxy,
        proxy.client(auth=LIVE) as client,
    ):
        sent = client.post(f"{LIVE_URL}/Messages.json", data=CODE).json()
        client.get(f"https://api.twilio.com{sent['uri']}")
        client.get(f"{LIVE_URL}/Messages.json?PageSize=20")


@contextmanager
def proxy_in_terminal(home: Path) -> Iterator[tuple[RunningProxy, list[str]]]:
    """A mitmdump that believes to be in a terminal, and what it has printed so far."""
    ours, theirs = pty.openpty()
    (home / "addon").symlink_to(SCRIPT.parent)
    command = [
        str(MITMDUMP),
        "-s",
        "addon/twilio_test.py",
        "-p",
        "0",
        "--set",
        "twilio_cassette=cassettes/checkout.yaml",
    ]
    environment = {"HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": str(COLUMNS)}
    environment |= {"TWILIO_TEST_ACCOUNT_SID": TEST[0], "TWILIO_TEST_AUTH_TOKEN": TEST[1], "PATH": os.environ["PATH"]}
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=home, env=environment)
    os.close(theirs)
    printed: list[str] = []
    reader = threading.Thread(target=lambda: printed.extend(iter(lambda: _read(ours), "")))
    reader.start()
    try:
        yield RunningProxy(_url(printed), home / ".mitmproxy", Path(os.devnull), process), printed
    finally:
        process.terminate()
        process.wait(30)
        reader.join()
        os.close(ours)


def send(proxy: RunningProxy) -> None:
    """What a test suite might send: successes, magic numbers, a recording played, a miss."""
    good = {"From": "+15005550006", "To": "+14108675309"}
    with proxy.client(auth=TEST) as client:
        client.post(f"{TEST_URL}/Messages.json", data=good | {"Body": "All in the game, yo"})
        client.post(f"{TEST_URL}/Messages.json", data=good | {"To": "+15005550009", "Body": "Hey Mr Nugget"})
        client.post(f"{TEST_URL}/Calls.json", data=good | {"Url": "http://demo.twilio.com/docs/voice.xml"})
        client.post(f"{TEST_URL}/IncomingPhoneNumbers.json", data={"PhoneNumber": "+15005550000"})
    with proxy.client(auth=LIVE) as client:
        sent = client.post(f"{LIVE_URL}/Messages.json", data=CODE).json()
        client.get(f"https://api.twilio.com{sent['uri']}")
        client.post(f"{LIVE_URL}/Messages.json", data=CODE | {"To": "+14108675310", "Body": "Your code is 771205"})


def screenshot(url: str, path: Path, size: str) -> None:
    """A picture of a page."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [chromium.find(), *chromium.FLAGS, f"--user-data-dir={profile}", f"--window-size={size}"]
        command += ["--hide-scrollbars", "--virtual-time-budget=3000", f"--screenshot={path}", url]
        subprocess.run(command, check=True, capture_output=True, timeout=100)


def draw(lines: list[str], path: Path) -> None:
    """A picture of a terminal, without the web font that rich would fetch."""
    console = Console(record=True, width=COLUMNS, file=Path(os.devnull).open("w"), force_terminal=True)  # noqa: SIM115
    for line in lines:
        console.print(Text.from_ansi(line), no_wrap=True, overflow="ellipsis", crop=True)
    svg = console.export_svg(title="mitmdump -s addon/twilio_test.py", unique_id="terminal")
    path.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL))


def _read(descriptor: int) -> str:
    try:
        return os.read(descriptor, 65536).decode("utf-8", "replace")
    except OSError:  # Linux says so when the other end is closed
        return ""


def _url(printed: list[str]) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if match := re.search(r"http://127\.0\.0\.1:\d+", "".join(printed)):
            return match[0]
        time.sleep(0.05)
    raise SystemExit(f"mitmdump did not start:\n{''.join(printed)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
