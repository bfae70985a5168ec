"""Which cassette is in force for whom, and that a mistake changes nothing."""

import json
from functools import partial
from pathlib import Path

import pytest

from cassette_samples import TOKEN, kept, send_message, sent_message, write_cassette
from twilio_test_proxy.addons.library import DEFAULT, MAX_UNPLAYED, InFlightError, Library, describe, describe_status
from twilio_test_proxy.addons.proxy_users import UNREADABLE
from twilio_test_proxy.addons.settings import Settings
from twilio_test_proxy.cassettes.errors import CassetteError
from twilio_test_proxy.cassettes.names import CassetteNameError
from twilio_test_proxy.cassettes.record_mode import RecordMode

BROKEN = "interactions: [\n"


def library(directory: Path, **settings: object) -> Library:
    values = {"cassette_dir": str(directory)} | settings
    return Library(Settings(**values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("user", "cassette", "path"),
    [
        (DEFAULT, "", None),
        (DEFAULT, "/elsewhere/a.yaml", Path("/elsewhere/a.yaml")),
        ("checkout", "", Path("checkout.yaml")),
        ("checkout", "/elsewhere/a.yaml", Path("checkout.yaml")),
        ("sign-up/first", "", Path("sign-up/first.yaml")),
        ("checkout.json", "", Path("checkout.json")),
    ],
)
def test_the_cassette_of_a_user(tmp_path: Path, user: str, cassette: str, path: Path | None) -> None:
    lent = library(tmp_path, cassette=cassette)
    assert lent.path(user) == (path if path is None or path.is_absolute() else tmp_path / path)
    assert lent.in_force(user) is (path is not None)


def test_the_home_directory_of_the_option(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert library(tmp_path, cassette="~/a.yaml").path(DEFAULT) == tmp_path / "a.yaml"


def test_a_home_directory_of_nobody_is_a_name(tmp_path: Path) -> None:
    assert library(tmp_path, cassette="~nobody-of-this-name/a.yaml").path(DEFAULT) == Path(
        "~nobody-of-this-name/a.yaml"
    )


@pytest.mark.parametrize("user", ["../a", "/etc/passwd", "a b", ".hidden", "a//b", "größe", UNREADABLE])
def test_a_user_who_names_no_cassette_is_refused_and_not_taken_for_a_test(tmp_path: Path, user: str) -> None:
    lent = library(tmp_path)
    assert lent.in_force(user)
    for attempt in (lent.path, lent.eject, partial(lent.insert, name="good")):
        with pytest.raises(CassetteNameError):
            attempt(user)
    assert lent.in_force(user)


def test_two_names_of_one_file_are_one_cassette(tmp_path: Path) -> None:
    lent = library(tmp_path)
    paths = [lent.path(user) for user in ("a", "a.yaml")]
    assert paths[0]
    assert paths[1]
    assert lent.open(paths[0]) is lent.open(paths[1])
    assert len(list(lent)) == 1


def test_a_cassette_opens_in_the_record_mode_of_the_option_or_in_its_own(tmp_path: Path) -> None:
    lent = library(tmp_path, record_mode="new_episodes", allow_playback_repeats=True)
    assert lent.open(tmp_path / "a.yaml").mode is RecordMode.NEW_EPISODES
    assert lent.open(tmp_path / "b.yaml", RecordMode.NONE).mode is RecordMode.NONE
    assert lent.close() == []


def test_repeats_where_the_option_allows_them(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    for allowed in (False, True):
        cassette = library(tmp_path, allow_playback_repeats=allowed).open(path)
        for _ in range(2):
            cassette.play(send_message())
        assert cassette.status().plays == 1 + allowed


@pytest.mark.parametrize("user", [DEFAULT, "checkout"])
def test_insert_takes_the_place_of_the_user_s_own(tmp_path: Path, user: str) -> None:
    write_cassette(tmp_path / "b.yaml", 3)
    lent = library(tmp_path, cassette="a.yaml")
    assert lent.insert(user, "b").status().interactions == 3
    assert lent.path(user) == tmp_path / "b.yaml"
    assert lent.path("somebody-else") == tmp_path / "somebody-else.yaml"


def test_insert_reads_the_file_anew(tmp_path: Path) -> None:
    write_cassette(tmp_path / "a.yaml")
    lent = library(tmp_path)
    before = lent.insert(DEFAULT, "a")
    before.play(send_message())
    write_cassette(tmp_path / "a.yaml", 2)
    after = lent.insert(DEFAULT, "a")
    assert after is not before
    assert (after.status().interactions, after.status().played) == (2, 0)


@pytest.mark.parametrize("name", ["../b", "/tmp/b", "", "b\0"])
def test_insert_stays_inside_the_directory(tmp_path: Path, name: str) -> None:
    lent = library(tmp_path)
    lent.insert(DEFAULT, "a")
    with pytest.raises(CassetteNameError):
        lent.insert(DEFAULT, name)
    assert lent.path(DEFAULT) == tmp_path / "a.yaml"


def test_insert_of_what_cannot_be_read_leaves_what_was_in_force(tmp_path: Path) -> None:
    write_cassette(tmp_path / "a.yaml")
    (tmp_path / "b.yaml").write_text(BROKEN)
    lent = library(tmp_path)
    cassette = lent.insert(DEFAULT, "a")
    with pytest.raises(CassetteError):
        lent.insert(DEFAULT, "b")
    path = lent.path(DEFAULT)
    assert path
    assert lent.open(path) is cassette


def test_what_an_answer_is_still_to_be_recorded_in_stays_open(tmp_path: Path) -> None:
    write_cassette(tmp_path / "b.yaml")
    lent = library(tmp_path, record_mode="new_episodes")
    cassette = lent.insert("checkout", "a")
    with lent.in_flight(cassette), lent.in_flight(cassette):
        for change in (
            lambda: lent.insert("sign-up", "a"),
            lambda: lent.insert("checkout", "a.yaml"),
            lambda: lent.eject("checkout"),
            lambda: lent.release(tmp_path / "a.yaml"),
            lent.refuse_in_flight,
        ):
            with pytest.raises(InFlightError, match=r"a\.yaml: 2 requests are on the way to Twilio"):
                change()
        assert lent.path("checkout") == tmp_path / "a.yaml"
        assert lent.path("sign-up") == tmp_path / "sign-up.yaml"
        lent.insert("sign-up", "b")  # another file
        cassette.record(send_message(), sent_message())
    lent.refuse_in_flight()
    assert lent.eject("checkout")
    assert lent.close() == []


def test_eject_says_what_became_of_it_and_leaves_none(tmp_path: Path) -> None:
    write_cassette(tmp_path / "a.yaml", 2)
    lent = library(tmp_path)
    lent.insert(DEFAULT, "a").play(send_message())
    status = lent.eject(DEFAULT)
    assert status
    assert (status.played, status.unplayed) == (1, 1)
    assert (lent.path(DEFAULT), lent.in_force(DEFAULT), list(lent)) == (None, False, [])
    assert lent.eject(DEFAULT) is None


def test_eject_frees_the_file_for_another_recorder(tmp_path: Path) -> None:
    one, other = (library(tmp_path, record_mode="once") for _ in range(2))
    one.insert("checkout", "a").record(send_message(), sent_message())
    with pytest.raises(CassetteError, match="another recorder"):
        other.insert("checkout", "a", RecordMode.NEW_EPISODES)
    one.eject("checkout")
    other.insert("checkout", "a", RecordMode.NEW_EPISODES)
    assert other.close() == []


def test_a_cassette_that_cannot_be_read_can_be_ejected(tmp_path: Path) -> None:
    (tmp_path / "checkout.yaml").write_text(BROKEN)
    lent = library(tmp_path)
    with pytest.raises(CassetteError, match="line 1"):
        lent.eject("checkout")
    assert lent.path("checkout") is None


def test_insert_after_eject(tmp_path: Path) -> None:
    lent = library(tmp_path)
    lent.eject("checkout")
    lent.insert("checkout", "a")
    assert lent.path("checkout") == tmp_path / "a.yaml"


def test_rewind_plays_from_the_beginning_again(tmp_path: Path) -> None:
    write_cassette(tmp_path / "checkout.yaml")
    lent = library(tmp_path)
    assert lent.rewind(DEFAULT) is None
    cassette = lent.open(tmp_path / "checkout.yaml")
    first = cassette.play(send_message())
    status = lent.rewind("checkout")
    assert status
    assert (status.played, status.unplayed) == (0, 1)
    assert cassette.play(send_message()) == first


def test_what_became_of_ejected_cassettes_is_kept(tmp_path: Path) -> None:
    """A suite that ejects each cassette after its test still fails on what was not played."""
    for name in "abc":
        write_cassette(tmp_path / f"{name}.yaml", 2)
    lent = library(tmp_path)
    for name in "ab":
        lent.insert(DEFAULT, name).play(send_message())
    lent.eject(DEFAULT)
    lent.insert(DEFAULT, "c")
    lent.close()
    assert [(Path(result["cassette"]).name, result["unplayed"]) for result in lent.closed] == [
        ("b.yaml", 1),
        ("a.yaml", 1),
        ("c.yaml", 2),
    ]


def test_a_cassette_that_nobody_asked_before_it_was_opened_anew_is_not_unplayed(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    lent = library(tmp_path)
    lent.open(path)
    lent.insert(DEFAULT, "a").play(send_message())
    lent.insert(DEFAULT, "a").play(send_message())
    lent.close()
    assert [(result["played"], result["unplayed"]) for result in lent.closed] == [(1, 0), (1, 0)]


def test_a_description_counts_what_is_unplayed_and_lists_the_first(tmp_path: Path) -> None:
    cassette = library(tmp_path).open(write_cassette(tmp_path / "a.yaml", MAX_UNPLAYED + 5))
    cassette.play(send_message(1))
    described = describe(cassette)
    assert described == describe_status(cassette.status()) | {
        "unplayed_interactions": described["unplayed_interactions"]
    }
    assert (described["cassette"], described["record_mode"]) == (str(tmp_path / "a.yaml"), "none")
    assert (described["interactions"], described["unplayed"]) == (MAX_UNPLAYED + 5, MAX_UNPLAYED + 4)
    listed = described["unplayed_interactions"]
    assert [row["number"] for row in listed] == [1, *range(3, MAX_UNPLAYED + 2)]
    assert listed[0]["uri"] == kept().request.uri
    json.dumps(described)


def test_links_that_lead_round_in_a_circle_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("a.yaml")
    lent = library(tmp_path, cassette=str(tmp_path / "a.yaml"))
    with pytest.raises(CassetteError, match="symbolic link"):
        lent.open(tmp_path / "a.yaml")
    with pytest.raises((CassetteError, CassetteNameError), match="symbolic link"):
        lent.insert(DEFAULT, "a")


def test_close_finishes_every_file_and_returns_what_could_not_be_finished(tmp_path: Path) -> None:
    lent = library(tmp_path)
    for name in ("a", "b"):
        write_cassette(tmp_path / f"{name}.yaml")
        cassette = lent.open(tmp_path / f"{name}.yaml", RecordMode.ALL)
        cassette.record(send_message(), sent_message())
    # The temporary file of the rewrite cannot be made where a directory has its name.
    (tmp_path / ".a.yaml.tmp").mkdir()
    (error,) = lent.close()
    assert error.path == tmp_path / "a.yaml"
    assert list(lent) == []
    assert (tmp_path / "b.yaml").read_bytes().count(b"SM0000") == 2
    assert not list(tmp_path.glob(".*.lock"))
    assert TOKEN.encode() not in (tmp_path / "b.yaml").read_bytes()
    assert kept().request.uri.encode() in (tmp_path / "b.yaml").read_bytes()
