"""Answers per second, start to first answer and memory, against the floor of mitmproxy itself.

Both run as real mitmdump processes in reverse mode (wrk speaks to no proxy), in turns, in one run; what counts are the
ratios. Needs wrk (Debian: apt-get install wrk).
"""

import re
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
ADDON = HERE.parent.parent / "addon" / "twilio_test.py"
FLOOR = HERE / "floor.py"
MITMDUMP = Path(sys.executable).parent / "mitmdump"

ROUNDS = 5
WARM_UP_SECONDS = 2
LOAD_SECONDS = 5
CONNECTIONS = 8
STARTS = 9


@dataclass
class Measured:
    """What one of the two gave in each round."""

    answers: list[float] = field(default_factory=list)
    cpu_milliseconds: list[float] = field(default_factory=list)
    start_seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def main() -> None:
    """Measure in turns and print the table."""
    if not shutil.which("wrk"):
        raise SystemExit("wrk is needed to make load. On Debian and Ubuntu: apt-get install wrk")
    with tempfile.TemporaryDirectory() as confdir:
        start(FLOOR, confdir)[0].terminate()  # makes the CA, which takes long and only once
        measured = {ADDON: Measured(), FLOOR: Measured()}
        for number in range(STARTS):
            for script in (ADDON, FLOOR) if number % 2 else (FLOOR, ADDON):
                process, _, seconds = start(script, confdir)
                stop(process)
                measured[script].start_seconds.append(seconds)
        for number in range(ROUNDS):
            for script in (ADDON, FLOOR) if number % 2 else (FLOOR, ADDON):
                process, port, _ = start(script, confdir)
                load(port, WARM_UP_SECONDS)
                proxy = psutil.Process(process.pid)
                before = sum(proxy.cpu_times()[:2])
                rate = load(port, LOAD_SECONDS)
                measured[script].answers.append(rate)
                spent = sum(proxy.cpu_times()[:2]) - before
                measured[script].cpu_milliseconds.append(spent * 1000 / (rate * LOAD_SECONDS))
                measured[script].memory.append(proxy.memory_info().rss / 2**20)
                stop(process)
    report(measured[ADDON], measured[FLOOR])


def start(script: Path, confdir: str) -> tuple["subprocess.Popen[bytes]", int, float]:
    """Start mitmdump with a script; the seconds until the first answer arrived."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(MITMDUMP), "-q", "-s", str(script), "-p", str(port), "--listen-host", "127.0.0.1"]
    command += ["--mode", "reverse:https://api.twilio.com", "--set", f"confdir={confdir}"]
    command += ["--set", "connection_strategy=lazy"]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    while process.poll() is None:
        try:
            with (
                socket.create_connection(("127.0.0.1", port)) as plain,
                context.wrap_socket(plain, server_hostname="api.twilio.com") as connection,
            ):
                connection.sendall(b"POST / HTTP/1.1\r\nHost: api.twilio.com\r\nContent-Length: 0\r\n\r\n")
                # mitmproxy answers 502 as long as the script is not loaded.
                if connection.recv(100)[9:12] in (b"201", b"401"):
                    return process, port, time.perf_counter() - started
        except OSError:
            time.sleep(0.005)
    raise SystemExit(f"mitmdump -s {script} ended at its start")


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End it and wait, so that it costs the next one nothing."""
    process.terminate()
    process.wait()


def load(port: int, seconds: int) -> float:
    """Answers per second under wrk."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(HERE / "post.lua")]
    output = subprocess.run([*command, f"https://127.0.0.1:{port}"], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output:
        raise SystemExit(f"not every request was answered 201:\n{output}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    assert rate, output  # noqa: S101 - wrk's own format
    return float(rate[1])


def report(addon: Measured, floor: Measured) -> None:
    """Print medians and their ratio."""
    table = Table(title=f"Test credentials, against a constant answer (medians of {ROUNDS} rounds, {STARTS} starts)")
    for column in ("", "addon", "floor", "ratio", "wanted"):
        table.add_column(column, justify="left" if not column else "right")
    rows = (
        ("answers per second", addon.answers, floor.answers, "{:.0f}", "≥ 0.90"),
        # Says the same on a machine that has other work to do.
        ("processor time an answer", addon.cpu_milliseconds, floor.cpu_milliseconds, "{:.3f} ms", "≤ 1.11"),
        ("start to first answer", addon.start_seconds, floor.start_seconds, "{:.3f} s", "≤ 1.15"),
        ("resident memory under load", addon.memory, floor.memory, "{:.0f} MiB", "≤ 1.20"),
    )
    for name, ours, theirs, pattern, wanted in rows:
        a, b = statistics.median(ours), statistics.median(theirs)
        table.add_row(name, pattern.format(a), pattern.format(b), f"{a / b:.2f}", wanted)
    Console().print(table)


if __name__ == "__main__":
    main()
