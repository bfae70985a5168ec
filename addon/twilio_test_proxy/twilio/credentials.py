"""Who asks: Basic credentials, and whether they are the test credentials or live ones."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from .errors import AUTHENTICATE, INVALID_USERNAME, NO_CREDENTIALS, TwilioError
from .routes import is_account_sid

_MAX_REMEMBERED = 500  # characters of a header: clients may send megabytes
_USERNAME = re.compile(r"(AC|SK)[0-9a-fA-F]{32}")


class Caller(Enum):
    """Which credentials a request was made with."""

    TEST = "test"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name (account SID or API key SID) and its secret, which no repr shows."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TestCredentials:
    """The policy by which credentials count as test credentials.

    With an account SID and its token, exactly these do. Without, `any_pair` says whether every well-formed pair does
    or none.
    """

    __test__ = False  # not a test class, whatever pytest thinks of the name

    account_sid: str = ""
    auth_token: str = field(default="", repr=False)
    any_pair: bool = True


def is_username(value: str) -> bool:
    """Whether it is an account SID or an API key SID: AC or SK, and 32 hexadecimal digits (OpenAPI)."""
    return _USERNAME.fullmatch(value) is not None


def read_authorization(header: str) -> Credentials | None:
    """The credentials of an `Authorization: Basic` header, None where the header is empty.

    A header that is not Basic, or not base64, gives empty credentials: something was sent, and it is no user name.
    """
    if not header:
        return None
    return (_read if len(header) <= _MAX_REMEMBERED else _read.__wrapped__)(header)


@lru_cache(maxsize=64)  # clients send the same with every request
def _read(header: str) -> Credentials:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return Credentials("", "")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return Credentials("", "")
    username, _, password = decoded.partition(":")
    return Credentials(username, password)


def identify(credentials: Credentials | None, path_account_sid: str, policy: TestCredentials) -> Caller:
    """Tell test credentials from live ones.

    Whether live credentials are right only Twilio knows; they pass.

    Args:
        credentials: what was sent, None for nothing.
        path_account_sid: the account in the path, empty where the path names none.
        policy: which credentials are the test credentials.

    Raises:
        TwilioError: 20003, where there are none, the user name is neither an account SID nor an API key's, the secret
            is empty or not the configured one, or test credentials ask for another account than their own.
    """
    if credentials is None:
        raise TwilioError(NO_CREDENTIALS)
    if not is_username(credentials.username):
        raise TwilioError(INVALID_USERNAME)
    if not credentials.password:
        raise TwilioError(AUTHENTICATE)
    if policy.account_sid:
        if credentials.username != policy.account_sid:
            return Caller.LIVE
        if credentials.password != policy.auth_token:
            raise TwilioError(AUTHENTICATE)
    elif not policy.any_pair:
        return Caller.LIVE
    own = not is_account_sid(credentials.username) or path_account_sid in ("", credentials.username)
    if not own:
        raise TwilioError(AUTHENTICATE)
    return Caller.TEST
