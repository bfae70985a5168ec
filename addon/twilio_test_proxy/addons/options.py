"""The options of this project: declared for mitmproxy, checked before anything is served."""

import logging
import os
from collections.abc import Iterable
from dataclasses import fields

from mitmproxy import ctx, exceptions
from mitmproxy.addonmanager import Loader

from .settings import Settings, SettingsError, check_flag, check_names, check_settings

logger = logging.getLogger(__name__)

_HELP = {
    "test_account_sid": "Account SID of the test credentials; else the environment's TWILIO_TEST_ACCOUNT_SID.",
    "test_auth_token": "Auth token of the test credentials; else the environment's TWILIO_TEST_AUTH_TOKEN.",
    "cassette": "Path of the cassette for live requests.",
    "cassette_dir": "Directory of the cassettes that the user name of the proxy URL names.",
    "record_mode": "What becomes of live requests that the cassette does not hold: none, once, new_episodes or all.",
    "forward_live": "The lock: no live request leaves this machine unless this is true.",
    "allow_playback_repeats": "Play a recorded interaction more than once.",
    "fail_on_unplayed": "Call the run failed, in the report, where a recorded interaction was not played.",
    "report": "Path of a JSON file that gets, at the end, what became of every request.",
    "ready_file": "Path of a JSON file that gets the addresses as soon as the proxy listens.",
}

NAMES = tuple(f"twilio_{field.name}" for field in fields(Settings))


class TwilioOptions:
    """Declares the options, and holds their checked values as `settings`."""

    def __init__(self) -> None:
        self.settings = Settings()
        self._running = False

    def load(self, loader: Loader) -> None:
        """Declare the options. What mitmproxy cannot convert is reported here, for it would drop the addon."""
        for field in fields(Settings):
            name = f"twilio_{field.name}"
            kind = type(field.default)
            deferred = ctx.options.deferred.get(name)
            if deferred is not None and kind is bool:
                try:
                    check_flag(name, list(deferred.val))
                except SettingsError as error:
                    logger.error("%s", error)
                    del ctx.options.deferred[name]
            loader.add_option(name, kind, field.default, _HELP[field.name])

    def configure(self, updated: Iterable[str]) -> None:
        """Check the values.

        Raises:
            OptionsError: a change while running is wrong (mitmproxy takes it back). At the start, the error is logged
                instead, upon which mitmproxy ends with exit code 1; raising would print a traceback.
        """
        if not any(name.startswith("twilio_") for name in updated):
            return
        try:
            check_names(ctx.options.deferred, NAMES)
            values = Settings(*(getattr(ctx.options, name) for name in NAMES))
            self.settings = check_settings(values, os.environ)
        except SettingsError as error:
            if self._running:
                raise exceptions.OptionsError(str(error)) from None
            self.settings = Settings()
            logger.error("%s", error)

    def running(self) -> None:
        """From now on wrong values are taken back instead of ending the process."""
        self._running = True
