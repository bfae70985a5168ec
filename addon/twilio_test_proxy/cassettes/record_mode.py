"""When a live request is recorded: vcrpy's record modes, with vcrpy 9's meaning.

Source: `vcr/record_mode.py` and `vcr/cassette.py` of vcrpy 9.4 (`can_play_response_for`, `write_protected`,
`_rerecorded_interactions`), https://vcrpy.readthedocs.io/en/latest/usage.html#record-modes
"""

from __future__ import annotations

from enum import StrEnum


class RecordMode(StrEnum):
    """vcrpy's four record modes.

    NONE plays and never records. ONCE records where there was no cassette at the start, else only plays.
    NEW_EPISODES plays what is there and records the rest. ALL plays nothing and records everything; what it
    recorded replaces the equal requests of earlier runs when the cassette is closed (vcrpy since 8.4.0).
    """

    NONE = "none"
    ONCE = "once"
    NEW_EPISODES = "new_episodes"
    ALL = "all"

    @classmethod
    def parse(cls, text: str) -> RecordMode:
        """The mode called `text`.

        Raises:
            ValueError: there is no such mode; the text lists the modes.
        """
        try:
            return cls(text)
        except ValueError:
            modes = ", ".join(mode.value for mode in cls)
            raise ValueError(f"{text!r} is not a record mode: use one of {modes}.") from None

    def may_record(self, existed: bool) -> bool:
        """Whether what was not played is recorded; `existed`: the file held a cassette at the start."""
        if self is RecordMode.NONE:
            return False
        return self is not RecordMode.ONCE or not existed

    def may_play(self, existed: bool, allow_playback_repeats: bool) -> bool:
        """Whether anything is played; a cassette that is new in this run plays only with repeats allowed."""
        return self is not RecordMode.ALL and (existed or allow_playback_repeats)
