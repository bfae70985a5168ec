from collections.abc import Iterator
from pathlib import Path

import pytest

from running_proxy import ACCOUNT_SID, ACCOUNT_URL, AUTH_TOKEN, RunningProxy, running_proxy
from twilio_test_proxy.testing.proxy import InForce, TwilioProxy, TwilioRequest

FORM = {"From": "+15005550006", "To": "+14108675309", "Body": "Hello"}


@pytest.fixture(scope="module")
def reporting(tmp_path_factory: pytest.TempPathFactory, confdir: Path) -> Iterator[RunningProxy]:
    """A proxy that keeps requests."""
    folder = tmp_path_factory.mktemp("proxy")
    options = ("--set", f"twilio_report={folder / 'report.json'}", "--set", f"twilio_cassette_dir={folder}")
    with running_proxy(folder, *options, confdir=confdir) as proxy:
        yield proxy


def seen(proxy: RunningProxy, in_force: InForce | None = None) -> TwilioProxy:
    return TwilioProxy(proxy.url, proxy.authority, {}, in_force)


def send(proxy: RunningProxy, **fields: str) -> None:
    with proxy.client(auth=(ACCOUNT_SID, AUTH_TOKEN)) as client:
        client.post(f"{ACCOUNT_URL}/Messages.json", data=FORM | fields)


def test_only_what_was_asked_since_it_was_made_is_seen(reporting: RunningProxy) -> None:
    send(reporting)
    proxy = seen(reporting)
    assert proxy.requests == []
    send(reporting, To="+15005550009")
    (request,) = proxy.requests
    assert request.parameters == FORM | {"To": "+15005550009"}
    assert (request.method, request.outcome, request.status, request.code) == ("POST", "answered", 400, 21614)
    assert (request.sid, request.url) == ("", f"{ACCOUNT_URL}/Messages.json")
    assert "not a mobile number" in request.message


def test_without_a_cassette(reporting: RunningProxy) -> None:
    proxy = seen(reporting)
    proxy.insert_cassette()
    proxy.eject_cassette()
    assert (proxy.cassette, proxy.record_mode, proxy.unplayed()) == (None, "none", (0, []))


def test_what_is_missed(reporting: RunningProxy) -> None:
    path = reporting.output.parent / "missing.yaml"
    proxy = seen(reporting, InForce(path, "missing", "none"))
    proxy.insert_cassette()
    assert (proxy.cassette, proxy.record_mode) == (path, "none")
    send(reporting)
    proxy.eject_cassette()
    send(reporting)
    assert [request.outcome for request in proxy.requests] == ["missed", "answered"]
    missed, refused = proxy.unanswered()
    assert ([request.outcome for request in missed], refused) == (["missed"], [])


def test_what_is_refused(reporting: RunningProxy) -> None:
    proxy = seen(reporting)
    with reporting.client(".hidden", auth=(ACCOUNT_SID, AUTH_TOKEN)) as client:
        assert client.post(f"{ACCOUNT_URL}/Messages.json", data=FORM).json()["code"] == 424002
    missed, refused = proxy.unanswered()
    assert (missed, [request.code for request in refused]) == ([], [424002])


@pytest.mark.parametrize(
    ("record_mode", "allow_unplayed", "count"), [("none", False, 1), ("none", True, 0), ("all", False, 0)]
)
def test_what_is_unplayed(reporting: RunningProxy, record_mode: str, allow_unplayed: bool, count: int) -> None:
    path = reporting.output.parent / "one.yaml"
    uri = f"{ACCOUNT_URL}/Messages.json"
    path.write_text(
        f"version: 1\ninteractions:\n- request: {{method: GET, uri: '{uri}', headers: {{}}, body: null}}\n"
        "  response: {status: {code: 200, message: OK}, headers: {}, body: {string: ''}}\n"
    )
    proxy = seen(reporting, InForce(path, "one", record_mode, allow_unplayed))
    TwilioProxy(proxy.url, proxy.ca, {}, InForce(path, "one", "none")).insert_cassette()
    found, lines = proxy.unplayed()
    assert found == len(lines) == count
    assert all(line.startswith("1. GET https://api.twilio.com/") for line in lines)
    proxy.eject_cassette()


@pytest.mark.parametrize(
    ("sid", "code", "message", "expected"),
    [
        ("SM1", 0, "", "POST https://x: played, 201 SM1"),
        ("", 21211, "Wrong.", "POST https://x: played, 201 21211 Wrong."),
        ("", 0, "", "POST https://x: played, 201"),
    ],
)
def test_a_request_in_one_line(sid: str, code: int, message: str, expected: str) -> None:
    assert str(TwilioRequest("POST", "https://x", {}, "played", 201, sid, code, message)) == expected
