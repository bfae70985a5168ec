"""The errors that the proxy itself answers, with HTTP 424: what each means, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cure:
    """A way out: when it is the right one, and what to type, or nothing where there is nothing to type."""

    when: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One error of the proxy.

    Attributes:
        code: as in the answer's body.
        title: a few words.
        text: what it means, as API clients get it.
        cures: what to do next, the likeliest first.
    """

    code: int
    title: str
    text: str
    cures: tuple[Cure, ...]


_START = "mitmdump -s addon/twilio_test.py"
_PLAY = f"{_START} --set twilio_cassette=PATH"
_RECORD = f"{_PLAY} --set twilio_forward_live=true --set twilio_record_mode={{}}"

EXPLANATIONS: Mapping[int, Explanation] = {
    explanation.code: explanation
    for explanation in (
        Explanation(
            424001,
            "The cassette does not hold this request",
            "A live request that the cassette does not hold. The message names the closest recorded interaction and "
            "what differs. Record it: twilio_forward_live=true and twilio_record_mode=new_episodes.",
            (
                Cure(
                    "A value differs that changes with every run (a date, a random number): "
                    "let the test send the same value each time."
                ),
                Cure("The request is new, and the cassette should hold it too.", _RECORD.format("new_episodes")),
                Cure("The recording is out of date: record all of it anew.", _RECORD.format("all")),
                Cure(
                    "It was already played, and may be played as often as it is asked.",
                    f"{_PLAY} --set twilio_allow_playback_repeats=true",
                ),
            ),
        ),
        Explanation(
            424002,
            "Nothing may answer this live request",
            "A live request that nothing may answer. The message names the option that would allow it.",
            (
                Cure(
                    "The credentials are test credentials: say so, in options or in the environment.",
                    "export TWILIO_TEST_ACCOUNT_SID=AC… TWILIO_TEST_AUTH_TOKEN=…",
                ),
                Cure("There is a recording to play.", _PLAY),
                Cure(
                    "There is none yet: record one. This sends real messages, and costs money.", _RECORD.format("once")
                ),
                Cure("The cassette's name or its file is at fault: the message says where, and how to mend it."),
            ),
        ),
        Explanation(
            424003,
            "Twilio could not be reached",
            "A live request that could not be forwarded: Twilio was not reached, or its certificate not verified.",
            (
                Cure(
                    "There is no network, or a firewall between: try it from the machine that the proxy runs on.",
                    "curl -I https://api.twilio.com",
                ),
                Cure("A company's proxy leads out.", f"{_START} --mode upstream:http://proxy.example:3128"),
                Cure(
                    "A company's proxy shows a certificate of its own: name its authority.",
                    f"{_START} --set ssl_verify_upstream_trusted_ca=PATH",
                ),
            ),
        ),
    )
}
