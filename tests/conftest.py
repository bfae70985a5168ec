"""Fixtures for all tests: one certificate directory, and one proxy without options, for a whole run."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients import table
from running_proxy import RunningProxy, running_proxy
from stand_in import Twilio, stand_in
from twilio_test_proxy.certificates import authority

# The second is what installing the package registers; a source tree that is not installed has it from here.
pytest_plugins = ["pytester", "twilio_test_proxy.pytest_plugin"]

# What whoever runs the tests may well have set, and the programs under test read; with what is named after Twilio and
# after proxies. These are rich's.
DISTURBING = {"FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"}


def pytest_sessionstart() -> None:
    """Give the tests, and all that they start, an environment without these.

    Not earlier: pytest reads them for its own output when it is configured.
    """
    for name in list(os.environ):
        if name in DISTURBING or name.startswith("TWILIO_") or "proxy" in name.lower():
            del os.environ[name]
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup has it ignored, and what is started inherits that


@pytest.fixture(scope="session")
def confdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where mitmdump keeps its CA; making one takes a while, so the tests of a process share it."""
    return tmp_path_factory.mktemp("confdir")


@pytest.fixture(scope="session")
def proxy(tmp_path_factory: pytest.TempPathFactory, confdir: Path) -> Iterator[RunningProxy]:
    """A proxy started without any option but its port."""
    with running_proxy(tmp_path_factory.mktemp("proxy"), confdir=confdir) as running:
        yield running


@pytest.fixture(scope="session")
def twilio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twilio]:
    """What plays Twilio where live requests are forwarded."""
    with stand_in(tmp_path_factory.mktemp("stand-in")) as running:
        yield running


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``TWILIO_TEST_PROXY_HOME``, with this project's own certificate authority."""
    return authority.ensure(tmp_path_factory.mktemp("home")).confdir


def pytest_report_header() -> list[str]:
    """Which clients are not run, for want of what they run on."""
    missing = table.absent()
    return [f"CLIENTS NOT TESTED, absent on this machine: {', '.join(missing)}"] if missing else []
