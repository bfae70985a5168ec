"""The proxy as a test sees it: where it is, what was asked of it, and what became of the cassette."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .control import Control

MISSED = "missed"
"""The outcome of a live request that the cassette does not hold."""

REFUSED = "refused"
"""The outcome of a live request that nothing may answer, or that did not reach Twilio."""


@dataclass(frozen=True)
class TwilioRequest:
    """A request that reached the proxy, and what became of it."""

    method: str
    url: str
    """Without the query, and without credentials."""
    parameters: Any
    """The form as a dict of strings (with a list where a field is repeated), JSON as it is, or the query where there
    is no body; values of secret fields (`AuthToken`, …) are covered."""
    outcome: str
    """`answered` (test credentials), `played`, `forwarded` (and recorded), `missed` or `refused`."""
    status: int
    """The HTTP status of the answer."""
    sid: str
    """The SID in the answer, empty where it has none."""
    code: int
    """Twilio's error code, or 0."""
    message: str
    """Twilio's error message or the proxy's, or empty."""

    def __str__(self) -> str:
        """One line, as a report shows it."""
        result = f"{self.code} {self.message}" if self.code else self.sid
        return f"{self.method} {self.url}: {self.outcome}, {self.status} {result}".rstrip()


@dataclass(frozen=True)
class InForce:
    """The cassette of a test."""

    path: Path
    name: str
    """What the proxy calls it."""
    record_mode: str
    allow_unplayed: bool = False


@dataclass
class TwilioProxy:
    """What the fixture `twilio_proxy` gives: a proxy that all Twilio traffic of the test goes through."""

    url: str
    """`http://127.0.0.1:PORT`."""
    ca: Path
    """The certificate that clients must trust, as PEM; the environment variables name it already."""
    environment: Mapping[str, str] = field(repr=False)
    """The variables that are set for the test; a child process inherits them."""
    in_force: InForce | None = None
    bypasses: list[str] = field(default_factory=list)
    """The hosts at Twilio that a client of the test process tried to reach past the proxy."""
    _control: Control = field(init=False, repr=False)
    _before: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._control = Control(self.url)
        self._before = len(self._control.requests())

    @property
    def cassette(self) -> Path | None:
        """The file of the cassette in force; None where the test has no marker `twilio_cassette`."""
        return self.in_force.path if self.in_force else None

    @property
    def record_mode(self) -> str:
        """The record mode in force: `none`, `once`, `new_episodes` or `all`."""
        return self.in_force.record_mode if self.in_force else "none"

    @property
    def requests(self) -> list[TwilioRequest]:
        """The requests of this test that were answered so far, in order; its fixtures' and children's among them."""
        return [_read(request) for request in self._control.requests(after=self._before)]

    def insert_cassette(self) -> None:
        """Put the cassette in force.

        Raises:
            ControlError: its name or its file is wrong.
        """
        if self.in_force:
            self._control.insert(self.in_force.name, self.in_force.record_mode)

    def eject_cassette(self) -> None:
        """Close the cassette.

        Raises:
            ControlError: it could not be finished.
        """
        if self.in_force:
            self._control.eject()

    def unanswered(self) -> tuple[list[TwilioRequest], list[TwilioRequest]]:
        """The requests that the cassette did not answer, and the live ones that were refused for another reason."""
        requests = self.requests
        missed = [request for request in requests if request.outcome == MISSED]
        return missed, [request for request in requests if request.outcome == REFUSED]

    def unplayed(self) -> tuple[int, list[str]]:
        """How many interactions of the cassette were not played, and the first of them, a line each.

        None count where they may stay unplayed, and in record mode `all`, which plays nothing.
        """
        if not self.in_force or self.in_force.allow_unplayed or self.in_force.record_mode == "all":
            return 0, []
        status = self._control.cassette(str(self.in_force.path))
        lines = [f"{it['number']}. {it['method']} {it['uri']}" for it in status.get("unplayed_interactions", [])]
        return int(status.get("unplayed", 0)), lines


def _read(request: Mapping[str, Any]) -> TwilioRequest:
    return TwilioRequest(
        method=request["method"],
        url=request["url"],
        parameters=request["parameters"],
        outcome=request["outcome"],
        status=request["status"],
        sid=request["sid"],
        code=request["code"],
        message=request.get("message", ""),
    )
