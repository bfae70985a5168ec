from pathlib import Path

import pytest

from twilio_test_proxy.testing import complaints
from twilio_test_proxy.testing.proxy import TwilioRequest


def request(outcome: str = "missed") -> TwilioRequest:
    return TwilioRequest("POST", "https://api.twilio.com/x", {}, outcome, 424, "", 424001, "Not recorded.")


class Proxy:
    url = "http://127.0.0.1:1"
    ca = Path("/ca.pem")
    cassette = Path("/c.yaml")


def test_nothing_to_complain_of() -> None:
    assert complaints.misses([], "t") == ""
    assert complaints.refusals([]) == ""
    assert complaints.unplayed(0, [], Proxy) == ""  # type: ignore[arg-type]
    assert complaints.bypasses([], Proxy) == ""  # type: ignore[arg-type]
    assert complaints.section([], 0, []) == ""


@pytest.mark.parametrize(("count", "head"), [(1, "1 live request is not"), (2, "2 live requests are not")])
def test_misses_name_each_request_and_the_cure(count: int, head: str) -> None:
    lines = complaints.misses([request()] * count, "tests/test_a.py::test_b").splitlines()
    assert lines[0].startswith(head)
    assert lines[1:-1] == ["  POST https://api.twilio.com/x: missed, 424 424001 Not recorded."] * count
    assert lines[-1].endswith('pytest --twilio-record-mode=new_episodes "tests/test_a.py::test_b"')


@pytest.mark.parametrize(("count", "head"), [(1, "1 live request was"), (2, "2 live requests were")])
def test_refusals_name_each_request_with_its_reason(count: int, head: str) -> None:
    lines = complaints.refusals([request("refused")] * count).splitlines()
    assert lines[0] == f"{head} refused, and the test went on without an answer:"
    assert lines[1:] == ["  POST https://api.twilio.com/x: refused, 424 424001 Not recorded."] * count


def test_unplayed_interactions_are_listed_up_to_a_limit() -> None:
    lines = complaints.unplayed(25, [f"{n}. GET /" for n in range(1, 21)], Proxy).splitlines()  # type: ignore[arg-type]
    assert lines[0] == "25 recorded interactions were not asked for (unplayed) in /c.yaml:"
    assert lines[1] == "  1. GET /"
    assert lines[21] == "  … and 5 more"
    assert "allow_unplayed=True" in lines[-1]


def test_a_bypass_names_each_host_once_and_the_proxy() -> None:
    text = complaints.bypasses(["api.twilio.com", "api.twilio.com"], Proxy)  # type: ignore[arg-type]
    assert text.count("api.twilio.com") == 1
    assert "http://127.0.0.1:1, CA /ca.pem" in text


def test_the_section_lists_requests_and_what_was_not_asked_for() -> None:
    assert complaints.section([request()], 1, ["3. GET /y"]).splitlines() == [
        "  POST https://api.twilio.com/x: missed, 424 424001 Not recorded.",
        "not asked for (unplayed):",
        "  3. GET /y",
    ]
