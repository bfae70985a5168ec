"""The user name in the proxy URL: read from every form of Proxy-Authorization, and taken out of every request."""

import base64
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from mitmproxy import connection, http
from mitmproxy.addons.upstream_auth import UpstreamAuth
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import taddons, tflow, tutils

from cassette_samples import send_message, write_cassette
from live import API, LIVE, replaying
from running_proxy import RunningProxy, running_proxy
from twilio_test_proxy.addons.proxy_users import UNREADABLE, TwilioProxyUsers, proxy_user

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, confdir: Path, proxy: RunningProxy
) -> Iterator[dict[bool, RunningProxy]]:
    """A proxy with a default cassette, and one without any setting."""
    directory = tmp_path_factory.mktemp("proxy-users")
    options = replaying(write_cassette(directory / "a.yaml"))
    with running_proxy(directory, *options, confdir=confdir) as running:
        yield {True: running, False: proxy}


def basic(text: str | bytes, scheme: str = "Basic") -> str:
    return f"{scheme} {base64.b64encode(text.encode() if isinstance(text, str) else text).decode()}"


def asking(header: str = "", client: connection.Client | None = None, **request: object) -> http.HTTPFlow:
    flow = tflow.tflow(client_conn=client or tflow.tclient_conn(), req=tutils.treq(**request))
    if header:
        flow.request.headers["Proxy-Authorization"] = header
    return flow


@pytest.mark.parametrize(
    ("header", "user"),
    [
        (basic("checkout:x"), "checkout"),
        (basic("checkout:"), "checkout"),
        (basic("checkout"), "checkout"),
        (basic("sign-up/first:x"), "sign-up/first"),
        (basic("a:b:c"), "a"),
        (basic("größe:x"), "größe"),
        (basic("checkout:x", "bAsIc"), "checkout"),
        (f"Basic   {base64.b64encode(b'checkout:x').decode()} ", "checkout"),
        ("", ""),
        (basic(":x"), ""),
        (basic(""), ""),
        ("Basic", ""),
        (" ", ""),
        (basic("checkout:größe".encode("latin-1")), "checkout"),
        (basic("größe:x".encode("latin-1")), f"gr{UNREADABLE * 2}e"),
        (basic(b"\xff\xfe:x"), UNREADABLE * 2),
        (basic("checkout:x", "Bearer"), UNREADABLE),
        ("Basic no base64!", UNREADABLE),
        (basic("checkout:x").rstrip("="), UNREADABLE),
        ("Basic größe", UNREADABLE),
        (basic("checkout:x").replace(" ", "\t"), UNREADABLE),
        ('Digest username="checkout"', UNREADABLE),
        ("checkout", UNREADABLE),
    ],
)
@pytest.mark.parametrize("by", ["CONNECT", "request"])
def test_the_user_of_a_header(header: str, user: str, by: str) -> None:
    users, flow = TwilioProxyUsers(), asking(header)
    if by == "CONNECT":
        users.http_connect(flow)
        flow = asking(client=flow.client_conn)
    users.requestheaders(flow)
    assert proxy_user(flow) == user
    assert "Proxy-Authorization" not in flow.request.headers


@pytest.mark.parametrize("cassette", [True, False], ids=["beside a default cassette", "without any setting"])
@pytest.mark.parametrize(
    "header",
    [basic("größe:x".encode("latin-1")), basic("größe:x"), "Bearer planted", "Basic no base64!", basic("a b:x")],
    ids=["Latin-1", "UTF-8", "Bearer", "no Base64", "a space"],
)
def test_a_name_that_names_no_cassette_is_refused(
    served: dict[bool, RunningProxy], header: str, cassette: bool
) -> None:
    """Not taken for the default cassette, and its credentials not for test credentials."""
    context = served[cassette].ssl_context()
    proxy = httpx.Proxy(served[cassette].url, headers={"Proxy-Authorization": header})
    with httpx.Client(proxy=proxy, verify=context, trust_env=False, auth=LIVE) as client:
        answer = client.post(f"{API}/Messages.json", content=send_message().body, headers=FORM)
    assert (answer.status_code, answer.json()["code"]) == (424, 424002)
    assert "has other characters than letters, digits, '.', '_', '-' and '/'" in answer.json()["message"]
    assert "planted" not in answer.text


def test_an_empty_name_is_none(served: dict[bool, RunningProxy]) -> None:
    context = served[True].ssl_context()
    proxy = httpx.Proxy(served[True].url, headers={"Proxy-Authorization": basic(":x")})
    with httpx.Client(proxy=proxy, verify=context, trust_env=False, auth=LIVE) as client:
        answer = client.post(f"{API}/Messages.json", content=send_message().body, headers=FORM)
    assert answer.headers["X-Twilio-Test-Proxy"] == "cassette"


def test_connect_goes_on_without_the_credentials() -> None:
    flow = asking(basic("checkout:planted"))
    TwilioProxyUsers().http_connect(flow)
    assert "Proxy-Authorization" not in flow.request.headers


def test_every_request_of_a_tunnel_is_its_user_s() -> None:
    users, connect = TwilioProxyUsers(), asking(basic("checkout:x"))
    users.http_connect(connect)
    inside = [asking(client=connect.client_conn) for _ in range(3)]
    for flow in inside:
        users.requestheaders(flow)
    assert [proxy_user(flow) for flow in inside] == ["checkout"] * 3


def test_a_request_to_a_plain_url_speaks_for_itself_only() -> None:
    """Proxies keep one connection to a proxy for several users of a plain http URL."""
    users, client = TwilioProxyUsers(), tflow.tclient_conn()
    flows = [asking(basic("checkout:x"), client), asking("", client), asking(basic("sign-up:x"), client)]
    for flow in flows:
        users.requestheaders(flow)
    assert [proxy_user(flow) for flow in flows] == ["checkout", "", "sign-up"]


def test_another_connection_is_another_user_s() -> None:
    users = TwilioProxyUsers()
    users.http_connect(asking(basic("checkout:x")))
    flow = asking()
    users.requestheaders(flow)
    assert proxy_user(flow) == ""


def test_a_tunnel_keeps_its_user_when_the_script_is_loaded_again() -> None:
    connect = asking(basic("checkout:x"))
    TwilioProxyUsers().http_connect(connect)
    flow = asking(client=connect.client_conn)
    TwilioProxyUsers().requestheaders(flow)
    assert proxy_user(flow) == "checkout"


def test_the_user_whom_mitmproxy_has_checked() -> None:
    flow = asking()
    flow.metadata["proxyauth"] = ("checkout", "x")
    TwilioProxyUsers().requestheaders(flow)
    assert proxy_user(flow) == "checkout"


@pytest.mark.parametrize(
    ("scheme", "kept"), [(b"http", basic("company:secret")), (b"https", None)], ids=["plain http", "https"]
)
def test_credentials_for_a_company_s_proxy_are_no_user_and_stay(scheme: bytes, kept: str | None) -> None:
    """mitmproxy has put them into the request before any script sees it."""
    flow = asking(scheme=scheme)
    flow.client_conn.proxy_mode = ProxyMode.parse("upstream:http://127.0.0.1:3128")
    upstream = UpstreamAuth()
    with taddons.context(upstream) as context:
        context.configure(upstream, upstream_auth="company:secret")
        upstream.requestheaders(flow)
        TwilioProxyUsers().requestheaders(flow)
    assert proxy_user(flow) == ""
    assert flow.request.headers.get("Proxy-Authorization") == kept
