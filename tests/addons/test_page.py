"""Who may look at the page, and who gets JSON instead; its content is tested beside its modules."""

import re
import ssl
from pathlib import Path

import httpx
import pytest
from mitmproxy import http
from mitmproxy.test import tutils

from cassette_samples import write_cassette
from own_requests import asked
from page_samples import Samples
from running_proxy import ACCOUNT_SID, ACCOUNT_URL, AUTH_TOKEN, RunningProxy, running_proxy
from twilio_test_proxy.addons.hosts import CONTROL_HOST
from twilio_test_proxy.addons.own_address import TwilioOwnAddress
from twilio_test_proxy.addons.page import TwilioPage, is_for_page, prefers_html

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
HTML = {"Accept": BROWSER}
GOOD = {"From": "+15005550006", "To": "+14108675309", "Body": "hello"}


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("text/*", True),
        ("application/json;q=0.9, text/html", True),
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("application/json, text/html", False),
        ("application/json, text/html;q=0.9", False),
        ("application/xml", False),
    ],
)
def test_who_prefers_html(accept: str, expected: bool) -> None:
    assert prefers_html(accept) is expected


@pytest.mark.parametrize(
    ("method", "path", "accept", "expected"),
    [
        ("GET", "/", BROWSER, True),
        ("HEAD", "/", BROWSER, True),
        ("GET", "/?outcome=missed", BROWSER, True),
        ("GET", "/errors/424001", BROWSER, True),
        ("GET", "/", "*/*", False),
        ("GET", "/errors/424001", "application/json", False),
        ("GET", "/ca.pem", "*/*", True),
        ("GET", "/live?seen=1", "*/*", True),
        ("GET", "/requests/1", "*/*", True),
        ("GET", "/tables", "*/*", True),
        ("GET", "/requests?after=0", BROWSER, False),
        ("GET", "/status", BROWSER, False),
        ("GET", "/nothing", "*/*", False),
        ("POST", "/", BROWSER, False),
        ("POST", "/cassette/insert", BROWSER, False),
    ],
)
def test_what_is_for_the_page_through_the_proxy(method: str, path: str, accept: str, expected: bool) -> None:
    request = tutils.treq(method=method.encode(), path=path.encode(), headers=http.Headers(accept=accept))
    assert is_for_page(request) is expected


def answer_to(flow: http.HTTPFlow) -> http.Response | None:
    answered = TwilioPage(TwilioOwnAddress(), Samples()).request(flow)
    assert answered is None
    return flow.response


@pytest.mark.parametrize(
    "flow",
    [
        pytest.param(
            asked(CONTROL_HOST, 80, CONTROL_HOST, peer="192.0.2.1", Accept="text/html"), id="through the proxy"
        ),
        pytest.param(asked(CONTROL_HOST, 80, CONTROL_HOST, path="/requests/1", peer="192.0.2.1"), id="a request"),
        pytest.param(asked("127.0.0.1", peer="192.0.2.1", Accept="text/html"), id="at its own port"),
        pytest.param(asked("127.0.0.1", peer="192.0.2.1", path="/nope"), id="what is not at its own port"),
        pytest.param(asked("127.0.0.1", peer="192.0.2.1", method="POST"), id="to change something at its own port"),
    ],
)
def test_another_machine_may_not_look(flow: http.HTTPFlow) -> None:
    answer = answer_to(flow)
    assert answer is not None
    assert (answer.status_code, answer.text) == (
        403,
        "This is only readable from the machine that the proxy runs on.\n",
    )


@pytest.mark.parametrize(
    "flow",
    [
        pytest.param(
            asked(CONTROL_HOST, 80, CONTROL_HOST, path="/status", peer="192.0.2.1"), id="JSON through the proxy"
        ),
        pytest.param(asked("evil.example", Accept="text/html"), id="a name that leads here by DNS rebinding"),
        pytest.param(asked("api.twilio.com", 443, "api.twilio.com", Accept="text/html"), id="Twilio"),
    ],
)
def test_what_is_for_others_is_left_to_them(flow: http.HTTPFlow) -> None:
    assert answer_to(flow) is None


def page(proxy: RunningProxy, path: str = "/", **headers: str) -> httpx.Response:
    with httpx.Client(trust_env=False) as direct:
        return direct.get(f"{proxy.url}{path}", headers=HTML | headers)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_url_that_is_printed_at_the_start_is_the_page(proxy: RunningProxy, name: str) -> None:
    answer = page(proxy, Host=f"{name}:{proxy.port}")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<code>{proxy.url}</code>" in answer.text
    assert "X-Twilio-Test-Proxy" not in answer.headers


def test_the_same_page_is_at_the_proxys_name(proxy: RunningProxy) -> None:
    with proxy.client(headers=HTML) as client:
        through = client.get(f"http://{CONTROL_HOST}/tables")
    direct = page(proxy, "/tables")
    assert through.status_code == 200
    without_nonce = [re.sub(r'nonce="[^"]*"', "", answer.text) for answer in (through, direct)]
    assert without_nonce[0] == without_nonce[1]


@pytest.mark.parametrize(
    "path", ["/nope", "/favicon.ico", "/status", "/requests?after=0", "/cassette/insert", "/live/1"]
)
def test_what_is_not_at_the_proxys_own_port_is_said_in_the_page(proxy: RunningProxy, path: str) -> None:
    answer = page(proxy, path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>Not here</h1>" in answer.text


@pytest.mark.parametrize("path", ["/", "/nope", "/cassette/eject"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_at_its_own_port_the_page_is_only_read(proxy: RunningProxy, method: str, path: str) -> None:
    with httpx.Client(trust_env=False) as direct:
        answer = direct.request(method, f"{proxy.url}{path}", json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.text == (
        "The page can only be read. Cassettes are changed through the proxy, at http://twilio-test-proxy.test/.\n"
    )


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}"]
)
def test_no_other_host_leads_to_the_page(proxy: RunningProxy, host: str) -> None:
    answer = page(proxy, Host=host.format(port=proxy.port))
    assert answer.status_code == 502
    assert "Magic numbers" not in answer.text


def test_a_request_is_seen_without_its_secrets(proxy: RunningProxy) -> None:
    with proxy.client(auth=(ACCOUNT_SID, AUTH_TOKEN)) as client:
        created = client.post(f"{ACCOUNT_URL}/Messages.json", data=GOOD | {"Body": f"token {AUTH_TOKEN}"})
    listed = page(proxy)
    (number,) = re.findall(rf'data-number="(\d+)"(?:(?!data-number).)*{created.json()["sid"]}', listed.text, re.DOTALL)
    shown = page(proxy, f"/requests/{number}")
    assert "token SCRUBBED" in shown.text
    for text in (listed.text, shown.text):
        assert AUTH_TOKEN not in text
        assert ACCOUNT_SID not in text


def test_the_list_is_new_when_a_cassette_was_inserted_rewound_or_ejected(tmp_path: Path, confdir: Path) -> None:
    write_cassette(tmp_path / "checkout.yaml")
    with (
        running_proxy(tmp_path, "--set", f"twilio_cassette_dir={tmp_path}", confdir=confdir) as proxy,
        proxy.client() as client,
    ):
        for change, body in (("insert", {"name": "checkout"}), ("rewind", {}), ("eject", {})):
            (version,) = re.findall(r'data-version="(.*?)"', page(proxy).text)
            assert page(proxy, f"/live?seen={version}").status_code == 204
            assert client.post(f"http://{CONTROL_HOST}/cassette/{change}", json=body).status_code == 200
            assert page(proxy, f"/live?seen={version}").status_code == 200


def test_head_is_answered_without_a_body(proxy: RunningProxy) -> None:
    with httpx.Client(trust_env=False) as direct:
        answer = direct.head(f"{proxy.url}/", headers=HTML)
    assert (answer.status_code, answer.content) == (200, b"")


def test_the_certificate_is_the_one_that_clients_must_trust(proxy: RunningProxy) -> None:
    answer = page(proxy, "/ca.pem")
    assert "PRIVATE" not in answer.text
    assert answer.text in proxy.authority.read_text()
    assert ssl.create_default_context(cadata=answer.text).cert_store_stats()["x509_ca"] == 1
