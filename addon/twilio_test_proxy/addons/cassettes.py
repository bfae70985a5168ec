"""The library of cassettes as mitmproxy sees it: opened at the start, changed by commands, closed at the end."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from mitmproxy import ctx, exceptions
from mitmproxy.addonmanager import Loader

from ..cassettes.errors import CassetteError
from ..cassettes.names import CassetteNameError
from ..cassettes.record_mode import RecordMode
from .library import DEFAULT, InFlightError, Library, describe, describe_status
from .options import TwilioOptions

if TYPE_CHECKING:
    from ..cassettes.cassette import Cassette

logger = logging.getLogger(__name__)


class TwilioCassettes:
    """Owns the library. Must come after TwilioOptions, whose checked values it reads.

    Attributes:
        changes: how often a cassette was put in force, ejected or rewound.
    """

    def __init__(self, options: TwilioOptions) -> None:
        self._options = options
        self.library = Library(options.settings)
        self.changes = 0
        self._running = False

    def load(self, loader: Loader) -> None:
        """Declare the commands."""
        loader.add_command("twilio.cassette.insert", self.insert_command)
        loader.add_command("twilio.cassette.eject", self.eject_command)
        loader.add_command("twilio.cassette.rewind", self.rewind_command)
        loader.add_command("twilio.cassette.status", self.status_command)

    def configure(self, updated: Iterable[str]) -> None:
        """Start anew with the changed options, and read the cassette that they name.

        Raises:
            OptionsError: a change while running names a cassette that cannot be read, or comes while answers are
                still to be recorded; the cassettes stay as they were. At the start the error is logged instead, upon
                which mitmproxy ends with exit code 1.
        """
        if not any(name.startswith("twilio_") for name in updated) or self._options.settings == self.library.settings:
            return
        try:
            self.library.refuse_in_flight()
        except InFlightError as error:
            raise exceptions.OptionsError(str(error)) from None
        self.changes += 1
        library = Library(self._options.settings, self.library.closed)
        path = library.path(DEFAULT)
        cassette = None
        try:
            if path is not None:
                # A cassette has one recorder, and the same file may be wanted in another record mode.
                self.library.release(path)
                cassette = library.open(path)
        except CassetteError as error:
            if self._running:
                raise exceptions.OptionsError(str(error)) from None
            logger.error("%s", error)
        self._release_all()
        self.library = library
        if cassette is None:
            return
        warn_of_notices(cassette)
        if not cassette.status().existed and not cassette.may_record:
            logger.warning("Cassette %s does not exist, so every live request is a miss: record it first.", path)

    def running(self) -> None:
        """From now on wrong values are taken back instead of ending the process."""
        self._running = True

    def done(self) -> None:
        """Finish the files, and say which could not be finished."""
        for error in self.library.close():
            logger.error("%s", error)

    def states(self) -> list[dict[str, Any]]:
        """What became so far of each open cassette, as plain values."""
        return [describe(cassette) for cassette in self.library]

    def results(self) -> list[dict[str, Any]]:
        """What became of each cassette since the start, the ejected and finished ones first."""
        return [*self.library.closed, *self.states()]

    def insert_cassette(self, user: str, name: str, record_mode: str = "") -> dict[str, Any]:
        """Put a cassette of the cassette directory in force.

        Raises:
            ValueError: the name, the record mode or the file is wrong, or the lock forbids recording; one sentence.
            InFlightError: answers are still to be recorded in it.
        """
        try:
            mode = RecordMode.parse(record_mode) if record_mode else None
            if mode not in (None, RecordMode.NONE) and not self._options.settings.forward_live:
                raise ValueError(f"Record mode {mode} needs the lock open: start with twilio_forward_live=true.")
            cassette = self.library.insert(user, name, mode)
        except (CassetteError, CassetteNameError) as error:
            raise ValueError(str(error)) from None
        warn_of_notices(cassette)
        self.changes += 1
        return describe(cassette)

    def eject_cassette(self, user: str) -> dict[str, Any] | None:
        """Close the cassette in force and return what became of it.

        Raises:
            ValueError: it could not be finished; one sentence.
            InFlightError: answers are still to be recorded in it.
        """
        try:
            status = self.library.eject(user)
            self.changes += 1
        except (CassetteError, CassetteNameError) as error:
            raise ValueError(str(error)) from None
        return None if status is None else describe_status(status)

    def rewind_cassette(self, user: str) -> dict[str, Any] | None:
        """Play the cassette in force from the beginning again.

        Raises:
            ValueError: it cannot be opened; one sentence.
        """
        try:
            status = self.library.rewind(user)
            self.changes += 1
        except (CassetteError, CassetteNameError) as error:
            raise ValueError(str(error)) from None
        return None if status is None else describe_status(status)

    def insert_command(self, name: str, record_mode: str = "") -> str:
        """Put a cassette of the cassette directory in force for clients without a proxy user name."""
        return self._command(self.insert_cassette, DEFAULT, name, record_mode)

    def eject_command(self) -> str:
        """Close the cassette in force, and say what was played, missed and unplayed."""
        return self._command(self.eject_cassette, DEFAULT)

    def rewind_command(self) -> str:
        """Play the cassette in force from the beginning again."""
        return self._command(self.rewind_cassette, DEFAULT)

    def status_command(self) -> str:
        """Say what was played, missed and unplayed of each cassette."""
        return json.dumps(self.states())

    def _release_all(self) -> None:
        for cassette in self.library:
            try:
                self.library.release(cassette.path)
            except CassetteError as error:
                logger.error("%s", error)

    def _command(self, function: Any, *arguments: str) -> str:
        try:
            answer = json.dumps(function(*arguments))
        except ValueError as error:
            raise exceptions.CommandError(str(error)) from None
        if ctx.master.addons.get("dumper") is None:
            logger.info("%s", answer)
        return answer


def warn_of_notices(cassette: Cassette) -> None:
    """Say what a user must know about a file that could be read all the same."""
    for notice in cassette.notices:
        logger.warning("%s", notice)
