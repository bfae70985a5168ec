"""What a test is told about its requests: why it fails though it passed, and what a failing test asked for."""

from __future__ import annotations

from collections.abc import Sequence

from .proxy import TwilioProxy, TwilioRequest

MAX_SHOWN = 20
"""Lines of a list; more are counted."""


def misses(found: Sequence[TwilioRequest], test: str) -> str:
    """Why a test that passed fails: it went on after an answer that the cassette does not hold."""
    if not found:
        return ""
    count = "1 live request is" if len(found) == 1 else f"{len(found)} live requests are"
    return "\n".join(
        [
            f"{count} not in the cassette, and the test went on without an answer:",
            *_listed([str(request) for request in found]),
            f'If the code asks rightly, record it: pytest --twilio-record-mode=new_episodes "{test}"',
        ]
    )


def refusals(found: Sequence[TwilioRequest]) -> str:
    """Why a test that passed fails: it went on after an answer that is none of Twilio's. Its text says what to do."""
    if not found:
        return ""
    count = "1 live request was" if len(found) == 1 else f"{len(found)} live requests were"
    return "\n".join(
        [f"{count} refused, and the test went on without an answer:", *_listed([str(request) for request in found])]
    )


def unplayed(count: int, lines: Sequence[str], proxy: TwilioProxy) -> str:
    """Why a test that passed fails: it did not ask for all that is recorded."""
    if not count:
        return ""
    head = "1 recorded interaction was" if count == 1 else f"{count} recorded interactions were"
    return "\n".join(
        [
            f"{head} not asked for (unplayed) in {proxy.cassette}:",
            *_listed(lines, count),
            "If the code asks rightly, delete the file and record it with --twilio-record-mode=once; "
            "if not all need be asked for, mark the test with twilio_cassette(allow_unplayed=True).",
        ]
    )


def bypasses(hosts: Sequence[str], proxy: TwilioProxy) -> str:
    """Why a test that passed fails: a client did not use the proxy."""
    if not hosts:
        return ""
    return (
        f"A client tried to reach {', '.join(dict.fromkeys(hosts))} past the proxy, which was prevented. It reads no "
        "proxy variable, or read them when it was made, before the test: make it after the fixture twilio_proxy, or "
        f"tell it of the proxy: {proxy.url}, CA {proxy.ca}."
    )


def section(requests: Sequence[TwilioRequest], count: int, lines: Sequence[str]) -> str:
    """The section in the report of a failed test: every request, and what was not asked for."""
    shown = _listed([str(request) for request in requests])
    if count:
        shown += ["not asked for (unplayed):", *_listed(lines, count)]
    return "\n".join(shown)


def _listed(lines: Sequence[str], count: int = 0) -> list[str]:
    more = max(count, len(lines)) - len(lines[:MAX_SHOWN])
    return [f"  {line}" for line in lines[:MAX_SHOWN]] + [f"  … and {more} more"] * (more > 0)
