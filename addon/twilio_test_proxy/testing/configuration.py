"""What a test is to get: its marker, the options of the command line, and which of them wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

RECORD_MODES = ("none", "once", "new_episodes", "all")


@dataclass(frozen=True)
class Marker:
    """The arguments of the marker `twilio_cassette`."""

    name: str = ""
    """The cassette; empty: the one named after the test."""
    record_mode: str = ""
    allow_unplayed: bool = False


def read_marker(arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Marker:
    """The marker's arguments, checked.

    Raises:
        ValueError: one of them is wrong; the text says how the marker is used.
    """
    usage = "use @pytest.mark.twilio_cassette(), or twilio_cassette('name', record_mode='once', allow_unplayed=True)"
    try:
        marker = Marker(*arguments, **keywords)
    except TypeError:
        raise ValueError(f"The marker twilio_cassette has arguments that it does not know: {usage}.") from None
    if not isinstance(marker.name, str) or not isinstance(marker.allow_unplayed, bool):
        raise ValueError(f"The marker twilio_cassette has arguments of the wrong type: {usage}.")
    if marker.record_mode:
        check_record_mode(marker.record_mode, "The marker twilio_cassette")
    return marker


def check_record_mode(mode: object, who: str) -> None:
    """Refuse what is no record mode.

    Raises:
        ValueError: it is none.
    """
    if mode not in RECORD_MODES:
        raise ValueError(f"{who} has record mode {mode!r}: use one of {', '.join(RECORD_MODES)}.")


@dataclass(frozen=True)
class CommandLine:
    """The options of the command line."""

    record_mode: str | None = None
    forward_live: bool = False

    @property
    def lock_open(self) -> bool:
        """Whether tests may record: `--twilio-forward-live`, or a mode that makes no sense without it."""
        return self.record_mode != "none" and (self.forward_live or self.record_mode is not None)

    def choose_record_mode(self, fixture: str | None, marker: Marker) -> str:
        """The record mode of a test.

        First the command line, then the fixture `twilio_record_mode`, then the marker, as in pytest-recording; and
        `none` where the lock is closed: what is committed to a repository must not send anything by itself.
        """
        if not self.lock_open:
            return "none"
        return self.record_mode or fixture or marker.record_mode or "none"
