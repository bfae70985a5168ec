"""curl, which speaks HTTP/2, asks without an extension and sends +1500… unencoded."""

import json
import subprocess

import pytest

from examples import EXAMPLES, Example
from running_proxy import ACCOUNT_SID, ACCOUNT_URL, AUTH_TOKEN, RunningProxy


def curl(proxy: RunningProxy, *arguments: str) -> str:
    result = subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "30", *arguments],
        capture_output=True,
        text=True,
        env=proxy.environment(),
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("encode", ["--data", "--data-urlencode"])
@pytest.mark.parametrize("example", EXAMPLES, ids=[e.title for e in EXAMPLES])
def test_the_examples_of_the_document(proxy: RunningProxy, example: Example, encode: str) -> None:
    form = [part for name, value in example.parameters.items() for part in (encode, f"{name}={value}")]
    body = json.loads(curl(proxy, "-u", f"{ACCOUNT_SID}:{AUTH_TOKEN}", f"{ACCOUNT_URL}/{example.resource}.json", *form))
    if example.code:
        assert body["code"] == example.code
        assert body["more_info"] == f"https://www.twilio.com/docs/errors/{example.code}"
    else:
        assert len(body["sid"]) == 34


@pytest.mark.parametrize("version", ["--http1.0", "--http1.1", "--http2"])
def test_every_version_of_http(proxy: RunningProxy, version: str) -> None:
    form = ("-d", "From=+15005550006", "-d", "To=+14108675309", "-d", "Body=hello")
    url = f"{ACCOUNT_URL}/Messages.json"
    answer = curl(proxy, version, "-u", f"{ACCOUNT_SID}:{AUTH_TOKEN}", url, *form, "-w", "\n%{http_code}")
    body, status = answer.rsplit("\n", 1)
    assert status == "201"
    assert json.loads(body)["to"] == "+14108675309"


def test_credentials_in_the_url(proxy: RunningProxy) -> None:
    url = ACCOUNT_URL.replace("https://", f"https://{ACCOUNT_SID}:{AUTH_TOKEN}@")
    assert json.loads(curl(proxy, f"{url}/Messages.json", "-d", "a=b"))["code"] == 21604


def test_a_client_that_waits_for_the_challenge(proxy: RunningProxy) -> None:
    answer = curl(proxy, "--anyauth", "-u", f"{ACCOUNT_SID}:{AUTH_TOKEN}", f"{ACCOUNT_URL}/Messages.json", "-d", "a=b")
    assert json.loads(answer)["code"] == 21604


def test_a_connection_to_an_ip_address_is_recognised_by_its_handshake(proxy: RunningProxy) -> None:
    answer = curl(
        proxy,
        *("--connect-to", "api.twilio.com:443:203.0.113.7:443", "-u", f"{ACCOUNT_SID}:{AUTH_TOKEN}"),
        *(f"{ACCOUNT_URL}/Messages.json", "-d", "a=b"),
    )
    assert json.loads(answer)["code"] == 21604
