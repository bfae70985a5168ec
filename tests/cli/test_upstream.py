from collections.abc import Mapping

import pytest

from twilio_test_proxy.cli.proxy_process import ProxyError
from twilio_test_proxy.cli.upstream import UpstreamProxy, upstream_proxy


def test_a_proxy_that_cannot_be_gone_through_is_said() -> None:
    found = upstream_proxy({"ALL_PROXY": "socks5://corp:1080"})
    assert (found.mode, found.credentials) == ("regular", "")
    assert found.warning.startswith("ALL_PROXY names a socks5 proxy, which mitmproxy cannot go through")


@pytest.mark.parametrize("more", [{}, {"https_proxy": ""}], ids=["alone", "https directly"])
def test_a_proxy_for_plain_http_only_is_not_gone_through_and_that_is_said(more: dict[str, str]) -> None:
    found = upstream_proxy({"http_proxy": "http://corp:81", **more})
    assert (found.mode, found.credentials) == ("regular", "")
    assert found.warning.startswith("http_proxy names a proxy for plain http only, which is not gone through:")


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://h:bad", id="port that is no number"),
        pytest.param("http://h:99999", id="port too large"),
        pytest.param("http://[::1", id="open bracket"),
        pytest.param("http://me:s#cret@corp:81", id="password that is not quoted"),
        pytest.param("http://:81", id="no host"),
    ],
)
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(ProxyError) as caught:
        upstream_proxy({"HTTPS_PROXY": url})
    # It may hold a password, so it is not shown.
    expected = "HTTPS_PROXY holds no URL of a proxy: write it like http://proxy.example:3128, or unset it."
    assert str(caught.value) == expected


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
        pytest.param(
            {"http_proxy": "http://plain:1", "ALL_PROXY": "http://all:2"},
            UpstreamProxy("upstream:http://all:2"),
            id="beside HTTP_PROXY",
        ),
        pytest.param(
            {"http_proxy": "http://127.0.0.1:8080", "TWILIO_TEST_PROXY_URL": "http://127.0.0.1:8080"},
            UpstreamProxy(),
            id="HTTP_PROXY of an outer run",
        ),
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
