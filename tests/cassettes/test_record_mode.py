from pathlib import Path

import pytest

from cassette_samples import vcrpy_interaction, write_vcrpy_cassette
from twilio_test_proxy.cassettes.record_mode import RecordMode

MODES = list(RecordMode)


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_is_known_by_vcrpys_name(mode: RecordMode) -> None:
    from vcr.record_mode import RecordMode as VcrpyMode

    assert VcrpyMode(mode.value).name == mode.name
    assert RecordMode.parse(mode.value) is mode


@pytest.mark.parametrize("text", ["", "ONCE", "any", "new-episodes"])
def test_another_name_is_refused_with_the_list(text: str) -> None:
    with pytest.raises(ValueError, match="use one of none, once, new_episodes, all"):
        RecordMode.parse(text)


@pytest.mark.parametrize("repeats", [False, True], ids=["no repeats", "repeats"])
@pytest.mark.parametrize("existed", [False, True], ids=["new file", "old file"])
@pytest.mark.parametrize("mode", MODES)
def test_a_mode_plays_and_records_when_vcrpy_does(
    tmp_path: Path, mode: RecordMode, existed: bool, repeats: bool
) -> None:
    from vcr.cassette import Cassette
    from vcr.record_mode import RecordMode as VcrpyMode
    from vcr.request import Request

    path = tmp_path / "a.yaml"
    if existed:
        write_vcrpy_cassette(path, [vcrpy_interaction()])
    vcrpy = Cassette.load(path=path, record_mode=VcrpyMode(mode.value), allow_playback_repeats=repeats)
    request = Request("GET", "https://api.twilio.com/", None, {})
    vcrpy.append(request, vcrpy_interaction()["response"])
    assert mode.may_record(existed) is not vcrpy.write_protected
    assert mode.may_play(existed, repeats) is vcrpy.can_play_response_for(request)
