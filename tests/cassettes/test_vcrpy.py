"""Both ways with stock vcrpy: it replays what we record, and we replay what it records."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import requests
import vcr
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from cassette_samples import ACCOUNT, API, FORM, HIDDEN, TOKEN, basic, odd_bodies, send_message, sent_message
from twilio_test_proxy.cassettes.cassette import Cassette
from twilio_test_proxy.cassettes.interaction import Request, Response
from twilio_test_proxy.cassettes.record_mode import RecordMode

STRICT = {"record_mode": "none", "match_on": ["method", "uri", "body"], "allow_playback_repeats": False}
MESSAGES = f"{API}/{HIDDEN}/Messages.json"


def record(path: Path, *exchanges: tuple[Request, Response]) -> Path:
    with Cassette(path, RecordMode.ONCE) as cassette:
        for request, response in exchanges:
            cassette.record(request, response)
    return path


def test_requests_replays_our_recording_with_vcrpy(tmp_path: Path) -> None:
    path = record(tmp_path / "a.yaml", *((send_message(n), sent_message(n)) for n in range(3)))
    with vcr.use_cassette(str(path), **STRICT) as cassette:
        for number in (2, 0, 1):
            data = send_message(number).body
            answer = requests.post(MESSAGES, data, auth=(HIDDEN, "x"), headers=dict([FORM]), timeout=5)
            assert answer.status_code == 201
            assert answer.json() == json.loads(sent_message(number, HIDDEN).body)
        assert cassette.all_played


def test_the_sdk_replays_our_recording_with_vcrpy(tmp_path: Path) -> None:
    sent = Request(
        "POST", f"{API}/{ACCOUNT}/Messages.json", (basic(), FORM), b"To=%2B14105550000&From=%2B15005550006&Body=Hi"
    )
    refusal = {"code": 21211, "message": "Invalid 'To' Phone Number: +1", "more_info": "x", "status": 400}
    refused = Request("POST", sent.uri, sent.headers, b"To=%2B1&From=%2B15005550006&Body=Hi")
    path = record(
        tmp_path / "a.yaml",
        (sent, sent_message()),
        (refused, Response(400, "BAD REQUEST", (("Content-Type", "application/json"),), json.dumps(refusal).encode())),
    )
    with vcr.use_cassette(str(path), **STRICT):
        client = Client(HIDDEN, "x")
        message = client.messages.create(to="+14105550000", from_="+15005550006", body="Hi")
        assert (message.sid, message.account_sid) == (f"SM{0:032x}", HIDDEN)
        with pytest.raises(TwilioRestException) as raised:
            client.messages.create(to="+1", from_="+15005550006", body="Hi")
        assert raised.value.code == 21211


def exchange(number: int, response: Response, body: bytes = b"") -> tuple[Request, Response]:
    return Request("POST" if body else "GET", f"{API}/{ACCOUNT}/{number}", (basic(), ("X-Type", "x")), body), response


ANSWERS = {
    "text": Response(200, "OK", (("Content-Type", "text/plain"),), b"hello\nworld\n"),
    "UTF-8": Response(200, "OK", (), "Grüße \U0001f600\n  x\r\n".encode()),
    "binary": Response(200, "OK", (("Content-Type", "audio/x-wav"),), bytes(range(256)) * 3),
    "Latin-1": Response(200, "OK", (), "é".encode("latin-1")),
    "empty": Response(200, "OK", (("Content-Length", "0"),)),
    "204": Response(204, "No Content"),
    "no reason": Response(200, ""),
    "redirect": Response(307, "Temporary Redirect", (("Location", "https://api.twilio.com/x?a=1"),)),
    "repeated headers": Response(200, "OK", (("Link", "<a>"), ("Link", "<b>"), ("X-A", "1"))),
    "gzip": Response(200, "OK", (("Content-Encoding", "gzip"), ("Content-Length", "9")), gzip.compress(b"squeezed")),
    "chunked": Response(200, "OK", (("Transfer-Encoding", "chunked"),), b"in pieces"),
    "5 MB": Response(200, "OK", (("Content-Type", "application/json"),), json.dumps(["x" * 98] * 50_000).encode()),
}
PLAIN = {"gzip": b"squeezed"}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_comes_back_byte_for_byte_from_us_and_from_vcrpy(tmp_path: Path, name: str) -> None:
    response = ANSWERS[name]
    body = PLAIN.get(name, response.body)
    path = record(tmp_path / "a.yaml", exchange(0, response))
    ours = Cassette(path).play(exchange(0, response)[0])
    assert isinstance(ours, Response)
    assert (ours.status, ours.reason, ours.body) == (response.status, response.reason, body)
    assert [pair for pair in ours.headers if pair[0] in ("Link", "Location")] == [
        pair for pair in response.headers if pair[0] in ("Link", "Location")
    ]
    with vcr.use_cassette(str(path), **STRICT):
        theirs = requests.get(f"{API}/{HIDDEN}/0", allow_redirects=False, timeout=5)
    assert (theirs.status_code, theirs.reason, theirs.content) == (response.status, response.reason, body)
    if name == "repeated headers":
        assert theirs.headers["Link"] == "<a>, <b>"


def test_every_body_comes_back_byte_for_byte_from_us_and_from_vcrpy(tmp_path: Path) -> None:
    bodies = odd_bodies(5)[::9]
    exchanges = [exchange(n, Response(200, "OK", (), body), b"x" + body) for n, body in enumerate(bodies)]
    path = record(tmp_path / "a.yaml", *exchanges)
    cassette = Cassette(path)
    with vcr.use_cassette(str(path), **STRICT):
        for number, ((request, _), body) in enumerate(zip(exchanges, bodies, strict=True)):
            ours = cassette.play(request)
            assert isinstance(ours, Response)
            assert ours.body == body
            theirs = requests.post(f"{API}/{HIDDEN}/{number}", b"x" + body, timeout=5)
            assert theirs.content == body


@pytest.mark.parametrize("serializer", ["yaml", "json"])
def test_we_replay_what_vcrpy_recorded(tmp_path: Path, serializer: str, twilio_on_this_machine: str) -> None:
    path = tmp_path / f"a.{serializer}"
    with vcr.use_cassette(str(path), serializer=serializer, record_mode="once"):
        for number in range(2):
            data = {"To": f"+1410{number}", "Body": "Grüße"}
            sent = requests.post(
                f"{twilio_on_this_machine}/{ACCOUNT}/Messages.json", data, auth=(ACCOUNT, TOKEN), timeout=5
            )
            assert sent.status_code == 201
    cassette = Cassette(path)
    for number in (1, 0):
        body = f"Body=Gr%C3%BC%C3%9Fe&To=%2B1410{number}".encode()
        answer = cassette.play(Request("POST", f"{twilio_on_this_machine}/{ACCOUNT}/Messages.json", (FORM,), body))
        assert isinstance(answer, Response)
        assert answer.status == 201
        assert json.loads(answer.body)["asked"] == f"To=%2B1410{number}&Body=Gr%C3%BC%C3%9Fe"
        assert "Content-Encoding" not in dict(answer.headers)
    assert cassette.status().unplayed == 0


@pytest.fixture
def twilio_on_this_machine() -> Any:
    """A server that answers every message with gzipped JSON, and the URL of its accounts."""
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
            body = gzip.compress(json.dumps({"asked": asked, "account_sid": ACCOUNT}).encode())
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            if "json" not in self.path.partition("?")[2]:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/2010-04-01/Accounts"
    server.shutdown()
    thread.join()
    server.server_close()
