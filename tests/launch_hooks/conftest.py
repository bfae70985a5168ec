"""What a program is told by ``exec`` and ``env``, of a proxy that all tests of a process share."""

import datetime

import pytest

from command_line import environment as clean
from running_proxy import ACCOUNT_SID, AUTH_TOKEN, RunningProxy
from twilio_test_proxy.certificates import authority, trust
from twilio_test_proxy.cli import environment


@pytest.fixture(scope="session")
def told(proxy: RunningProxy, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The whole environment."""
    folder = tmp_path_factory.mktemp("trust")
    confined = authority.Authority(proxy.confdir, proxy.authority, datetime.datetime.max)
    base = clean(folder, TWILIO_ACCOUNT_SID=ACCOUNT_SID, TWILIO_AUTH_TOKEN=AUTH_TOKEN)
    return {**base, **environment.variables(proxy.url, trust.write(confined, folder, base), base)}


@pytest.fixture
def hook_alone(told: dict[str, str]) -> dict[str, str]:
    """As if the client read no variable: those that clients read are gone, and the hooks are there."""
    kept = ("TWILIO_", "PYTHONPATH", "NODE_OPTIONS", "PATH", "HOME", "TMPDIR")
    return {name: value for name, value in told.items() if name.startswith(kept)}
