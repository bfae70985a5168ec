"""Checks of parameters that are neither phone numbers nor bodies, as data: name, check, Twilio's error."""

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from .errors import Error, TwilioError
from .forms import Form

MAX_URL_LENGTH = 4000  # Twilio's error dictionary, 21609

# Underscores are not allowed (OpenAPI, StatusCallback); a label that ends with a hyphen was recorded as 21402.
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.IGNORECASE)
_SID = "[0-9a-fA-F]{32}"
_APPLICATION_SID = re.compile(f"AP{_SID}")
_MESSAGING_SERVICE_SID = re.compile(f"MG{_SID}")
_SEND_DIGITS = re.compile(r"[0-9A-D#*wW]{1,32}")  # OpenAPI, SendDigits


@dataclass(frozen=True, slots=True)
class Check:
    """A parameter that, where it is sent and not empty, has to pass `valid`."""

    name: str
    valid: Callable[[str], bool]
    error: Error


def check_parameters(form: Form, checks: Iterable[Check]) -> None:
    """Check in the order given.

    Raises:
        TwilioError: of the first parameter that is not valid.
    """
    for check in checks:
        value = form.get(check.name)
        if value and not check.valid(value):
            raise TwilioError(check.error, name=check.name, value=value)


def is_url(value: str) -> bool:
    """Whether Twilio would take this as a fully qualified URL: http or https, and a public-looking host name.

    `localhost` and other names without a dot are refused (recorded in 2018 for Calls).
    """
    if len(value) > MAX_URL_LENGTH or any(character.isspace() for character in value):
        return False
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme.lower() not in ("http", "https"):
        return False
    return _is_ip_address(host) or _is_host_name(host)


def is_localhost(value: str) -> bool:
    """Whether the URL names the machine itself, for which Calls has a spelling of its own."""
    try:
        return (urlsplit(value).hostname or "").lower() == "localhost"
    except ValueError:
        return False


def is_method(value: str) -> bool:
    """GET or POST, in either case (OpenAPI: enum of every *Method parameter)."""
    return value.upper() in ("GET", "POST")


def is_positive_integer(value: str) -> bool:
    """A positive, whole number (error dictionary, 21208)."""
    return value.isascii() and value.isdigit() and value.strip("0") != ""


def is_application_sid(value: str) -> bool:
    """AP and 32 hexadecimal digits (OpenAPI)."""
    return _APPLICATION_SID.fullmatch(value) is not None


def is_messaging_service_sid(value: str) -> bool:
    """MG and 32 hexadecimal digits (OpenAPI)."""
    return _MESSAGING_SERVICE_SID.fullmatch(value) is not None


def is_send_digits(value: str) -> bool:
    """At most 32 keys: digits, A to D, # and *, and w or W to wait (OpenAPI)."""
    return _SEND_DIGITS.fullmatch(value) is not None


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_host_name(host: str) -> bool:
    try:
        labels = host.rstrip(".").encode("idna").decode().split(".")
    except UnicodeError:
        return False
    return len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
