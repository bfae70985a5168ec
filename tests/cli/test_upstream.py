from collections.abc import Mapping

import pytest

from twilio_test_proxy.cli.upstream import UpstreamProxy, upstream_proxy


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        pytest.param({}, UpstreamProxy(), id="no proxy"),
        pytest.param({"HTTPS_PROXY": ""}, UpstreamProxy(), id="empty"),
        pytest.param({"HTTPS_PROXY": "http://corp:3128"}, UpstreamProxy("upstream:http://corp:3128"), id="http"),
        pytest.param({"all_proxy": "corp:3128"}, UpstreamProxy("upstream:http://corp:3128"), id="no scheme"),
        pytest.param({"https_proxy": "https://corp/"}, UpstreamProxy("upstream:https://corp:443"), id="https"),
        pytest.param({"https_proxy": "http://corp"}, UpstreamProxy("upstream:http://corp:80"), id="no port"),
        pytest.param({"https_proxy": "http://[::1]:81"}, UpstreamProxy("upstream:http://[::1]:81"), id="IPv6"),
        pytest.param(
            {"https_proxy": "http://me:p%40ss@corp:81"},
            UpstreamProxy("upstream:http://corp:81", "me:p@ss"),
            id="credentials",
        ),
        pytest.param({"ALL_PROXY": "socks5://corp:1080"}, UpstreamProxy(), id="SOCKS cannot be gone through"),
        pytest.param(
            {"HTTPS_PROXY": "socks5://corp:1080", "ALL_PROXY": "http://corp:81"},
            UpstreamProxy("upstream:http://corp:81"),
            id="the next after SOCKS",
        ),
        pytest.param(
            {"https_proxy": "http://127.0.0.1:8080", "TWILIO_TEST_PROXY_URL": "http://127.0.0.1:8080"},
            UpstreamProxy(),
            id="our own, of an outer run",
        ),
        pytest.param(
            {"https_proxy": "http://lower:1", "HTTPS_PROXY": "http://upper:2"},
            UpstreamProxy("upstream:http://lower:1"),
            id="lower case first",
        ),
    ],
)
def test_upstream_proxy(base: Mapping[str, str], expected: UpstreamProxy) -> None:
    assert upstream_proxy(base) == expected
