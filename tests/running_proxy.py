"""Real mitmdump processes for tests."""

import os
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from stand_in import Twilio

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "addon" / "twilio_test.py"
MITMDUMP = Path(sys.executable).parent / "mitmdump"

ACCOUNT_SID = "AC" + "1" * 32
AUTH_TOKEN = "5f0c8d6e2b7a4913" * 2
ACCOUNT_URL = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}"
START_LINE = re.compile(r"twilio-test-proxy at (\S+)")
WITHOUT_CAPABILITIES = (sys.executable, str(Path(__file__).with_name("without_capabilities.py")))
START_SECONDS = 60  # a guard against hanging, far above any start


class _Http2Context(ssl.SSLContext):
    """Offers HTTP/2 only: httpx offers it after HTTP/1.1, and mitmproxy takes what the client prefers."""

    def __new__(cls, authority: str) -> "_Http2Context":
        context = super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(authority)
        return context

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        super().set_alpn_protocols(["h2"])


@dataclass
class RunningProxy:
    """A mitmdump that answers, with its output so far."""

    url: str
    confdir: Path
    output: Path
    process: subprocess.Popen[bytes]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def authority(self) -> Path:
        return self.confdir / "mitmproxy-ca-cert.pem"

    @property
    def lines(self) -> list[str]:
        return self.output.read_text().splitlines()

    def ssl_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))

    def client(self, user: str = "", *, http2: bool = False, **arguments: Any) -> httpx.Client:
        """An httpx client that goes through the proxy, as a proxy user where one is named."""
        return proxied_client(self.url, self.authority, user, http2=http2, **arguments)

    def environment(self, user: str = "") -> dict[str, str]:
        """The one variable, and the CA for the clients that need to be told."""
        # With a password: requests sends no Proxy-Authorization without one.
        url = self.url.replace("://", f"://{user}:x@") if user else self.url
        clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        authority = str(self.authority)
        return clean | {
            "HTTPS_PROXY": url,
            "https_proxy": url,
            "HTTP_PROXY": url,
            "http_proxy": url,
            "REQUESTS_CA_BUNDLE": authority,
            "SSL_CERT_FILE": authority,
            "CURL_CA_BUNDLE": authority,
            "NODE_EXTRA_CA_CERTS": authority,
        }

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


def proxied_client(url: str, authority: Path, user: str = "", *, http2: bool = False, **arguments: Any) -> httpx.Client:
    """An httpx client that goes through the proxy at a URL and trusts its CA."""
    url = url.replace("://", f"://{user}:x@") if user else url
    context = _Http2Context(str(authority)) if http2 else ssl.create_default_context(cafile=str(authority))
    return httpx.Client(proxy=url, verify=context, http2=http2, trust_env=False, timeout=30, **arguments)


@contextmanager
def running_proxy(
    directory: Path,
    *options: str,
    confdir: Path,
    environment: Mapping[str, str] | None = None,
    script: Path = SCRIPT,
    launcher: tuple[str, ...] = (),
) -> Iterator[RunningProxy]:
    """Start `mitmdump -s addon/twilio_test.py` on a free port, wait for its line, and stop it in the end."""
    output = directory / "mitmdump.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [*launcher, str(MITMDUMP), "-s", str(script), "-p", "0", "--set", f"confdir={confdir}", *options],
            stdout=file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=directory,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
        )
    try:
        yield RunningProxy(_wait_for_url(process, output), confdir, output, process)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)


@contextmanager
def recording_proxy(
    directory: Path,
    twilio: Twilio,
    *options: str,
    confdir: Path,
    lock_open: bool = True,
    script: Path = SCRIPT,
    launcher: tuple[str, ...] = (),
) -> Iterator[RunningProxy]:
    """A proxy whose connections to Twilio lead to the stand-in."""
    redirection = Path(__file__).with_name("redirect_to_stand_in.py")
    trust = f"ssl_verify_upstream_trusted_ca={twilio.authority}"
    settings = ("-s", str(redirection), "--set", trust, "--set", f"twilio_forward_live={str(lock_open).lower()}")
    environment = {"STAND_IN_PORT": str(twilio.port)}
    all_options = (*settings, *options)
    with running_proxy(
        directory, *all_options, confdir=confdir, environment=environment, script=script, launcher=launcher
    ) as proxy:
        yield proxy


def failed_start(
    directory: Path, *options: str, confdir: Path, launcher: tuple[str, ...] = ()
) -> tuple[int, list[str]]:
    """The exit code and the output of a mitmdump that is to stop at its start."""
    result = subprocess.run(
        [*launcher, str(MITMDUMP), "-s", str(SCRIPT), "-p", "0", "--set", f"confdir={confdir}", *options],
        capture_output=True,
        text=True,
        cwd=directory,
        timeout=START_SECONDS,
        check=False,
    )
    return result.returncode, (result.stdout + result.stderr).splitlines()


def _wait_for_url(process: subprocess.Popen[bytes], output: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if match := START_LINE.search(output.read_text()):
            return match[1].rstrip(",")
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise AssertionError(f"mitmdump did not start:\n{output.read_text()}")
