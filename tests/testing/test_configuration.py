from typing import Any

import pytest

from twilio_test_proxy.testing.configuration import CommandLine, Marker, check_record_mode, read_marker


@pytest.mark.parametrize(
    ("arguments", "keywords", "expected"),
    [
        ((), {}, Marker()),
        (("checkout",), {}, Marker("checkout")),
        (("checkout",), {"record_mode": "once"}, Marker("checkout", "once")),
        ((), {"allow_unplayed": True}, Marker(allow_unplayed=True)),
    ],
)
def test_the_marker_s_arguments(arguments: tuple[Any, ...], keywords: dict[str, Any], expected: Marker) -> None:
    assert read_marker(arguments, keywords) == expected


@pytest.mark.parametrize(
    ("arguments", "keywords", "message"),
    [
        pytest.param((), {"mode": "once"}, "does not know: use @pytest.mark.twilio_cassette", id="unknown"),
        pytest.param((1,), {}, "wrong type", id="name"),
        pytest.param((), {"allow_unplayed": "yes"}, "wrong type", id="truth value"),
        pytest.param((), {"record_mode": "rewrite"}, "'rewrite': use one of none, once, new_episodes, all", id="mode"),
    ],
)
def test_wrong_arguments_are_refused(arguments: tuple[Any, ...], keywords: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="The marker twilio_cassette") as caught:
        read_marker(arguments, keywords)
    assert message in str(caught.value)


def test_who_named_a_wrong_record_mode_is_said() -> None:
    with pytest.raises(ValueError, match="The fixture has record mode None"):
        check_record_mode(None, "The fixture")


@pytest.mark.parametrize(
    ("command_line", "fixture", "marker", "expected"),
    [
        pytest.param(CommandLine(), None, "", "none", id="nothing"),
        pytest.param(CommandLine(), "all", "once", "none", id="lock closed"),
        pytest.param(CommandLine("none", True), "all", "once", "none", id="none on the command line"),
        pytest.param(CommandLine("all"), "new_episodes", "once", "all", id="command line before fixture and marker"),
        pytest.param(CommandLine(None, True), "new_episodes", "once", "new_episodes", id="fixture before marker"),
        pytest.param(CommandLine(None, True), None, "once", "once", id="marker"),
        pytest.param(CommandLine(None, True), None, "", "none", id="lock open and nothing said"),
    ],
)
def test_precedence_of_record_modes(command_line: CommandLine, fixture: str | None, marker: str, expected: str) -> None:
    assert command_line.choose_record_mode(fixture, Marker(record_mode=marker)) == expected


@pytest.mark.parametrize(
    ("command_line", "is_open"),
    [
        (CommandLine(), False),
        (CommandLine("none"), False),
        (CommandLine("none", True), False),
        (CommandLine("once"), True),
        (CommandLine(None, True), True),
    ],
)
def test_only_the_command_line_opens_the_lock(command_line: CommandLine, is_open: bool) -> None:
    assert command_line.lock_open is is_open
