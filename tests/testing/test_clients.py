import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from aiohttp import BasicAuth, ClientSession

from running_proxy import ACCOUNT_SID, ACCOUNT_URL, AUTH_TOKEN, RunningProxy, running_proxy
from twilio_test_proxy.certificates import authority, trust
from twilio_test_proxy.certificates.trust import TrustFiles
from twilio_test_proxy.testing.clients import led_through

URL = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, home: Path) -> TrustFiles:
    return trust.write(authority.ensure(home), tmp_path_factory.mktemp("trust"), {})


@pytest.fixture(scope="module")
def confined(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Iterator[RunningProxy]:
    with running_proxy(tmp_path_factory.mktemp("proxy"), confdir=home) as proxy:
        yield proxy


def test_variables_are_set_and_restored(files: TrustFiles) -> None:
    before = dict(os.environ)
    with led_through(URL, files, []) as added:
        assert os.environ["HTTPS_PROXY"] == added["https_proxy"] == URL
        assert os.environ["REQUESTS_CA_BUNDLE"] == str(files.bundle)
        assert dict(os.environ) == before | dict(added)
    assert dict(os.environ) == before


@pytest.mark.parametrize("host", ["api.twilio.com", b"api.twilio.com", "api.dublin.ie1.twilio.com"])
def test_looking_up_a_host_at_twilio_is_refused_and_noted(files: TrustFiles, host: str | bytes) -> None:
    bypasses: list[str] = []
    with led_through(URL, files, bypasses):
        with pytest.raises(socket.gaierror, match="through the proxy only"):
            socket.getaddrinfo(host, 443)
        with pytest.raises(socket.gaierror):
            socket.create_connection(("api.twilio.com", 443))
    assert bypasses == [host.decode() if isinstance(host, bytes) else host, "api.twilio.com"]


def test_looking_up_other_hosts_is_left_alone(files: TrustFiles) -> None:
    look_up, bypasses = socket.getaddrinfo, list[str]()
    with led_through(URL, files, bypasses):
        assert socket.getaddrinfo("127.0.0.1", 80)
        assert socket.getaddrinfo(None, 80)
    assert bypasses == []
    assert socket.getaddrinfo is look_up


@pytest.mark.filterwarnings("ignore:.*BasicAuth:DeprecationWarning", "ignore:.*'auth':DeprecationWarning")
def test_aiohttp_goes_through_the_proxy_in_spite_of_its_default(confined: RunningProxy, files: TrustFiles) -> None:
    async def post(base: str, path: str) -> int:
        async with ClientSession(base or None, auth=BasicAuth(ACCOUNT_SID, AUTH_TOKEN)) as session:
            form = {"From": "+15005550006", "To": "+14108675309", "Body": "Hello"}
            async with session.post(path, data=form) as answer:
                status = answer.status
        # TLS connections are closed in the background: https://docs.aiohttp.org/en/stable/client_advanced.html
        while any(found.raddr and found.raddr.port == confined.port for found in psutil.Process().net_connections()):
            await asyncio.sleep(0.01)
        return status

    with led_through(confined.url, files, []):
        assert asyncio.run(post("", f"{ACCOUNT_URL}/Messages.json")) == 201
        host, path = ACCOUNT_URL[: len("https://api.twilio.com")], ACCOUNT_URL.removeprefix("https://api.twilio.com")
        assert asyncio.run(post(host, f"{path}/Messages.json")) == 201
