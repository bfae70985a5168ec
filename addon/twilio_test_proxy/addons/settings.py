"""The values of the `twilio_…` options, checked. Knows nothing of mitmproxy."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..twilio.credentials import TestCredentials
from ..twilio.routes import is_account_sid

RECORD_MODES = ("none", "once", "new_episodes", "all")
DEFAULT_CASSETTE_DIR = "cassettes"

ACCOUNT_SID_VARIABLE = "TWILIO_TEST_ACCOUNT_SID"
AUTH_TOKEN_VARIABLE = "TWILIO_TEST_AUTH_TOKEN"  # noqa: S105 - the name of a variable, not a token


class SettingsError(ValueError):
    """An option is wrong. The text is one sentence that says what to do next, and holds no secret."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of this project; the defaults are the safe ones: nothing leaves the machine."""

    test_account_sid: str = ""
    test_auth_token: str = field(default="", repr=False)
    cassette: str = ""
    cassette_dir: str = DEFAULT_CASSETTE_DIR
    record_mode: str = "none"
    forward_live: bool = False
    allow_playback_repeats: bool = False
    fail_on_unplayed: bool = False
    report: str = ""
    ready_file: str = ""

    def test_credentials(self, *, cassette_in_force: bool) -> TestCredentials:
        """Which credentials count as test credentials for a request.

        Without configured ones every well-formed pair does, unless a cassette is in force for the request or the lock
        is open: then a pair might be a live one.
        """
        if self.test_account_sid:
            return TestCredentials(self.test_account_sid, self.test_auth_token)
        return TestCredentials(any_pair=not cassette_in_force and not self.forward_live)


def check_settings(settings: Settings, environment: Mapping[str, str], *, names_cassettes: bool = False) -> Settings:
    """Check the values against each other, and take test credentials from the environment where no option names them.

    Args:
        settings: the values.
        environment: where test credentials may be.
        names_cassettes: the user has set the cassette directory, and so means to name cassettes by proxy users.

    Raises:
        SettingsError: a value is wrong, or two contradict each other.
    """
    settings = _with_environment(settings, environment)
    _check_test_credentials(settings)
    if settings.record_mode not in RECORD_MODES:
        raise SettingsError(
            f"twilio_record_mode={settings.record_mode} is no record mode: use one of {', '.join(RECORD_MODES)}."
        )
    if settings.record_mode == "none":
        return settings
    if not settings.forward_live:
        raise SettingsError(
            f"twilio_record_mode={settings.record_mode} records live requests, which the lock forbids: "
            "add twilio_forward_live=true, or use twilio_record_mode=none to only replay."
        )
    if not settings.cassette and not names_cassettes:
        raise SettingsError(
            f"twilio_record_mode={settings.record_mode} has no cassette to record into: add twilio_cassette=PATH, "
            "or twilio_cassette_dir=DIRECTORY and name cassettes by the user name of the proxy URL."
        )
    return settings


def check_names(unknown: Iterable[str], known: Iterable[str]) -> None:
    """Refuse misspelt options, which mitmproxy would keep silently.

    Args:
        unknown: names that were set and that no addon has declared.
        known: the options that this project declares.

    Raises:
        SettingsError: one of the unknown names starts with `twilio`.
    """
    known = list(known)
    for name in unknown:
        if not name.lower().replace("-", "_").startswith("twilio"):
            continue
        similar = difflib.get_close_matches(name.lower().replace("-", "_"), known, n=1)
        advice = f"did you mean {similar[0]}?" if similar else f"the options are {', '.join(known)}."
        raise SettingsError(f"There is no option {name}: {advice}")


def check_given(name: str, kind: type, given: object) -> None:
    """Refuse what mitmproxy could not make a value of the option's type of (it would go on without the addon).

    Args:
        name: the option.
        kind: `bool` or `str`.
        given: the texts of every `--set`, or the value from mitmproxy's config.yaml.

    Raises:
        SettingsError: it is no such value.
    """
    if not isinstance(given, list):
        if not isinstance(given, kind):
            wanted = "true or false, without quotes" if kind is bool else "one text, in quotes"
            raise SettingsError(f"{name} in mitmproxy's config.yaml must be {wanted}.")
    elif len(given) > 1:
        raise SettingsError(f"{name} is set {len(given)} times: set it once.")
    elif kind is bool and given and given[0] not in ("true", "false"):
        raise SettingsError(f"{name}={given[0]} is no truth value: use {name}=true or {name}=false.")
    elif kind is str and not given:
        raise SettingsError(f"{name} is set without a value: use {name}=VALUE.")


def _with_environment(settings: Settings, environment: Mapping[str, str]) -> Settings:
    return replace(
        settings,
        test_account_sid=settings.test_account_sid or environment.get(ACCOUNT_SID_VARIABLE, ""),
        test_auth_token=settings.test_auth_token or environment.get(AUTH_TOKEN_VARIABLE, ""),
    )


def _check_test_credentials(settings: Settings) -> None:
    sid, token = settings.test_account_sid, settings.test_auth_token
    if not sid and not token:
        return
    option = "twilio_test_account_sid" if not sid else "twilio_test_auth_token"
    if not sid or not token:
        variable = ACCOUNT_SID_VARIABLE if not sid else AUTH_TOKEN_VARIABLE
        raise SettingsError(
            f"Test credentials need both parts: add {option} (or the environment variable {variable}), "
            "or unset the other part."
        )
    if not is_account_sid(sid):
        raise SettingsError(
            "twilio_test_account_sid is no account SID: it is AC and 32 hexadecimal digits, "
            "as your Twilio console shows it under test credentials."
        )
