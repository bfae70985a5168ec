"""Runs a shell command isolated, as `exec --isolated` does, but with the least of addons in place of ours.

Arguments: FOLDER OPTION=VALUE... -- SHELL-COMMAND. The upstream option is the port, on this machine outside, that plays
Twilio.
"""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

from twilio_test_proxy.isolation.dialling import Connection
from twilio_test_proxy.isolation.enclosure import PROXY_MODES, Enclosure

LEAST_ADDON = Path(__file__).with_name("least_addon.py")


def main(folder: Path, options: dict[str, str], command: str) -> int:
    upstream = options.pop("upstream", "")

    async def dial(host: str) -> Connection:
        return await asyncio.open_connection("127.0.0.1", int(upstream))

    enclosure = Enclosure(dial if upstream else None)
    options = {"confdir": str(folder), **options, **enclosure.proxy_options}
    arguments = [word for mode in PROXY_MODES for word in ("--mode", mode)]
    arguments += [word for name, value in options.items() for word in ("--set", f"{name}={value}")]
    log = folder / "log"
    with log.open("w") as output:
        proxy = subprocess.Popen(
            [
                *(sys.executable, "-c", "from mitmproxy.tools.main import mitmdump; mitmdump()"),
                *("-s", str(LEAST_ADDON), "--listen-host", "127.0.0.1", "--listen-port", "0"),
                *arguments,
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    # mitmdump says when it listens, for each mode one line.
    while (found := log.read_text()).count(" listening at ") < 4:
        if proxy.poll() is not None:
            raise SystemExit(found)
        time.sleep(0.02)
    authority = (folder / "mitmproxy-ca-cert.pem").read_text()
    for sentence in enclosure.show(sys.executable, os.environ, Path.cwd(), authority):
        print(sentence, file=sys.stderr)
    code = subprocess.run(["sh", "-c", command], env={**os.environ, "PYTHON": sys.executable}).returncode
    proxy.terminate()
    proxy.wait()
    enclosure.close()
    return code


def run() -> None:
    split = sys.argv.index("--")
    options = dict(word.split("=", 1) for word in sys.argv[2:split])
    raise SystemExit(main(Path(sys.argv[1]), options, sys.argv[split + 1]))
