"""http://twilio-test-proxy.test/ on the wire: JSON in and out, and nothing that it can be made to fetch or read."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from cassette_samples import send_message, write_cassette
from live import API, LIVE, LIVE_SID, header, recording
from running_proxy import RunningProxy, recording_proxy, running_proxy
from stand_in import Twilio

CONTROL = "http://twilio-test-proxy.test"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MESSAGES = f"{API}/Messages.json"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("cassettes")
    for name in ("a", "b", "checkout", "sign-up"):
        write_cassette(made / f"{name}.yaml", 2)
    (made / "broken.yaml").write_text("interactions: []\nversion: 1\n- x\n")
    outside = made.parent / "outside.yaml"
    write_cassette(outside)
    (made / "link.yaml").symlink_to(outside)
    return made


@pytest.fixture(scope="module")
def controlled(tmp_path_factory: pytest.TempPathFactory, directory: Path, confdir: Path) -> Iterator[RunningProxy]:
    here = tmp_path_factory.mktemp("controlled")
    options = ("--set", f"twilio_cassette_dir={directory}", "--set", f"twilio_report={here / 'report.json'}")
    with running_proxy(here, *options, confdir=confdir) as running:
        yield running
        # Whatever was asked, nothing failed inside and nothing was dialled.
        assert "Traceback" not in running.output.read_text()


@pytest.fixture
def client(controlled: RunningProxy) -> Iterator[httpx.Client]:
    with controlled.client() as opened:
        yield opened
        opened.post(f"{CONTROL}/cassette/eject", json={})


def send(client: httpx.Client, number: int = 0) -> httpx.Response:
    return client.post(MESSAGES, content=send_message(number).body, headers=FORM, auth=LIVE)


def change(client: httpx.Client, operation: str, **parameters: str) -> Any:
    answer = client.post(f"{CONTROL}/cassette/{operation}", json=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def status(client: httpx.Client) -> dict[str, Any]:
    states = client.get(f"{CONTROL}/status").json()["cassettes"]
    return {Path(state["cassette"]).stem: state for state in states}


@pytest.mark.parametrize("http2", [False, True], ids=["HTTP/1.1", "HTTP/2"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_index_says_what_can_be_asked(controlled: RunningProxy, scheme: str, http2: bool) -> None:
    with controlled.client(http2=http2) as client:
        index = client.get(f"{CONTROL.replace('http', scheme)}/")
        head = client.head(f"{CONTROL.replace('http', scheme)}/")
        again = client.get(f"{CONTROL.replace('http', scheme)}/")
    assert (index.status_code, index.headers["Content-Type"]) == (200, "application/json")
    assert (head.status_code, head.content) == (200, b"")
    assert again.json() == index.json()
    assert set(index.json()["POST"]) == {"/cassette/insert", "/cassette/eject", "/cassette/rewind"}
    assert set(index.json()["GET"]) >= {"/", "/status"}
    assert not [name for name in index.headers if name.lower().startswith("access-control")]


def test_everything_that_the_index_names_can_be_read(client: httpx.Client) -> None:
    for path in client.get(f"{CONTROL}/").json()["GET"]:
        assert client.get(f"{CONTROL}{path}").status_code == 200


def test_the_index_itself_is_where_a_refusal_leads(client: httpx.Client) -> None:
    change(client, "insert", name="b")
    more_info = send(client, 99).json()["more_info"]
    assert client.get(more_info).json()["code"] == 424001


def test_insert_rewind_and_eject(client: httpx.Client, directory: Path) -> None:
    inserted = change(client, "insert", name="a")
    assert inserted["cassette"] == str(directory / "a.yaml")
    assert (inserted["interactions"], inserted["unplayed"]) == (2, 2)
    assert [send(client).status_code for _ in range(2)] == [201, 424]
    assert (status(client)["a"]["played"], status(client)["a"]["missed"]) == (1, 1)
    assert change(client, "rewind")["played"] == 0
    played = send(client)
    assert (played.status_code, played.json()["account_sid"]) == (201, LIVE_SID)
    ejected = change(client, "eject")
    assert (ejected["played"], ejected["missed"], ejected["unplayed"]) == (1, 0, 1)
    assert "a" not in status(client)
    for name in ("eject", "rewind"):
        nothing = client.post(f"{CONTROL}/cassette/{name}", json={})
        assert (nothing.status_code, nothing.json()) == (404, {"error": "No cassette is in force."})


def test_after_eject_nothing_is_taken_for_a_recording(client: httpx.Client) -> None:
    change(client, "insert", name="a")
    assert header(send(client)) == "cassette"
    change(client, "eject")
    assert header(send(client)) == "test-credentials"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_user_changes_their_own_cassette_and_no_other(controlled: RunningProxy, scheme: str) -> None:
    control = CONTROL.replace("http", scheme)
    with controlled.client("checkout") as one, controlled.client("sign-up") as other:
        assert one.post(f"{control}/cassette/insert", json={"name": "b"}).status_code == 200
        assert [header(send(one)), header(send(other))] == ["cassette", "cassette"]
        known = status(other)
        assert (known["b"]["played"], known["sign-up"]["played"]) == (1, 1)
        assert one.post(f"{control}/cassette/eject", json={}).json()["played"] == 1
        assert header(send(other, 1)) == "cassette"
        one.post(f"{control}/cassette/insert", json={"name": "checkout"})
        other.post(f"{control}/cassette/insert", json={"name": "sign-up"})


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"name": "../outside"}, "name a file inside the cassette directory"),
        ({"name": "/etc/passwd"}, "name a file inside the cassette directory"),
        ({"name": "link"}, "symbolic link"),
        ({"name": "a\0b"}, "other characters"),
        ({"name": "file:///etc/passwd"}, "other characters"),
        ({"name": ".hidden"}, "hidden file"),
        ({"name": "a" * 300}, "longer than 200 characters"),
        ({"name": "broken"}, "line 3"),
        ({"name": "a", "record_mode": "onse"}, "use one of none, once, new_episodes, all"),
        ({"name": "a", "record_mode": "all"}, "twilio_forward_live=true"),
        ({"name": ""}, 'Send {"name": "checkout"}'),
        ({}, 'Send {"name": "checkout"}'),
        ({"name": "a", "url": "http://127.0.0.1/"}, 'Send {"name": "checkout"}'),
        ({"name": ["a"]}, "an object of strings"),
        (["a"], "an object of strings"),
        (None, "an object of strings"),
    ],
)
def test_a_wrong_insert_says_what_is_wrong_and_changes_nothing(
    client: httpx.Client, parameters: object, sentence: str
) -> None:
    change(client, "insert", name="b")
    headers = {"Content-Type": "application/json"}
    answer = client.post(f"{CONTROL}/cassette/insert", content=json.dumps(parameters), headers=headers)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]
    assert header(send(client)) == "cassette"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"name": "a"', b"name=a"],
    ids=["empty", "cut", "no UTF-8", "nested deeply", "open", "a form"],
)
def test_a_body_that_is_no_json(client: httpx.Client, body: bytes) -> None:
    answer = client.post(f"{CONTROL}/cassette/insert", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_coding_that_the_body_does_not_have(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert client.post(f"{CONTROL}/cassette/insert", content=b"{}", headers=headers).status_code == 400


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", ""]
)
@pytest.mark.parametrize("name", ["insert", "eject", "rewind"])
def test_what_a_page_of_another_site_can_send_changes_nothing(
    client: httpx.Client, name: str, content_type: str
) -> None:
    change(client, "insert", name="a")
    headers = {"Content-Type": content_type, "Origin": "https://example.com"}
    answer = client.post(f"{CONTROL}/cassette/{name}", content=b'{"name": "b"}', headers=headers)
    assert answer.status_code == 415
    assert header(send(client)) == "cassette"


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_however_it_is_named(client: httpx.Client, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    assert client.post(f"{CONTROL}/cassette/insert", content=b'{"name": "a"}', headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/../../etc/passwd", 404),
        ("GET", "/errors/../status", 404),
        ("GET", "/errors/20003", 404),
        ("GET", "/errors/http://127.0.0.1/", 404),
        ("GET", "/cassette/insert", 404),
        ("GET", "/requests?after=-1", 400),
        ("GET", "/requests?after=x", 400),
        pytest.param("GET", f"/requests?after={'9' * 5000}", 400, id="GET /requests after a number of 5000 digits"),
        ("GET", "http://127.0.0.1:1/", 404),
        ("POST", "/status", 404),
        ("DELETE", "/cassette/eject", 405),
        ("OPTIONS", "/cassette/eject", 405),
        ("PUT", "/cassette/insert", 405),
    ],
)
def test_what_there_is_not(controlled: RunningProxy, method: str, path: str, expected: int) -> None:
    # Raw, for a client would tidy the path.
    target = f"{CONTROL}{path if path.startswith('/') else '/' + path}"
    answer = exchange(controlled, f"{method} {target} HTTP/1.1\r\nHost: twilio-test-proxy.test\r\n\r\n")
    assert answer.startswith(f"HTTP/1.1 {expected} ")
    assert '"error"' in answer


def exchange(proxy: RunningProxy, *parts: str) -> str:
    """Send raw parts to the proxy, each when the one before has been answered, and return the last answer."""
    answer = b""
    with socket.create_connection(("127.0.0.1", proxy.port), 20) as connection:
        for part in parts:
            connection.sendall(part.encode())
            answer = b""
            while not _is_whole(answer) and (received := connection.recv(100_000)):
                answer += received
    return answer.decode()


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


@pytest.mark.parametrize(
    "parts",
    [
        ("GET http://twilio-test-proxy.test/status HTTP/1.1\r\nHost: api.twilio.com\r\n\r\n",),
        ("GET http://127.0.0.1:1/status HTTP/1.1\r\nHost: twilio-test-proxy.test\r\n\r\n",),
        (
            "CONNECT twilio-test-proxy.test:80 HTTP/1.1\r\n\r\n",
            "GET /status HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n",
        ),
        (
            "CONNECT api.twilio.com:80 HTTP/1.1\r\n\r\n",
            "GET /status HTTP/1.1\r\nHost: twilio-test-proxy.test\r\n\r\n",
        ),
    ],
    ids=["another Host", "another address", "another Host in a tunnel", "a tunnel to another"],
)
def test_another_host_is_refused(controlled: RunningProxy, parts: tuple[str, ...]) -> None:
    answer = exchange(controlled, *parts)
    assert answer.startswith("HTTP/1.1 421 ")
    assert "The Host header must be twilio-test-proxy.test." in answer
    assert "cassettes" not in answer


@pytest.mark.parametrize("host", ["TWILIO-test-proxy.TEST", "twilio-test-proxy.test.", "twilio-test-proxy.test:22"])
def test_a_host_spelt_otherwise_is_answered_and_not_looked_up(controlled: RunningProxy, host: str) -> None:
    answer = exchange(controlled, f"GET http://{host}/status HTTP/1.1\r\nHost: {host}\r\n\r\n")
    assert answer.startswith("HTTP/1.1 200 ")


def test_a_tunnel_to_it_that_speaks_no_http_leads_nowhere(controlled: RunningProxy) -> None:
    assert exchange(controlled, "CONNECT twilio-test-proxy.test:22 HTTP/1.1\r\n\r\n", "\0\1\2\3 SSH?\r\n") == ""


def test_only_requests_that_come_through_the_proxy_are_answered(controlled: RunningProxy) -> None:
    assert httpx.get(f"{controlled.url}/status", trust_env=False).status_code == 404
    for path in ("/cassette/eject", "/cassette/insert", "/nothing"):
        assert httpx.post(f"{controlled.url}{path}", json={}, trust_env=False).status_code == 405


def test_where_the_lock_is_open_a_cassette_can_be_recorded(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    options = (*recording(tmp_path / "a.yaml", "none"), "--set", f"twilio_cassette_dir={tmp_path / 'more'}")
    with recording_proxy(tmp_path, twilio, *options, confdir=confdir) as proxy, proxy.client() as client:
        assert send(client).json()["code"] == 424001
        assert change(client, "insert", name="tests/first", record_mode="once")["record_mode"] == "once"
        assert header(send(client)) == "live"
        assert change(client, "eject")["recorded"] == 1
        assert change(client, "insert", name="tests/first")["interactions"] == 1
        assert header(send(client)) == "cassette"
    interactions = (tmp_path / "more" / "tests" / "first.yaml").read_text()
    assert interactions.count("- request:") == 1
    assert json.dumps(LIVE[1]) not in interactions
