"""The page in a real browser, headless Chromium: through the proxy, at its own port, with and without JavaScript."""

import json
import queue
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Response, request
from werkzeug.serving import make_server

import chromium
from page_samples import Samples, exchange
from running_proxy import ACCOUNT_SID, ACCOUNT_URL, AUTH_TOKEN, RunningProxy, running_proxy
from twilio_test_proxy.page.site import create_site

pytestmark = pytest.mark.timeout(300)

EVIL = "<script>document.title = 'taken over'</script>"


def numbers(document: str) -> list[int]:
    """The requests in the list, from top to bottom."""
    return [int(number) for number in re.findall(r'<tr data-number="(\d+)"', document)]


def complaints(log: str) -> list[str]:
    """What the page's console says: a blocked style or script, an error of a script."""
    return [line for line in log.splitlines() if "CONSOLE" in line]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, confdir: Path) -> Iterator[RunningProxy]:
    """A proxy that has answered two requests for test credentials, and missed a live one."""
    directory = tmp_path_factory.mktemp("watched")
    cassette = directory / "checkout.yaml"
    recorded = {
        "method": "POST",
        "uri": f"{ACCOUNT_URL}/Messages.json",
        "body": "Body=recorded&To=%2B1410",
        "headers": {},
    }
    body = {"status": {"code": 201, "message": "CREATED"}, "headers": {}, "body": {"string": "{}"}}
    cassette.write_text(json.dumps({"version": 1, "interactions": [{"request": recorded, "response": body}]}))
    test_sid = "AC" + "7" * 32
    options = ("--set", f"twilio_cassette={cassette}", "--set", f"twilio_test_account_sid={test_sid}")
    with running_proxy(directory, *options, "--set", f"twilio_test_auth_token={AUTH_TOKEN}", confdir=confdir) as proxy:
        with proxy.client() as client:
            url = f"https://api.twilio.com/2010-04-01/Accounts/{test_sid}/Messages.json"
            good = {"From": "+15005550006", "To": "+14108675309", "Body": EVIL}
            assert client.post(url, data=good, auth=(test_sid, AUTH_TOKEN)).status_code == 201
            assert client.post(url, data=good | {"To": "+15005550009"}, auth=(test_sid, AUTH_TOKEN)).status_code == 400
            asked = {"To": "+1410", "Body": "asked"}
            missed = client.post(f"{ACCOUNT_URL}/Messages.json", data=asked, auth=(ACCOUNT_SID, AUTH_TOKEN))
        assert missed.json()["code"] == 424001
        yield proxy


@pytest.mark.parametrize("through", ["the proxy", "its own port"])
def test_the_list_of_requests(watched: RunningProxy, through: str) -> None:
    if through == "the proxy":
        seen = chromium.look("http://twilio-test-proxy.test/", f"--proxy-server={watched.url}")
    else:
        seen = chromium.look(f"{watched.url}/")
    assert numbers(seen.document) == [3, 2, 1]
    assert "closest is 1: Body: recorded recorded, asked asked" in seen.document
    assert "1 unplayed" in seen.document
    assert complaints(seen.log) == []


def test_the_more_info_of_a_miss_leads_to_its_explanation_and_to_the_request(watched: RunningProxy) -> None:
    seen = chromium.look("http://twilio-test-proxy.test/errors/424001", f"--proxy-server={watched.url}")
    assert "The cassette does not hold this request" in seen.document
    assert '<a href="/requests/3">3</a>' in seen.document
    assert complaints(seen.log) == []


def test_a_miss_beside_the_closest_recorded_interaction(watched: RunningProxy) -> None:
    seen = chromium.look(f"{watched.url}/requests/3")
    assert re.findall(r"<tr class=\"differs\">.*?<del>(.*?)</del>.*?<ins>(.*?)</ins>", seen.document, re.DOTALL) == [
        ("recorded", "asked")
    ]
    assert AUTH_TOKEN not in seen.document
    assert ACCOUNT_SID not in seen.document
    assert complaints(seen.log) == []


def test_a_script_in_a_message_is_shown_and_not_run(watched: RunningProxy) -> None:
    seen = chromium.look(f"{watched.url}/requests/1")
    assert "<title>1 POST Messages · twilio-test-proxy</title>" in seen.document
    assert "&lt;script&gt;document.title = 'taken over'&lt;/script&gt;" in seen.document
    assert complaints(seen.log) == []


@dataclass
class Growing(Samples):
    """A source that grows whenever the page asks whether it has grown, up to three requests."""

    def version(self) -> str:
        if len(self.exchanges) < 3:
            self.exchanges.append(exchange(len(self.exchanges) + 1, result=EVIL))
        return super().version()


@contextmanager
def served(source: Samples, script: str = "") -> Iterator[tuple[str, "queue.Queue[str]"]]:
    """The page without a proxy, and with a script of the test's own at its end: its URL, and the paths asked for."""
    asked: queue.Queue[str] = queue.Queue()
    site = create_site(source)
    site.before_request(lambda: asked.put(request.path))
    if script:

        def add(answer: Response) -> Response:
            # Under the nonce of the page's own script, for its policy lets no other run.
            whole = re.compile(r"(<script nonce=\S+>).*?</script>", re.DOTALL)
            answer.set_data(whole.sub(rf"\g<0>\1{script}</script>", answer.get_data(as_text=True)))
            return answer

        site.after_request(add)
    server = make_server("127.0.0.1", 0, site, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_list_updates_itself() -> None:
    with served(Growing()) as (url, asked):
        seen = chromium.look(url, milliseconds=10_000)
    assert numbers(seen.document) == [3, 2, 1]
    assert re.findall(r'<tr data-number="(\d)" class="answered new">', seen.document) == ["3", "2"]
    assert '<span id="state" role="status" data-is="live">live</span>' in seen.document
    assert "taken over</title>" not in seen.document
    assert complaints(seen.log) == []
    assert asked.get() == "/"
    assert [asked.get() for _ in range(3)] == ["/live"] * 3


@pytest.mark.parametrize("selector", ["summary", "#filter-missed", "#request-1"])
def test_what_has_the_keyboard_keeps_it_when_the_list_updates_itself(selector: str) -> None:
    unplayed = {"number": 1, "method": "POST", "uri": "https://api.twilio.com/"}
    counts = {"interactions": 2, "played": 1, "recorded": 0, "missed": 0, "unplayed": 1, "record_mode": "none"}
    cassette = counts | {"cassette": "my cassettes/check out.yaml", "unplayed_interactions": [unplayed]}
    # The clock of the browser is its own, and runs on at once (chromium.look).
    script = f"""
document.querySelector("{selector}").focus();
setTimeout(() => {{ document.body.dataset.kept = document.activeElement.matches("{selector}"); }}, 8000);
"""
    with served(Growing([exchange()], [cassette]), script) as (url, _asked):
        seen = chromium.look(url, milliseconds=10_000)
    assert numbers(seen.document) == [3, 2, 1]
    assert 'data-kept="true"' in seen.document
    assert complaints(seen.log) == []


def test_without_javascript_the_list_reloads_itself() -> None:
    with served(Growing()) as (url, asked), chromium.opened_without_javascript(url):
        for _reload in range(3):
            assert asked.get(timeout=60) == "/"
