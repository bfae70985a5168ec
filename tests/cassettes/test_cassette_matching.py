"""A request is found by what it says itself, whatever other requests showed to be a secret."""

import json
from pathlib import Path

import pytest

from cassette_samples import (
    ACCOUNT,
    API,
    FORM,
    basic,
    vcrpy_interaction,
    write_vcrpy_cassette,
)
from twilio_test_proxy.cassettes.cassette import Cassette
from twilio_test_proxy.cassettes.cleaning import import_cassette, scrub_cassette
from twilio_test_proxy.cassettes.explanation import Miss
from twilio_test_proxy.cassettes.interaction import Request, Response
from twilio_test_proxy.cassettes.record_mode import RecordMode

PASSWORD = "hunter22-horse"


def shown_by_another() -> tuple[Request, Request]:
    """A request that shows a password to be one, and one that has the same words in its text."""
    shows = Request("POST", f"{API}/{ACCOUNT}/Users.json", (basic(), FORM), f"Password={PASSWORD}".encode())
    tells = Request("POST", f"{API}/{ACCOUNT}/x/{PASSWORD}", (basic(), FORM), f"Body=PIN+is+{PASSWORD}".encode())
    return shows, tells


@pytest.mark.parametrize("order", [(1, 0), (0, 1), (1,)], ids=["another order", "the same order", "alone"])
@pytest.mark.parametrize("scrubbed", [False, True], ids=["recorded", "scrubbed again"])
def test_requests_match_in_whatever_order_they_come(tmp_path: Path, order: tuple[int, ...], scrubbed: bool) -> None:
    path = tmp_path / "a.yaml"
    requests = shown_by_another()
    with Cassette(path, RecordMode.ONCE) as cassette:
        for number, request in enumerate(requests):
            cassette.record(request, Response(200 + number))
    assert PASSWORD not in path.read_text()
    if scrubbed:
        scrub_cassette(path)
    cassette = Cassette(path)
    for number in order:
        answer = cassette.play(requests[number])
        assert isinstance(answer, Response)
        assert answer.status == 200 + number


def test_a_foreign_cassette_matches_in_whatever_order_requests_come(tmp_path: Path) -> None:
    interactions = [
        vcrpy_interaction(number, uri=request.uri, body=request.body.decode())
        for number, request in enumerate(shown_by_another())
    ]
    cassette = Cassette(write_vcrpy_cassette(tmp_path / "a.yaml", interactions))
    for request in reversed(shown_by_another()):
        assert isinstance(cassette.play(request), Response)


def test_a_miss_shows_no_secret_that_another_request_showed(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    shows, tells = shown_by_another()
    with Cassette(path, RecordMode.ONCE) as cassette:
        cassette.record(shows, Response(200))
        cassette.record(tells, Response(200))
    with Cassette(path) as cassette:
        assert isinstance(cassette.play(shows), Response)
        miss = cassette.play(Request("POST", tells.uri, tells.headers, tells.body + b"&x=1"))
        assert isinstance(miss, Miss)
        assert [str(difference) for difference in miss.differences] == ["x: recorded nothing, asked 1"]
        assert PASSWORD not in f"{miss} {miss.message}"


@pytest.mark.parametrize("way", ["recorded", "scrubbed again", "imported"])
def test_a_client_asks_with_what_stands_for_a_secret_that_an_answer_gave(tmp_path: Path, way: str) -> None:
    path = tmp_path / "a.yaml"
    create = Request("POST", f"{API}/{ACCOUNT}/Keys.json", (basic(),))
    created = Response(201, "CREATED", (("Content-Type", "application/json"),), f'{{"secret": "{PASSWORD}"}}'.encode())
    use = [Request("GET", f"{API}/{ACCOUNT}/x/{secret}", (basic(),)) for secret in (PASSWORD, "SCRUBBED")]
    if way == "imported":
        interactions = [vcrpy_interaction(uri=one.uri, body="", method=one.method) for one in (create, use[0])]
        interactions[0]["response"]["body"]["string"] = created.body.decode()
        import_cassette(write_vcrpy_cassette(tmp_path / "old.yaml", interactions), path)
    else:
        with Cassette(path, RecordMode.ONCE) as recording:
            recording.record(create, created)
            recording.record(use[0], Response(200))
    if way == "scrubbed again":
        scrub_cassette(path)
    cassette = Cassette(path)
    answer = cassette.play(create)
    assert isinstance(answer, Response)
    assert json.loads(answer.body) == {"secret": "SCRUBBED"}
    assert isinstance(cassette.play(use[1]), Response)
