"""The options that every command which starts a proxy has, and what the addon is told of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from twilio_test_proxy.twilio.routes import is_account_sid

RECORD_MODES = ("none", "once", "new_episodes", "all")

CASSETTE_DIR = "cassettes"
"""The default of `twilio_cassette_dir`."""

CASSETTE_SUFFIXES = (".yaml", ".yml", ".json")

_CREDENTIALS = {"--test-account-sid": "TWILIO_TEST_ACCOUNT_SID", "--test-auth-token": "TWILIO_TEST_AUTH_TOKEN"}

_Command = TypeVar("_Command", bound=Callable[..., Any])


class OptionsError(Exception):
    """Options contradict each other; the message is one sentence with the cure, in this command line's words."""


@dataclass(frozen=True)
class AddonOptions:
    """What the addon is told."""

    cassette: str = ""
    """A path, or a name that lies in the cassette directory."""
    cassette_dir: str = ""
    """Empty for the default."""
    record_mode: str = "none"
    forward_live: bool = False
    allow_playback_repeats: bool = False
    test_account_sid: str = ""
    test_auth_token: str = ""

    def check(self, environment: Mapping[str, str]) -> None:
        """Refuse what the addon would refuse by names that users of this command line do not know.

        Raises:
            OptionsError: recording has no open lock or no cassette, or the test credentials are half or wrong.
        """
        recording = f"--record-mode {self.record_mode}"
        if self.record_mode != "none" and not self.forward_live:
            raise OptionsError(f"{recording} records live requests: add --forward-live, which lets them reach Twilio.")
        if self.record_mode != "none" and not self.cassette and not self.cassette_dir:
            raise OptionsError(f"{recording} has no cassette to record into: add --cassette NAME or --cassette PATH.")
        given = {**environment, **self.secrets()}
        parts = {option: given.get(variable, "") for option, variable in _CREDENTIALS.items()}
        for option, variable in _CREDENTIALS.items():
            if any(parts.values()) and not parts[option]:
                raise OptionsError(
                    f"Test credentials need both parts: add {option} or the environment variable {variable}, "
                    "or leave the other part out."
                )
        sid = parts["--test-account-sid"]
        if sid and not is_account_sid(sid):
            raise OptionsError(
                "The test credentials' account SID (--test-account-sid or TWILIO_TEST_ACCOUNT_SID) is none: "
                "it is AC and 32 hexadecimal digits, as your Twilio console shows it under test credentials."
            )

    def by_name(self) -> dict[str, str]:
        """The options that were given, by mitmproxy's names, with their values.

        The others are left out: mitmproxy takes no option twice, and `serve` passes further ones on.
        """
        given = {
            "twilio_cassette": cassette_path(self.cassette, self.cassette_dir or CASSETTE_DIR),
            "twilio_cassette_dir": self.cassette_dir,
            "twilio_record_mode": self.record_mode if self.record_mode != "none" else "",
            "twilio_forward_live": "true" if self.forward_live else "",
            "twilio_allow_playback_repeats": "true" if self.allow_playback_repeats else "",
        }
        return {name: value for name, value in given.items() if value}

    def secrets(self) -> dict[str, str]:
        """What the addon reads in its environment, since anybody on the machine can list arguments."""
        given = {
            "TWILIO_TEST_ACCOUNT_SID": self.test_account_sid,
            "TWILIO_TEST_AUTH_TOKEN": self.test_auth_token,
        }
        return {name: value for name, value in given.items() if value}


def cassette_path(cassette: str, folder: str) -> str:
    """The path of a cassette given by path, which has a suffix or is absolute, or by its name in `folder`."""
    if not cassette or Path(cassette).suffix in CASSETTE_SUFFIXES or Path(cassette).is_absolute():
        return cassette
    return str(Path(folder) / f"{cassette}.yaml")


def addon_options(command: _Command) -> _Command:
    """Give a click command the options above, by the names of the fields of `AddonOptions`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def complete_files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Have the shell complete the names of files, as it does where no program completes anything."""
    return [CompletionItem(incomplete, type="file")]


_OPTIONS = (
    click.option(
        "--cassette",
        default="",
        metavar="NAME|PATH",
        shell_complete=complete_files,
        help="Cassette for live requests.",
    ),
    click.option(
        "--cassette-dir",
        default="",
        show_default=CASSETTE_DIR,
        metavar="DIR",
        shell_complete=lambda *asked: [CompletionItem(asked[2], type="dir")],
        help="Where cassettes that are given by name lie.",
    ),
    click.option(
        "--record-mode",
        type=click.Choice(RECORD_MODES),
        default="none",
        show_default=True,
        help="What to record, as in vcrpy.",
    ),
    click.option(
        "--forward-live",
        is_flag=True,
        help="Let live requests reach Twilio. They cost money and reach people.",
    ),
    click.option("--allow-playback-repeats", is_flag=True, help="Play an interaction more than once."),
    click.option(
        "--test-account-sid",
        default="",
        metavar="SID",
        help="Account SID of the test credentials; else TWILIO_TEST_ACCOUNT_SID.",
    ),
    click.option(
        "--test-auth-token",
        default="",
        metavar="TOKEN",
        help="Auth token of the test credentials; else TWILIO_TEST_AUTH_TOKEN.",
    ),
)
