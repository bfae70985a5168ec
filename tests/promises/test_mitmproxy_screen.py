"""The addon works under `mitmproxy`, too, which has a screen of its own. In a real terminal."""

import json
import os
import pty
import re
import select
import subprocess
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from running_proxy import ACCOUNT_SID, ACCOUNT_URL, AUTH_TOKEN, MITMDUMP, SCRIPT, START_SECONDS, proxied_client

MITMPROXY = MITMDUMP.with_name("mitmproxy")

_COLOUR = re.compile(rb"\x1b\[[0-9;]*m")  # also between the parts of a host name


@contextmanager
def screen(*options: str) -> Iterator[bytearray]:
    """A running mitmproxy, and what it has drawn so far."""
    controller, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (40, 120))
    process = subprocess.Popen(
        [str(MITMPROXY), "-s", str(SCRIPT), "-p", "0", *options],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm-256color"},
        start_new_session=True,
    )
    os.close(terminal)
    drawn, ended = bytearray(), threading.Event()

    def read() -> None:  # a terminal that nobody reads blocks who draws on it
        while not ended.is_set():
            if select.select([controller], [], [], 0.1)[0]:
                try:
                    drawn.extend(os.read(controller, 65536))
                except OSError:  # the other side is closed
                    return

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield drawn
    finally:
        process.terminate()
        process.wait(30)
        ended.set()
        reader.join()
        os.close(controller)


def test_it_answers_under_the_mitmproxy_screen(tmp_path: Path, confdir: Path) -> None:
    ready = tmp_path / "ready.json"
    with screen("--set", f"confdir={confdir}", "--set", f"twilio_ready_file={ready}") as drawn:
        deadline = time.monotonic() + START_SECONDS
        while not ready.exists():
            assert time.monotonic() < deadline, drawn
            time.sleep(0.05)
        host, port = json.loads(ready.read_bytes())["listen"][0]
        url = f"http://{host}:{port}"
        with proxied_client(url, confdir / "mitmproxy-ca-cert.pem", auth=(ACCOUNT_SID, AUTH_TOKEN)) as client:
            form = {"From": "+15005550006", "To": "+14108675309", "Body": "hello"}
            assert client.post(f"{ACCOUNT_URL}/Messages.json", data=form).status_code == 201
        while b"api.twilio.com" not in _COLOUR.sub(b"", drawn):
            assert time.monotonic() < deadline, drawn
            time.sleep(0.05)
    assert AUTH_TOKEN.encode() not in drawn
    assert b"Traceback" not in drawn
