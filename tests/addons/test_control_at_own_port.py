"""The JSON at the proxy's own name, as programs ask for it, and what of it the proxy's own port answers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from cassette_samples import write_cassette
from running_proxy import RunningProxy, running_proxy

OWN = "http://twilio-test-proxy.test"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def cassettes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cassette(tmp_path_factory.mktemp("cassettes") / "checkout.yaml", 2).parent


@pytest.fixture(scope="module")
def replaying(tmp_path_factory: pytest.TempPathFactory, confdir: Path, cassettes: Path) -> Iterator[RunningProxy]:
    directory = tmp_path_factory.mktemp("control")
    with running_proxy(directory, "--set", f"twilio_cassette_dir={cassettes}", confdir=confdir) as running:
        yield running


@pytest.fixture
def client(replaying: RunningProxy) -> Iterator[httpx.Client]:
    with replaying.client(user="somebody") as client:
        yield client


def test_the_index_lists_what_can_be_asked(client: httpx.Client) -> None:
    answer = client.get(f"{OWN}/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["GET"] == ["/", "/status", "/errors/424001", "/errors/424002", "/errors/424003"]
    assert list(answer.json()["POST"]) == ["/cassette/insert", "/cassette/eject", "/cassette/rewind"]


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "application/xml", "text/html;q=0.5, application/json", ""]
)
def test_a_program_gets_json_whatever_it_accepts_besides(client: httpx.Client, accept: str) -> None:
    for path in ("/", "/status", "/errors/424001"):
        answer = client.get(f"{OWN}{path}", headers={"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


def test_a_cassette_is_inserted_rewound_and_ejected(client: httpx.Client, cassettes: Path) -> None:
    inserted = client.post(f"{OWN}/cassette/insert", json={"name": "checkout"}).json()
    assert inserted["cassette"] == str(cassettes / "checkout.yaml")
    assert (inserted["interactions"], inserted["unplayed"]) == (2, 2)
    (state,) = client.get(f"{OWN}/status").json()["cassettes"]
    assert state == inserted
    assert client.post(f"{OWN}/cassette/rewind", json={}).json()["played"] == 0
    assert client.post(f"{OWN}/cassette/eject", json={}).json()["interactions"] == 2
    assert client.post(f"{OWN}/cassette/eject", json={}).status_code == 409
    assert client.get(f"{OWN}/status").json() == {"cassettes": []}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        pytest.param({"name": "../escape"}, "has an empty part", id="a name outside the directory"),
        pytest.param(
            {"name": "checkout", "record_mode": "once"}, "needs the lock open", id="recording, the lock closed"
        ),
        pytest.param({"name": "checkout", "record_mode": "sometimes"}, "sometimes", id="no record mode"),
        pytest.param({}, 'Send {"name": "checkout"}', id="no name"),
        pytest.param({"name": "checkout", "path": "x"}, 'Send {"name": "checkout"}', id="an unknown parameter"),
        pytest.param({"name": 1}, "an object of strings", id="a number"),
        pytest.param([], "an object of strings", id="a list"),
    ],
)
def test_a_wrong_insertion_is_refused_with_a_sentence(client: httpx.Client, body: Any, sentence: str) -> None:
    answer = client.post(f"{OWN}/cassette/insert", content=json.dumps(body), headers=JSON)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]


@pytest.mark.parametrize(
    ("method", "path", "headers", "content", "status"),
    [
        pytest.param("GET", "/nothing", {}, b"", 404, id="nothing there to read"),
        pytest.param("POST", "/nothing", JSON, b"{}", 404, id="nothing there to change"),
        pytest.param("PUT", "/cassette/eject", JSON, b"{}", 405, id="another method"),
        pytest.param("POST", "/cassette/eject", {"Content-Type": "text/plain"}, b"{}", 415, id="what a form can send"),
        pytest.param("POST", "/cassette/eject", {}, b"", 415, id="no content type"),
        pytest.param("POST", "/cassette/eject", JSON, b"{", 400, id="broken JSON"),
        pytest.param("GET", "/errors/424009", {}, b"", 404, id="no error of the proxy"),
        pytest.param("GET", "/", {"Host": "evil.example"}, b"", 421, id="another Host"),
    ],
)
def test_what_is_wrong_is_said_in_json(
    client: httpx.Client, method: str, path: str, headers: dict[str, str], content: bytes, status: int
) -> None:
    answer = client.request(method, f"{OWN}{path}", headers=headers, content=content)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]


@pytest.mark.parametrize("code", [424001, 424002, 424003])
def test_an_error_of_the_proxy_is_explained(client: httpx.Client, code: int) -> None:
    answer = client.get(f"{OWN}/errors/{code}").json()
    assert answer["code"] == code
    assert answer["explanation"].startswith("A live request that ")


def test_at_its_own_port_the_proxy_can_be_asked_but_not_changed(replaying: RunningProxy) -> None:
    with httpx.Client(trust_env=False) as direct:
        assert direct.get(f"{replaying.url}/status").json() == {"cassettes": []}
        changed = direct.post(f"{replaying.url}/cassette/insert", json={"name": "checkout"})
        assert changed.status_code == 405
        assert direct.get(f"{replaying.url}/status").json() == {"cassettes": []}
