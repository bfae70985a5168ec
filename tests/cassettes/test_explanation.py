from dataclasses import replace
from pathlib import Path

import pytest

from cassette_samples import API, FORM, send_message, vcrpy_interaction, write_cassette, write_vcrpy_cassette
from twilio_test_proxy.cassettes.cassette import Cassette
from twilio_test_proxy.cassettes.differences import Difference
from twilio_test_proxy.cassettes.explanation import (
    MAX_COMPARED,
    MAX_MESSAGE_LENGTH,
    MAX_SHOWN_DIFFERENCES,
    Miss,
    MissReason,
    Places,
    closest,
)
from twilio_test_proxy.cassettes.interaction import Request

ASKED = Request("POST", f"{API}/AC1/Messages.json", (FORM,), b"To=%2B1411")
URI = f"POST {API}/AC1/Messages.json"
DIFFERENCE = Difference("To", "+1410", "+1411")


@pytest.mark.parametrize(
    ("miss", "message"),
    [
        (Miss("a.yaml", ASKED, MissReason.NO_CASSETTE), f"There is no cassette a.yaml to answer {URI}."),
        (Miss("a.yaml", ASKED, MissReason.EMPTY), f"Cassette a.yaml is empty, so it does not hold {URI}."),
        (
            Miss("a.yaml", ASKED, MissReason.RECORDING_ALL),
            f"Record mode all plays nothing from cassette a.yaml: {URI}.",
        ),
        (
            Miss("a.yaml", ASKED, MissReason.NEW),
            f"Cassette a.yaml is new in this run and is not played before it is closed: {URI}.",
        ),
        (
            Miss("a.yaml", ASKED, MissReason.ALREADY_PLAYED, ASKED, 3, plays=1),
            f"Cassette a.yaml holds {URI} once, and it was already played once:"
            " allow playback repeats, or record it as often as it is asked.",
        ),
        (
            Miss("a.yaml", ASKED, MissReason.ALREADY_PLAYED, ASKED, 3, plays=2),
            f"Cassette a.yaml holds {URI} 2 times, and it was already played 2 times:"
            " allow playback repeats, or record it as often as it is asked.",
        ),
        (
            Miss("a.yaml", ASKED, MissReason.NOTHING_SIMILAR),
            f"Cassette a.yaml does not hold {URI}, nor anything for a similar path.",
        ),
        (
            Miss("a.yaml", ASKED, MissReason.DIFFERENT, ASKED, 3, (DIFFERENCE, DIFFERENCE)),
            f"Cassette a.yaml does not hold {URI}. The closest recorded interaction, number 3, differs:"
            " To: recorded +1410, asked +1411; To: recorded +1410, asked +1411.",
        ),
        (
            Miss("a.yaml", ASKED, MissReason.DIFFERENT, ASKED, 3),
            f"Cassette a.yaml does not hold {URI}. The closest recorded interaction, number 3, differs:"
            " its bytes are not the same.",
        ),
    ],
    ids=lambda value: value.reason if isinstance(value, Miss) else "",
)
def test_a_miss_says_why(miss: Miss, message: str) -> None:
    assert miss.message == message


def test_more_differences_than_a_reader_wants_are_counted() -> None:
    miss = Miss("a.yaml", ASKED, MissReason.DIFFERENT, ASKED, 1, (DIFFERENCE,) * (MAX_SHOWN_DIFFERENCES + 2))
    assert miss.message.count("To:") == MAX_SHOWN_DIFFERENCES
    assert miss.message.endswith("; and 2 more.")


def test_a_message_is_one_bounded_paragraph() -> None:
    long = Request("POST", f"{API}/" + "x\n" * 5000)
    many = tuple(Difference("x" * 50, "y\n" * 500, "z" * 500) for _ in range(50))
    message = Miss("a.yaml", long, MissReason.DIFFERENT, long, 1, many).message
    assert len(message) <= MAX_MESSAGE_LENGTH
    assert "\n" not in message


def places(*requests: tuple[str, str, bytes]) -> Places:
    return Places(((method, uri) for method, uri, _ in requests), lambda place: requests[place][1:])


def test_requests_for_the_same_path_and_method_are_candidates() -> None:
    recorded = [("GET", f"{API}/a?x=1"), ("POST", f"{API}/a"), ("GET", f"{API}/b"), ("GET", f"{API}/a#x")]
    known = Places(recorded[:3], lambda place: (recorded[place][1], b""))
    known.add(*recorded[3])
    assert known.candidates(Request("GET", f"{API}/a?x=2")) == [0, 3]
    assert known.candidates(Request("DELETE", f"{API}/a")) == [0, 3, 1]


def test_requests_for_a_similar_path_are_candidates() -> None:
    known = places(*(("GET", f"{API}/AC0/Messages/SM{n}.json", b"") for n in range(9)))
    assert 5 in known.candidates(Request("GET", f"{API}/AC0/Messages/SM5x.json"))
    assert known.candidates(Request("GET", "https://verify.twilio.com/v2")) == []


@pytest.mark.parametrize("method", ["POST", "PUT"], ids=["the same method", "another method"])
@pytest.mark.parametrize("path", ["/Messages.json", "/Message.json"], ids=["the same path", "a similar path"])
@pytest.mark.parametrize("place", [0, 71, MAX_COMPARED * 3 - 1])
def test_of_many_candidates_the_likest_are_compared_wherever_they_are(place: int, path: str, method: str) -> None:
    bodies = [f"To=%2B1410{n}&From=%2B1501{n}&Body=m{n}".encode() for n in range(MAX_COMPARED * 3)]
    known = places(*(("POST", f"{API}/Messages.json", body) for body in bodies))
    found = known.candidates(Request(method, API + path, (FORM,), bodies[place].replace(b"Body=", b"Body=other")))
    assert len(found) == MAX_COMPARED
    assert found[0] == place


def test_of_many_candidates_those_recorded_since_are_compared_too() -> None:
    recorded = [("POST", API, b"To=%d&Body=x" % n) for n in range(MAX_COMPARED * 2)]
    known = Places((one[:2] for one in recorded), lambda place: recorded[place][1:])
    asked = Request("POST", API, (FORM,), b"To=new&Body=y")
    assert known.candidates(asked)[0] == 0
    recorded.append(("POST", API, b"To=new&Body=x"))
    known.add("POST", API)
    assert known.candidates(asked)[0] == MAX_COMPARED * 2


def test_the_closest_has_the_fewest_differences() -> None:
    recorded = [Request("POST", API, (FORM,), body) for body in (b"To=1&Body=x", b"To=1&Body=y&A=1", b"To=2&Body=z")]
    asked = Request("POST", API, (FORM,), b"To=1&Body=y")
    found = closest(asked, range(3), recorded.__getitem__)
    assert found is not None
    assert found == (0, recorded[0], (Difference("Body", "x", "y"),))
    assert closest(asked, [], recorded.__getitem__) is None


@pytest.mark.parametrize("by", ["the proxy", "vcrpy"])
def test_a_miss_names_the_closest_of_many_recorded_for_its_path(tmp_path: Path, by: str) -> None:
    path = tmp_path / "a.yaml"
    if by == "vcrpy":
        write_vcrpy_cassette(path, [vcrpy_interaction(number) for number in range(80)])
    else:
        write_cassette(path, 80)
    asked = replace(send_message(71), body=send_message(71).body.replace(b"Body=Hi", b"Body=Ho"))
    with Cassette(path) as cassette:
        miss = cassette.play(asked)
    assert isinstance(miss, Miss)
    assert (miss.number, [str(difference) for difference in miss.differences]) == (72, ["Body: recorded Hi, asked Ho"])
