import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from mitmproxy.test import tutils

from running_proxy import ACCOUNT_SID, ACCOUNT_URL, AUTH_TOKEN, running_proxy
from twilio_test_proxy.addons.parameters import read_parameters, read_sid

FORM = "application/x-www-form-urlencoded"
CONTROL = "http://twilio-test-proxy.test"


def read(body: bytes, content_type: str = FORM, path: bytes = b"/", **headers: str) -> Any:
    request = tutils.treq(content=body, path=path)
    request.headers["Content-Type"] = content_type
    request.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return read_parameters(request)


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        pytest.param(b"To=%2B1410&Body=a+b", FORM, {"To": "+1410", "Body": "a b"}, id="form"),
        pytest.param(b"Body=", FORM, {"Body": ""}, id="empty value"),
        pytest.param(b"M=1&M=2", FORM, {"M": ["1", "2"]}, id="repeated field"),
        pytest.param(b"A=gr%C3%BC%C3%9Fe", FORM + "; charset=utf-8", {"A": "grüße"}, id="charset"),
        pytest.param(b"A=1", "", {"A": "1"}, id="no content type"),
        pytest.param(b'{"a": [1, null]}', "application/json", {"a": [1, None]}, id="json"),
        pytest.param(b'{"a"', "application/json", None, id="broken json"),
        pytest.param(
            b'--b\r\nContent-Disposition: form-data; name="To"\r\n\r\n+1\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            {"To": "+1"},
            id="multipart",
        ),
        pytest.param(b"A=%FF", FORM, None, id="not utf-8"),
        pytest.param(b"\x89PNG", "image/png", None, id="neither form nor json"),
        pytest.param(b"SipAuthPassword=hush&To=1", FORM, {"SipAuthPassword": "SCRUBBED", "To": "1"}, id="secret"),
        pytest.param(b'{"auth_token": "hush"}', "application/json", {"auth_token": "SCRUBBED"}, id="secret in json"),
    ],
)
def test_parameters_of_a_body(body: bytes, content_type: str, expected: object) -> None:
    assert read(body, content_type) == expected


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(f"Body=otp+4711+{AUTH_TOKEN}&To=1", FORM, id="form"),
        pytest.param(json.dumps({"Body": f"otp 4711 {AUTH_TOKEN}", "To": "1"}), "application/json", id="json"),
    ],
)
@pytest.mark.parametrize("scheme", ["Basic", "Bearer"])
def test_the_secret_of_the_request_s_own_credentials_is_covered_wherever_it_stands(
    body: str, content_type: str, scheme: str
) -> None:
    basic = base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
    credentials = f"Basic {basic}" if scheme == "Basic" else f"Bearer {AUTH_TOKEN}"
    found = read(body.encode(), content_type, Authorization=credentials)
    assert found == {"Body": "otp 4711 SCRUBBED", "To": "1"}


def test_without_a_body_the_query_is_read() -> None:
    assert read(b"", path=b"/Messages.json?PageSize=2&To=%2B1&token=hush") == {
        "PageSize": "2",
        "To": "+1",
        "token": "SCRUBBED",
    }


def test_a_body_in_an_unknown_coding_is_not_read() -> None:
    assert read(b"A=1", Content_Encoding="gzip") is None


@pytest.mark.parametrize(
    ("body", "sid"), [(b'{"sid": "SM1"}', "SM1"), (b'{"sid": 1}', ""), (b"[]", ""), (b"<a/>", ""), (b"", "")]
)
def test_sid_of_an_answer(body: bytes, sid: str) -> None:
    assert read_sid(tutils.tresp(content=body)) == sid


def test_the_proxy_tells_what_was_asked_and_writes_no_parameter_to_the_report(tmp_path: Path, confdir: Path) -> None:
    report = tmp_path / "report.json"
    with running_proxy(tmp_path, "--set", f"twilio_report={report}", confdir=confdir) as proxy:
        with proxy.client(auth=(ACCOUNT_SID, AUTH_TOKEN)) as client:
            form = {"From": "+15005550006", "To": "+14108675309", "Body": "a private word"}
            sid = client.post(f"{ACCOUNT_URL}/Messages.json", data=form).json()["sid"]
            refusable = {"To": "+15005550009", "Body": f"otp {AUTH_TOKEN}"}
            client.post(f"{ACCOUNT_URL}/Messages.json", data=form | refusable)
            answer = client.get(f"{CONTROL}/requests")
            later = client.get(f"{CONTROL}/requests?after=1").json()["requests"]
            wrong = client.get(f"{CONTROL}/requests?after=x")
        assert proxy.stop() == 0
    sent, refused = answer.json()["requests"]
    assert (sent["method"], sent["status"], sent["outcome"], sent["sid"]) == ("POST", 201, "answered", sid)
    assert sent["parameters"] == form
    assert (refused["code"], refused["sid"], refused["parameters"]["Body"]) == (21614, "", "otp SCRUBBED")
    assert later == [refused]
    assert wrong.status_code == 400
    assert len(json.loads(report.read_text())["requests"]) == 2
    assert "a private word" not in report.read_text()


def test_without_a_report_no_request_is_kept(proxy: Any) -> None:
    with httpx.Client(proxy=proxy.url, trust_env=False) as client:
        answer = client.get(f"{CONTROL}/requests")
    assert answer.status_code == 409
    assert "twilio_report=PATH" in answer.json()["error"]
