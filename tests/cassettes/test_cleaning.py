import json
import os
from pathlib import Path

import pytest

from cassette_samples import (
    ACCOUNT,
    TOKEN,
    basic,
    numbers_in,
    send_message,
    vcrpy_interaction,
    write_cassette,
    write_vcrpy_cassette,
)
from twilio_test_proxy.cassettes import documents
from twilio_test_proxy.cassettes.cassette import Cassette
from twilio_test_proxy.cassettes.cleaning import Cleaned, cleaned, import_cassette, scrub_cassette
from twilio_test_proxy.cassettes.errors import CassetteError, SecretSurvivedError
from twilio_test_proxy.cassettes.interaction import Interaction, Request, Response
from twilio_test_proxy.cassettes.locks import RecorderLock
from twilio_test_proxy.cassettes.record_mode import RecordMode

LEAKING = [vcrpy_interaction(n, headers={"Authorization": [basic()[1]], "X-A": ["b"]}) for n in range(3)]


def test_a_cassette_is_scrubbed_in_place_and_still_plays(tmp_path: Path) -> None:
    path = write_vcrpy_cassette(tmp_path / "a.yaml", LEAKING)
    assert scrub_cassette(path) == Cleaned(3, 3, ())
    text = path.read_text()
    for secret in (TOKEN, ACCOUNT, "Authorization"):
        assert secret not in text
    assert numbers_in(path) == [0, 1, 2]
    assert isinstance(Cassette(path).play(send_message(1)), Response)
    assert list(tmp_path.iterdir()) == [path]
    assert scrub_cassette(path) == Cleaned(3, 0, ())
    assert path.read_text() == text


def test_subaccounts_stay_apart(tmp_path: Path) -> None:
    """A client that follows the SIDs of a played list finds each one's messages, before and after."""
    subaccounts = ["AC" + "b2" * 16, "AC" + "c3" * 16]
    accounts = "https://api.twilio.com/2010-04-01/Accounts"
    path = tmp_path / "a.yaml"
    with Cassette(path, RecordMode.ONCE) as recording:
        listed = json.dumps([*subaccounts, ACCOUNT]).encode()
        recording.record(Request("GET", f"{accounts}.json", (basic(),)), Response(200, "OK", (), listed))
        for sid in subaccounts:
            asked = Request("GET", f"{accounts}/{sid}/Messages.json", (basic(),))
            recording.record(asked, Response(200, "OK", (), sid.encode()))

    def follow() -> list[str]:
        cassette = Cassette(path)
        played = cassette.play(Request("GET", f"{accounts}.json", (basic(),)))
        assert isinstance(played, Response)
        sids: list[str] = json.loads(played.body)
        for sid in sids[:2]:
            found = cassette.play(Request("GET", f"{accounts}/{sid}/Messages.json", (basic(),)))
            assert isinstance(found, Response)
            assert found.body == sid.encode()
        return sids

    before = follow()
    assert before[2] == ACCOUNT
    assert scrub_cassette(path).changed == 0
    path.write_text(path.read_text().replace("message: OK", "message: Fine"))  # edited, so that no stored key holds
    assert scrub_cassette(path).interactions == 3
    assert follow() == before


def test_a_secret_is_removed_from_interactions_before_the_one_that_shows_it() -> None:
    early = Interaction(Request("GET", f"https://api.twilio.com/{TOKEN}"), Response(200))
    late = Interaction(Request("GET", "https://api.twilio.com/", (basic(),)), Response(200))
    scrubbed, secrets = cleaned([early, late])
    assert scrubbed[0].request.uri == "https://api.twilio.com/SCRUBBED"
    assert TOKEN in secrets.known()


def test_what_others_keep_beside_an_interaction_may_hold_anything_and_goes(tmp_path: Path) -> None:
    path = write_vcrpy_cassette(tmp_path / "a.yaml", [LEAKING[0] | {"note": {"auth_token": "unheard of"}}])
    scrub_cassette(path)
    assert "unheard of" not in path.read_text()


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml", 2)
    path.write_text(path.read_text()[:-200])
    [notice] = scrub_cassette(path).notices
    assert "cut short" in notice
    assert numbers_in(path) == [0]


def survivor() -> list[dict[str, object]]:
    interaction = vcrpy_interaction(headers={"Authorization": [basic()[1]]})
    interaction["response"]["body"]["string"] = TOKEN.encode().hex()
    return [interaction]


@pytest.mark.parametrize(
    ("name", "said"),
    [("a.json", "is not rewritten"), ("none.yaml", "there is no such file"), ("broken.yaml", "this is not YAML")],
)
def test_what_cannot_be_scrubbed_is_an_error_and_stays(tmp_path: Path, name: str, said: str) -> None:
    write_vcrpy_cassette(tmp_path / "a.json", LEAKING)
    (tmp_path / "broken.yaml").write_text("a: [")
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(CassetteError, match=said):
        scrub_cassette(tmp_path / name)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_secret_that_cannot_be_removed_leaves_the_file(tmp_path: Path) -> None:
    path = write_vcrpy_cassette(tmp_path / "a.yaml", survivor())
    before = path.read_bytes()
    with pytest.raises(SecretSurvivedError, match="nothing was written"):
        scrub_cassette(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_cassette_in_use_is_not_scrubbed(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    lock = RecorderLock(path)
    with pytest.raises(CassetteError, match=f"process {os.getpid()}"):
        scrub_cassette(path)
    lock.release()


def test_progress_sees_every_interaction(tmp_path: Path) -> None:
    path = write_vcrpy_cassette(tmp_path / "a.yaml", LEAKING)
    seen: list[Interaction] = []

    def progress(interactions: list[Interaction]) -> list[Interaction]:
        seen.extend(interactions)
        return interactions

    scrub_cassette(path, progress)
    assert len(seen) == 3


RUBY = [
    {
        "request": {"method": "get", "uri": f"https://{ACCOUNT}:{TOKEN}@api.twilio.com/", "headers": {}, "body": ""},
        "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": ACCOUNT}},
    }
]


@pytest.mark.parametrize("name", ["ruby.yml", "ruby.json", "vcrpy.yaml", "vcrpy.json"])
def test_a_cassette_of_another_kind_is_imported_scrubbed(tmp_path: Path, name: str) -> None:
    old = tmp_path / name
    if name == "ruby.yml":
        old.write_text("---\nhttp_interactions: " + json.dumps(RUBY))
    elif name == "ruby.json":
        old.write_text(json.dumps({"http_interactions": RUBY, "recorded_with": "VCR 6.0.0"}))
    else:
        write_vcrpy_cassette(old, LEAKING)
    before = old.read_bytes()
    new = tmp_path / "deep" / "new.yaml"
    count = 1 if name.startswith("ruby") else 3
    assert import_cassette(old, new) == Cleaned(count, count, ())
    assert TOKEN not in new.read_text()
    assert ACCOUNT not in new.read_text()
    assert Cassette(new).status().interactions == count
    assert old.read_bytes() == before
    assert list(new.parent.iterdir()) == [new]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("a.yaml", "b.json", "no YAML file by its name"),
        ("a.yaml", "a.yaml", "exists already"),
        ("none.yaml", "b.yaml", "there is no such file; check the name"),
        ("pipe", "b.yaml", "no regular file"),
        ("/dev/zero", "b.yaml", "no regular file"),
        (".", "b.yaml", "this is a directory"),
        ("broken.yaml", "b.yaml", "this is not YAML"),
        ("a.yaml", "a.yaml/b.yaml", "its directory cannot be made"),
    ],
)
def test_what_cannot_be_imported_is_an_error(tmp_path: Path, old: str, new: str, said: str) -> None:
    write_cassette(tmp_path / "a.yaml")
    (tmp_path / "broken.yaml").write_text("a: [")
    os.mkfifo(tmp_path / "pipe")
    before = {file: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()}
    with pytest.raises(CassetteError, match=said):
        import_cassette(tmp_path / old, tmp_path / new)
    assert {file: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()} == before


def test_what_is_too_large_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "ruby.yml"
    old.write_text("---\nhttp_interactions: " + json.dumps(RUBY))
    monkeypatch.setattr(documents, "MAX_FILE_BYTES", old.stat().st_size - 1)
    with pytest.raises(CassetteError, match="too large"):
        import_cassette(old, tmp_path / "b.yaml")


def test_an_imported_symbol_is_a_method_that_plays(tmp_path: Path) -> None:
    old, new = tmp_path / "ruby.yml", tmp_path / "new.yaml"
    old.write_text("---\nhttp_interactions: " + json.dumps(RUBY).replace('"get"', '":get"'))
    import_cassette(old, new)
    assert isinstance(Cassette(new).play(Request("GET", "https://api.twilio.com/")), Response)


def test_an_import_that_cannot_be_scrubbed_writes_nothing(tmp_path: Path) -> None:
    old = write_vcrpy_cassette(tmp_path / "a.yaml", survivor())
    with pytest.raises(SecretSurvivedError):
        import_cassette(old, tmp_path / "b.yaml")
    assert list(tmp_path.iterdir()) == [old]
