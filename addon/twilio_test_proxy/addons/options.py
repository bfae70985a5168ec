"""The options of this project: declared for mitmproxy, checked before anything is served."""

import logging
import os
from collections.abc import Iterable
from dataclasses import fields

from mitmproxy import ctx, exceptions
from mitmproxy.addonmanager import Loader

from .settings import Settings, SettingsError, check_given, check_names, check_settings

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
        self._names_cassettes = False

    def load(self, loader: Loader) -> None:
        """Declare the options."""
        # Declared already, it was checked when the script was loaded before.
        self._names_cassettes = any("twilio_cassette_dir" in known for known in (ctx.options.deferred, ctx.options))
        for field in fields(Settings):
            name = f"twilio_{field.name}"
            kind = type(field.default)
            check_deferred(name, kind)
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
            if self._running and "twilio_cassette_dir" in updated:
                self._names_cassettes = True
            self.settings = check_settings(values, os.environ, names_cassettes=self._names_cassettes)
        except SettingsError as error:
            if self._running:
                raise exceptions.OptionsError(str(error)) from None
            self.settings = Settings()
            logger.error("%s", error)

    def running(self) -> None:
        """From now on wrong values are taken back instead of ending the process."""
        self._running = True


def check_deferred(name: str, kind: type) -> None:
    """Log what mitmproxy could not convert and drop it; called before the option is declared.

    mitmproxy would drop the addon instead, without a word, and go on.
    """
    if name not in ctx.options.deferred:
        return
    value = ctx.options.deferred[name]
    try:
        check_given(name, kind, getattr(value, "val", value))  # of --set and of config.yaml
    except SettingsError as error:
        logger.error("%s", error)
        del ctx.options.deferred[name]
