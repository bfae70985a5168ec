"""The errors that the proxy itself answers, with HTTP 424: what each means, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cure:
    """A way out: when it is the right one, and what to type, or nothing where there is nothing to type.

    Attributes:
        command: what to type where this project's own command starts the proxy.
        mitmdump: what to type where mitmdump is started by hand, if that is something else.
    """

    when: str
    command: str = ""
    mitmdump: str = ""


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


_MITMDUMP = "mitmdump -s addon/twilio_test.py"


def _start(when: str, *options: tuple[str, str]) -> Cure:
    """A cure that is to start the proxy with a cassette, and options as `exec` and as mitmdump take them."""
    ours = " ".join(("--cassette PATH", *(own for own, _ in options)))
    theirs = " ".join(f"--set {name}" for name in ("twilio_cassette=PATH", *(name for _, name in options)))
    return Cure(when, f"twilio-test-proxy exec {ours} -- YOUR COMMAND", f"{_MITMDUMP} {theirs}")


def _record(when: str, mode: str) -> Cure:
    lock = ("--forward-live", "twilio_forward_live=true")
    return _start(when, lock, (f"--record-mode {mode}", f"twilio_record_mode={mode}"))


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
                _record("The request is new, and the cassette should hold it too.", "new_episodes"),
                _record("The recording is out of date: record all of it anew.", "all"),
                _start(
                    "It was already played, and may be played as often as it is asked.",
                    ("--allow-playback-repeats", "twilio_allow_playback_repeats=true"),
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
                _start("There is a recording to play."),
                _record("There is none yet: record one. This sends real messages, and costs money.", "once"),
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
                Cure(
                    "A company's proxy leads out.",
                    "HTTPS_PROXY=http://proxy.example:3128 twilio-test-proxy exec -- YOUR COMMAND",
                    f"{_MITMDUMP} --mode upstream:http://proxy.example:3128",
                ),
                Cure(
                    "A company's proxy shows a certificate of its own: name its authority.",
                    "twilio-test-proxy serve --set ssl_verify_upstream_trusted_ca=PATH",
                    f"{_MITMDUMP} --set ssl_verify_upstream_trusted_ca=PATH",
                ),
            ),
        ),
    )
}
