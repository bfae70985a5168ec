import json
import threading
from pathlib import Path

import pytest

from cassette_samples import (
    ACCOUNT,
    API,
    FORM,
    HIDDEN,
    OTHER_ACCOUNT,
    TOKEN,
    basic,
    kept,
    numbers_in,
    send_message,
    sent_message,
    vcrpy_interaction,
    write_cassette,
    write_vcrpy_cassette,
)
from twilio_test_proxy.cassettes.cassette import Cassette
from twilio_test_proxy.cassettes.errors import CassetteError
from twilio_test_proxy.cassettes.explanation import Miss, MissReason
from twilio_test_proxy.cassettes.interaction import Request, Response
from twilio_test_proxy.cassettes.record_mode import RecordMode


def number_of(answer: Response | Miss) -> int | MissReason:
    if isinstance(answer, Miss):
        return answer.reason
    return int(json.loads(answer.body)["sid"][2:], 16)


def record_answers(path: Path, *numbers: int, mode: RecordMode = RecordMode.ONCE) -> Path:
    """Record the same request with answers of these numbers."""
    with Cassette(path, mode) as cassette:
        for number in numbers:
            cassette.record(send_message(), sent_message(number))
    return path


def test_what_was_recorded_is_played(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.yaml"
    with Cassette(path, RecordMode.ONCE) as cassette:
        assert cassette.may_record
        cassette.record(send_message(), sent_message())
    with Cassette(path) as cassette:
        assert not cassette.may_record
        answer = cassette.play(send_message())
    assert isinstance(answer, Response)
    assert (answer.status, answer.reason, answer.headers) == (201, "CREATED", (("Content-Type", "application/json"),))
    assert answer.body == sent_message().body


def asked(account: str, *headers: tuple[str, str], body: bytes = send_message().body) -> Request:
    return Request("POST", f"{API}/{account}/Messages.json", (*headers, FORM), body)


REORDERED = b"Body=Hi&From=%2b15005550006&To=%2B14105550000"


@pytest.mark.parametrize(
    ("request_", "seen"),
    [
        (asked(OTHER_ACCOUNT, basic(OTHER_ACCOUNT, "f" * 32)), OTHER_ACCOUNT),
        (asked(OTHER_ACCOUNT), OTHER_ACCOUNT),
        (asked(ACCOUNT, basic("SK" + "1" * 32)), ACCOUNT),
        (asked(HIDDEN), HIDDEN),
        (asked(ACCOUNT, body=REORDERED), ACCOUNT),
    ],
    ids=["another account", "no credentials", "an API key", "the hidden SID", "another order"],
)
@pytest.mark.parametrize("ours", [True, False], ids=["our recording", "vcrpy's recording"])
def test_every_client_sees_its_own_account(tmp_path: Path, request_: Request, seen: str, ours: bool) -> None:
    path = tmp_path / "a.yaml"
    if ours:
        record_answers(path, 0)
    else:
        write_vcrpy_cassette(path, [vcrpy_interaction()])
    answer = Cassette(path).play(request_)
    assert isinstance(answer, Response)
    assert answer.body == sent_message(account=seen).body


def test_equal_requests_play_in_recorded_order_and_then_miss(tmp_path: Path) -> None:
    cassette = Cassette(record_answers(tmp_path / "a.yaml", 1, 2, 3))
    assert [number_of(cassette.play(send_message())) for _ in range(4)] == [1, 2, 3, MissReason.ALREADY_PLAYED]
    cassette.rewind()
    assert number_of(cassette.play(send_message())) == 1


def test_the_last_repeats_where_repeats_are_allowed(tmp_path: Path) -> None:
    cassette = Cassette(record_answers(tmp_path / "a.yaml", 1, 2), allow_playback_repeats=True)
    assert [number_of(cassette.play(send_message())) for _ in range(4)] == [1, 2, 2, 2]
    assert cassette.status().plays == 4
    assert cassette.status().played == 2


def test_one_recorded_answer_repeats_as_in_vcrpy(tmp_path: Path) -> None:
    cassette = Cassette(record_answers(tmp_path / "a.yaml", 7), allow_playback_repeats=True)
    assert [number_of(cassette.play(send_message())) for _ in range(3)] == [7, 7, 7]


def test_mode_none_records_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with Cassette(path) as cassette:
        assert number_of(cassette.play(send_message())) is MissReason.NO_CASSETTE
        with pytest.raises(CassetteError, match="record mode none does not record here"):
            cassette.record(send_message(), sent_message())
    assert list(tmp_path.iterdir()) == []


def test_mode_once_plays_an_old_cassette_and_records_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with Cassette(path, RecordMode.ONCE) as cassette:
        cassette.record(send_message(1), sent_message(1))
        assert number_of(cassette.play(send_message(1))) is MissReason.NEW
        cassette.record(send_message(1), sent_message(2))
    with Cassette(path, RecordMode.ONCE) as cassette:
        assert not cassette.may_record
        assert [number_of(cassette.play(send_message(1))) for _ in range(2)] == [1, 2]
        assert number_of(cassette.play(send_message(9))) is MissReason.DIFFERENT


def test_a_cassette_of_no_interactions_is_old(tmp_path: Path) -> None:
    path = write_vcrpy_cassette(tmp_path / "a.yaml", [])
    with Cassette(path, RecordMode.ONCE) as cassette:
        assert not cassette.may_record
        assert number_of(cassette.play(send_message())) is MissReason.EMPTY


def test_mode_new_episodes_plays_what_is_there_and_records_the_rest(tmp_path: Path) -> None:
    path = record_answers(tmp_path / "a.yaml", 1)
    with Cassette(path, RecordMode.NEW_EPISODES) as cassette:
        assert number_of(cassette.play(send_message())) == 1
        assert number_of(cassette.play(send_message())) is MissReason.ALREADY_PLAYED
        cassette.record(send_message(), sent_message(2))
        # As in vcrpy: what is recorded into an old cassette is played once.
        assert number_of(cassette.play(send_message())) == 2
        assert number_of(cassette.play(send_message())) is MissReason.ALREADY_PLAYED
    assert numbers_in(path) == [1, 2]


def test_mode_all_replaces_what_it_records_anew_and_keeps_the_rest(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml", 3)
    with Cassette(path, RecordMode.ALL) as cassette:
        assert number_of(cassette.play(send_message(1))) is MissReason.RECORDING_ALL
        cassette.record(send_message(1), sent_message(11))
        cassette.record(send_message(1), sent_message(12))
        cassette.record(send_message(8), sent_message(18))
        assert numbers_in(path) == [0, 1, 2, 11, 12, 18]
        # Nothing is meant to be played, so nothing is called unplayed.
        assert (cassette.status().unplayed, list(cassette.unplayed())) == (0, [])
    assert numbers_in(path) == [0, 2, 11, 12, 18]
    assert Cassette(path).status().interactions == 5


def test_mode_all_that_recorded_nothing_changes_nothing(tmp_path: Path) -> None:
    path = write_vcrpy_cassette(tmp_path / "a.yaml", [vcrpy_interaction()])
    before = path.read_bytes()
    Cassette(path, RecordMode.ALL).close()
    assert path.read_bytes() == before


def test_the_status_counts_what_became_of_a_cassette(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml", 4)
    with Cassette(path, RecordMode.NEW_EPISODES) as cassette:
        cassette.play(send_message(2))
        cassette.play(send_message(0))
        cassette.play(send_message(9))
        cassette.record(send_message(9), sent_message(9))
        status = cassette.status()
        assert (status.path, status.mode, status.existed) == (path, RecordMode.NEW_EPISODES, True)
        assert (status.interactions, status.played, status.plays) == (5, 2, 2)
        assert (status.recorded, status.missed, status.unplayed) == (1, 0, 2)
        assert list(cassette.unplayed()) == [(2, "POST", kept().request.uri), (4, "POST", kept().request.uri)]
    cassette = Cassette(path)
    cassette.play(send_message(77))
    assert cassette.status().missed == 1


@pytest.mark.parametrize("ours", [True, False], ids=["our recording", "vcrpy's recording"])
def test_a_miss_names_what_differs(tmp_path: Path, ours: bool) -> None:
    path = tmp_path / "a.yaml"
    if ours:
        write_cassette(path, 3)
    else:
        write_vcrpy_cassette(path, [vcrpy_interaction(n) for n in range(3)])
    miss = Cassette(path).play(send_message(9))
    assert isinstance(miss, Miss)
    assert miss.message.endswith(
        "The closest recorded interaction, number 1, differs: To: recorded +14105550000, asked +14105550009."
    )
    assert str(path) in miss.message
    assert ACCOUNT not in str(miss)
    assert TOKEN not in str(miss)
    assert isinstance(Cassette(path).play(Request("GET", "https://verify.twilio.com/v2/Services")), Miss)


def test_what_was_recorded_since_the_first_miss_is_among_the_closest(tmp_path: Path) -> None:
    with Cassette(write_cassette(tmp_path / "a.yaml"), RecordMode.NEW_EPISODES) as cassette:
        cassette.play(send_message(9))
        other = Request("GET", f"{API}/{ACCOUNT}/Calls.json?PageSize=1", (basic(),))
        cassette.record(other, sent_message())
        miss = cassette.play(Request("GET", f"{API}/{ACCOUNT}/Calls.json?PageSize=2", (basic(),)))
    assert isinstance(miss, Miss)
    assert miss.number == 2
    assert "query PageSize: recorded 1, asked 2" in miss.message


def test_what_is_listed_as_unplayed_shows_no_secret(tmp_path: Path) -> None:
    uri = f"https://{ACCOUNT}:{TOKEN}@api.twilio.com/?token={TOKEN}"
    cassette = Cassette(write_vcrpy_cassette(tmp_path / "a.yaml", [vcrpy_interaction(uri=uri)]))
    assert list(cassette.unplayed()) == [(1, "POST", "https://api.twilio.com/?token=SCRUBBED")]


def test_headers_and_uris_that_are_no_utf_8_are_recorded(tmp_path: Path) -> None:
    odd = "a\udcff\udce9"
    request = Request("GET", f"{API}/{odd}?b={odd}", (basic(), ("X-A", odd)))
    path = tmp_path / "a.yaml"
    with Cassette(path, RecordMode.ONCE) as cassette:
        cassette.record(request, Response(200, odd, (("X-B", odd),), odd.encode("utf-8", "surrogateescape")))
    assert numbers_loaded(path) == 1
    answer = Cassette(path).play(request)
    assert isinstance(answer, Response)
    assert (answer.reason, answer.headers, answer.body) == ("a\xff\xe9", (("X-B", "a\xff\xe9"),), b"a\xff\xe9")


def numbers_loaded(path: Path) -> int:
    from cassette_samples import load_with_vcrpy

    return len(load_with_vcrpy(path))


def test_a_vcrpy_cassette_is_rewritten_once_with_its_interactions_as_they_were(tmp_path: Path) -> None:
    from cassette_samples import load_with_vcrpy

    interactions = [vcrpy_interaction(n, headers={"X-Odd": ["ü: #"]}) for n in range(3)]
    interactions[1]["response"]["body"] = {"string": b"\xff\xfe"}
    interactions[2]["response"]["url"] = "https://api.twilio.com/"
    path = write_vcrpy_cassette(tmp_path / "a.yaml", interactions)
    before = [(request._to_dict(), response) for request, response in load_with_vcrpy(path)]
    with Cassette(path, RecordMode.NEW_EPISODES) as cassette:
        cassette.record(send_message(8), sent_message(8))
        first = path.read_bytes()
        cassette.record(send_message(9), sent_message(9))
    assert path.read_bytes().startswith(first)
    after = [(request._to_dict(), response) for request, response in load_with_vcrpy(path)]
    assert after[:3] == before
    assert len(after) == 5
    # The rewrite did not make the other recorder's account a hidden one: it is still swapped when played.
    answer = Cassette(path).play(send_message(0, OTHER_ACCOUNT))
    assert isinstance(answer, Response)
    assert answer.body == sent_message(0, OTHER_ACCOUNT).body


def test_an_edited_interaction_is_found_by_what_it_says_now(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml", 3)
    path.write_text(path.read_text().replace("To=%2B14105550001", "To=%2B14105550099"))
    cassette = Cassette(path)
    assert number_of(cassette.play(send_message(99))) == 1
    assert isinstance(cassette.play(send_message(1)), Miss)


def test_json_is_played_and_not_recorded_into(tmp_path: Path) -> None:
    path = write_vcrpy_cassette(tmp_path / "a.json", [vcrpy_interaction(3)])
    assert number_of(Cassette(path, RecordMode.ONCE).play(send_message(3))) == 3
    with pytest.raises(CassetteError, match=r"cannot be recorded|not recorded into; name a .yaml file"):
        Cassette(path, RecordMode.NEW_EPISODES)


def test_an_unreadable_cassette_stops_the_start_in_every_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("version: 1\n<<<<<<< HEAD\n")
    for mode in RecordMode:
        with pytest.raises(CassetteError, match="line 2: a merge conflict is not resolved"):
            Cassette(path, mode)
    assert path.read_text() == "version: 1\n<<<<<<< HEAD\n"
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_being_written_is_cut_off_by_the_next_recorder(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml", 2)
    path.write_bytes(path.read_bytes() + b"? |\n  - request:\n      method: PO")
    with Cassette(path, RecordMode.NEW_EPISODES) as cassette:
        assert "is unfinished" in cassette.status().notices[0]
        cassette.record(send_message(5), sent_message(5))
    assert numbers_in(path) == [0, 1, 5]
    assert Cassette(path).notices == ()


def test_many_threads_record_and_play_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with Cassette(path, RecordMode.NEW_EPISODES) as cassette:

        def work(first: int) -> None:
            for number in range(first, first + 20):
                cassette.record(send_message(number), sent_message(number))
                cassette.play(send_message(number))

        threads = [threading.Thread(target=work, args=(first,)) for first in range(0, 160, 20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert cassette.status().interactions == 160
    assert sorted(numbers_in(path)) == list(range(160))
    played = [number_of(Cassette(path).play(send_message(number))) for number in range(160)]
    assert played == list(range(160))
