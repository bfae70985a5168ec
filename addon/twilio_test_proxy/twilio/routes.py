"""Which resource a host and a path name, and in which format its answer is written."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import unquote

from .errors import NOT_FOUND, TwilioError
from .responses import Format

DOMAIN = "twilio.com"
API_VERSION = "2010-04-01"

# api.twilio.com, api.{region}.twilio.com and api.{edge}.{region}.twilio.com
_API_HOST = re.compile(r"api(\.[a-z0-9-]+){0,2}\.twilio\.com")
_SID = "[0-9a-fA-F]{32}"
_ACCOUNT_SID = re.compile(f"AC{_SID}")
_EXTENSION = re.compile(r"(?P<path>.*/[^/.]*)(?P<extension>\.[^/]*)?", re.DOTALL)
_MAX_REMEMBERED = 1000  # characters of a host and a path: clients may send megabytes, and no host name is as long
_ACCOUNTS = f"/{API_VERSION}/Accounts/"


class Resource(StrEnum):
    """The resources that test credentials may use, by their path below the account."""

    INCOMING_PHONE_NUMBERS = "IncomingPhoneNumbers"
    SMS_MESSAGES = "SMS/Messages"
    MESSAGES = "Messages"
    CALLS = "Calls"


@dataclass(frozen=True, slots=True)
class Route:
    """What a request asks for.

    Attributes:
        path: the decoded path without the query, as error messages quote it.
        account_sid: the account in the path, empty where the path names none.
        resource: one of the resources of test credentials, None for any other.
        extension: `.json`, `.xml`, another one, or empty.
        format_: JSON or XML, for answers and errors.
    """

    path: str
    account_sid: str
    resource: Resource | None
    extension: str
    format_: Format


def is_twilio_host(host: str) -> bool:
    """Whether the host is twilio.com or below it, in any case and with or without a final dot."""
    name = host.lower().rstrip(".")
    return name == DOMAIN or name.endswith(f".{DOMAIN}")


def is_api_host(host: str) -> bool:
    """Whether the host is api.twilio.com or one of its edge and region names."""
    return len(host) <= _MAX_REMEMBERED and _is_api_host(host)


@lru_cache(maxsize=256)
def _is_api_host(host: str) -> bool:
    return _API_HOST.fullmatch(host.lower().rstrip(".")) is not None


def find_route(host: str, path: str) -> Route:
    """Read a request's host and its path (with or without a query)."""
    path = path.partition("?")[0]
    return (_find_route if len(host) + len(path) <= _MAX_REMEMBERED else _find_route.__wrapped__)(host, path)


@lru_cache(maxsize=256)
def _find_route(host: str, path: str) -> Route:
    path = unquote(path)
    match = _EXTENSION.fullmatch(path)
    stem, extension = (match["path"], match["extension"] or "") if match else (path, "")
    if not is_api_host(host):
        # Twilio's other APIs (verify, lookups, ...) write JSON only; recorded for lookups v1 in 2015.
        return Route(path, "", None, extension, Format.JSON)
    format_ = Format.JSON if extension.endswith(".json") else Format.XML
    account_sid, resource = _below_accounts(stem)
    return Route(path, account_sid, resource, extension, format_)


def check_account_sid(host: str, route: Route) -> None:
    """Answer a malformed or empty account SID before looking at the credentials (recorded 2018).

    Raises:
        TwilioError: 20404.
    """
    names_account = is_api_host(host) and route.path.startswith(_ACCOUNTS)
    if names_account and not is_account_sid(route.account_sid):
        raise TwilioError(NOT_FOUND, path=route.path)


def is_account_sid(value: str) -> bool:
    """AC and 32 hexadecimal digits (OpenAPI)."""
    return _ACCOUNT_SID.fullmatch(value) is not None


def _below_accounts(stem: str) -> tuple[str, Resource | None]:
    if not stem.startswith(_ACCOUNTS):
        return "", None
    account_sid, _, below = stem.removeprefix(_ACCOUNTS).partition("/")
    try:
        return account_sid, Resource(below)
    except ValueError:
        return account_sid, None
