"""Pytest sessions of their own, for the tests of the plugin."""

import os
from pathlib import Path

import pytest

from running_proxy import ROOT
from stand_in import stand_in
from twilio_test_proxy.cassettes.cassette import Cassette
from twilio_test_proxy.cassettes.interaction import Request, Response
from twilio_test_proxy.cassettes.record_mode import RecordMode

PLUGIN = (
    "-p",
    "twilio_test_proxy.pytest_plugin",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:anyio",
)  # anyio's plugin warns while it loads
SID = "AC" + "9" * 32
MESSAGES = f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages.json"

# What every test module of these sessions begins with. Requests, for the SDK takes a second to import.
HEAD = f"""
import os, subprocess, sys, unittest
import pytest, requests

URL = "{MESSAGES}"

def send(body="one", method="POST"):
    form = {{"To": "+14108675309", "From": "+15005550006", "Body": body}}
    return requests.request(method, URL, data=form, auth=("{SID}", "{"c0ffee00" * 4}"))
"""


def prepare(patch: pytest.MonkeyPatch, home: Path) -> None:
    """A certificate authority of the tests' own, no other proxy, and the plugin importable in every process."""
    for name in list(os.environ):
        if "proxy" in name.lower():
            patch.delenv(name)
    patch.setenv("TWILIO_TEST_PROXY_HOME", str(home))
    patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "addon"), *filter(None, [os.getenv("PYTHONPATH")])]))


def run(pytester: pytest.Pytester, tests: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(test_it=HEAD + tests)
    return pytester.runpytest_inprocess(*PLUGIN, "-W", "error", *options)


def recorded(path: Path, *bodies: str) -> Path:
    """A cassette with an answer to `send(body)` for each of the bodies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with Cassette(path, RecordMode.ONCE) as cassette:
        for body in bodies:
            form = f"To=%2B14108675309&From=%2B15005550006&Body={body}".encode()
            headers = (("Content-Type", "application/x-www-form-urlencoded"),)
            json = f'{{"sid": "SM{body}"}}'
            content = (("Content-Type", "application/json"),)
            answer = Response(201, "Created", content, json.encode())
            cassette.record(Request("POST", MESSAGES, headers, form), answer)
    return path


def record(pytester: pytest.Pytester, tests: str, *options: str) -> tuple[pytest.RunResult, list[str]]:
    """Run tests where Twilio's hosts lead to the stand-in; the bodies of the messages that it was sent."""
    with stand_in(pytester.path) as twilio:
        trust = ("--set", f"ssl_verify_upstream_trusted_ca={twilio.authority}")
        result = record_at(pytester, twilio.port, tests, *options, trust=trust)
        return result, [body.decode().rpartition("Body=")[2] for _, _, _, body in twilio.requests]


def record_at(
    pytester: pytest.Pytester, port: int, tests: str, *options: str, trust: tuple[str, ...] = ()
) -> pytest.RunResult:
    """Run tests where Twilio's hosts lead to a port of this machine."""
    redirect = ("-s", str(ROOT / "tests" / "redirect_to_stand_in.py"), *trust)
    pytester.makeconftest(
        "import functools, os\nfrom twilio_test_proxy.testing import processes\n"
        f"processes.ProxySettings = functools.partial(processes.ProxySettings, arguments={redirect!r})\n"
        f"os.environ['STAND_IN_PORT'] = '{port}'\n"
    )
    pytester.makepyfile(test_it=HEAD + tests)
    return pytester.runpytest_subprocess(*PLUGIN, *options)
