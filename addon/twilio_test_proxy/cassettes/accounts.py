"""Account SIDs: hidden in what is kept, shown again to whoever asks.

The account that asks becomes `AC` and 32 zeros. Other accounts (subaccounts in a list, say) become `AC`, 16
zeros and 16 digits that stand for them: the same in every run, so that two subaccounts stay two, and a client
that replays with the SIDs of a played list finds what it asks for.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache

from twilio_test_proxy.cassettes.interaction import Request, first_header

HIDDEN_ACCOUNT = "AC" + "0" * 32
HIDDEN_KEY = "SK" + "0" * 32

_SID = re.compile(r"(?:(?<![0-9A-Za-z])|(?<=%[0-9A-Fa-f]{2}))AC[0-9a-f]{32}(?![0-9A-Za-z])")
_PATH_SID = re.compile(r"/Accounts/(AC[0-9a-fA-F]{32})(?![0-9A-Za-z])")
_USER_SID = re.compile(r"(?:AC|SK)[0-9a-fA-F]{32}")
_URI_USER = re.compile(r"^[a-z]+://([^/?#@:]*):([^/?#@]*)@", re.IGNORECASE)
_ZEROS = "0" * 16  # in all that stands for a SID
_HIDDEN_OTHER = "AC" + _ZEROS


@dataclass(frozen=True, slots=True)
class Accounts:
    """The SIDs that a request speaks of.

    Attributes:
        live: the account that asks, or None where the request names none.
        key: the API key that asks (`SK...`), or None.
        others: what stands for each other account that the request names, to that account's SID.
    """

    live: str | None = None
    key: str | None = None
    others: dict[str, str] = field(default_factory=dict)


def basic_credentials(request: Request) -> tuple[str, str] | None:
    """User and password of the request's Basic credentials, from its header or its URI."""
    header = first_header(request.headers, "authorization")
    if header[:6].lower() == "basic ":
        return _decoded_basic(header[6:].strip())
    in_uri = _URI_USER.match(request.uri)
    return (in_uri[1], in_uri[2]) if in_uri else None


@lru_cache(maxsize=64)  # asked for several times a request, and clients send the same each time
def _decoded_basic(encoded: str) -> tuple[str, str] | None:
    try:
        plain = base64.b64decode(encoded + "==").decode("utf-8", "surrogateescape")
    except binascii.Error:
        return None
    user, _, password = plain.partition(":")
    return user, password


def accounts_of(request: Request) -> Accounts:
    """Who asks: the account in the credentials, else in the path, else the first that the request names."""
    credentials = basic_credentials(request)
    user = credentials[0] if credentials and _USER_SID.fullmatch(credentials[0]) else ""
    key = user if user.startswith("SK") else None
    live = user if user.startswith("AC") else None
    text = request.uri + "\n" + request.body.decode("latin-1")
    if live is None:
        in_path = _PATH_SID.search(request.uri)
        named = in_path[1] if in_path else next((match[0] for match in _SID.finditer(text)), None)
        # A request of a cassette has no credentials, and what stands in it for another account is not who asked. A
        # client with an API key that names such an account has it from an answer that was played, and counts as it.
        is_hidden = named is None or named == HIDDEN_ACCOUNT or (key is None and named.startswith(_HIDDEN_OTHER))
        live = None if is_hidden else named
    others = {hidden_other(sid): sid for sid in set(_SID.findall(text)) if not _is_live(sid, live)}
    return Accounts(live, key, others)


def with_live(accounts: Accounts, text: str) -> Accounts:
    """The accounts, where the request named none: with the first one that the response names."""
    if accounts.live is not None:
        return accounts
    first = next((match[0] for match in _SID.finditer(text) if not match[0].startswith(_HIDDEN_OTHER)), None)
    return Accounts(first, accounts.key, accounts.others)


def hidden_other(sid: str) -> str:
    """What stands for an account that is not the one asking; a SID that is hidden already stays."""
    if sid.startswith(_HIDDEN_OTHER):
        return sid
    return _HIDDEN_OTHER + hashlib.sha256(sid.encode()).hexdigest()[:16]


def hide(text: str, accounts: Accounts) -> str:
    """The text with every account SID, and the asking API key's SID, hidden."""
    if accounts.live is not None:
        text = _swap(text, accounts.live, HIDDEN_ACCOUNT)
    if accounts.key is not None:
        text = _swap(text, accounts.key, HIDDEN_KEY)
    return _SID.sub(lambda match: hidden_other(match[0]), text) if "AC" in text else text


def show(text: str, accounts: Accounts) -> str:
    """The text with the SIDs that the asking client knows in place of what stands for them."""
    if _ZEROS not in text:
        return text
    if accounts.live is not None:
        text = _swap(text, HIDDEN_ACCOUNT, accounts.live)
    if accounts.key is not None:
        text = _swap(text, HIDDEN_KEY, accounts.key)
    for hidden, sid in accounts.others.items():
        text = text.replace(hidden, sid)
    return text


def names_accounts(text: str) -> bool:
    """Whether the text names an account that is not hidden."""
    return any(not match[0].startswith(_HIDDEN_OTHER) for match in _SID.finditer(text))


def _swap(text: str, old: str, new: str) -> str:
    """Replace a SID in any case; the letters in front keep theirs."""
    if old in text:
        text = text.replace(old, new)
    if old.lower() not in text and old.upper() not in text:
        return text
    return re.sub(old, lambda match: new if match[0].startswith(old[:2]) else new.lower(), text, flags=re.IGNORECASE)


def _is_live(sid: str, live: str | None) -> bool:
    return sid == HIDDEN_ACCOUNT or (live is not None and sid.lower() == live.lower())
