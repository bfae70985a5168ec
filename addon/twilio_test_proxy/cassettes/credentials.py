"""Twilio credentials by their look: a SID, a colon and a token, plain or in base64, wherever they stand."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import unquote

# An account's token has 32 hexadecimal digits, an API key's secret 32 letters and digits.
_PLAIN = re.compile(r"((?:AC|SK)[0-9a-fA-F]{32}(?::|%3A))([0-9A-Za-z]{32})(?![0-9A-Za-z])", re.IGNORECASE)
# "AC" and "SK" at the beginning of base64 are "QU" and "U0"; 67 bytes make 90 characters.
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])(?:QU|U0)[A-Za-z0-9+/_-]{88}(?![A-Za-z0-9+/_-])(?:=|%3D){0,2}")


def names_credentials(text: str) -> bool:
    """Whether Twilio credentials stand in the text."""
    found: list[str] = []
    replaced_credentials(text, "", found.append)
    return bool(found)


def replaced_credentials(text: str, replacement: str, learn: Callable[[str], None]) -> str:
    """The text with the token of plain credentials, and the whole of encoded ones, replaced.

    Args:
        text: any text.
        replacement: what to put there.
        learn: called with each token found.
    """

    def without_token(match: re.Match[str]) -> str:
        learn(match[2])
        return match[1] + replacement

    def without_credentials(match: re.Match[str]) -> str:
        encoded = unquote(match[0]).rstrip("=").translate(str.maketrans("-_", "+/"))
        try:
            plain = _PLAIN.fullmatch(base64.b64decode(encoded + "==").decode("latin-1"))
        except binascii.Error:
            return match[0]
        if plain is None:
            return match[0]
        learn(plain[2])
        return replacement

    if ":" in text or "%3" in text:
        text = _PLAIN.sub(without_token, text)
    return _BASE64.sub(without_credentials, text) if len(text) >= 90 else text
