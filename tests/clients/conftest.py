"""What the clients share: a proxy, and an environment that is built on first use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.install import install_once
from clients.table import Client
from running_proxy import RunningProxy, running_proxy


@pytest.fixture(scope="session")
def confined_proxy(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Iterator[RunningProxy]:
    """A proxy with this project's own authority, as ``twilio-test-proxy serve`` starts it."""
    with running_proxy(tmp_path_factory.mktemp("confined"), confdir=home) as running:
        yield running


@pytest.fixture
def installed(client: Client) -> Client:
    """The client that a test is about, in its own environment."""
    install_once(client)
    return client
