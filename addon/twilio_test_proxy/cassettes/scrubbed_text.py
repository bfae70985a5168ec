"""Secrets taken out of plain text, such as a URI, a header's value or what a field says."""

from __future__ import annotations

import re
from urllib.parse import unquote, unquote_plus

from twilio_test_proxy.cassettes.credentials import replaced_credentials
from twilio_test_proxy.cassettes.fields import SCRUBBED, is_secret_name
from twilio_test_proxy.cassettes.secrets import Learner

# A text that is one URI, absolute or not, or a form's fields, and nothing else.
_WHOLE = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*+:|[/?#]|[A-Za-z0-9_.\[\]%-]++=(?!'))[^\s\"<>]*+")
# In a query or a fragment, or at the beginning of a line: OAuth tokens come as forms called text/plain, and a
# text/plain form of HTML has a field on each line.
_FIELD = re.compile(r"(?:^[ \t]*+|[?&#](?:amp;)?|\\u0026)([A-Za-z0-9_.\[\]%-]++)=", re.MULTILINE)


class _Patterns:
    """What to look for, given the characters besides white space that end a URI in its text.

    Quantifiers that give nothing back, and a look behind, keep all of these linear in the length of the text.
    """

    def __init__(self, end: str) -> None:
        # `https://user:password@host`; the slashes may be escaped, as PHP writes them in JSON.
        self.user_info = re.compile(
            rf"((?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*+:(?:\\?/){{2}})([^\s/?#{end}]+)@",
        )
        # `sip:user:password@host` (RFC 3261, section 19.1.1); the user stays, which is who is called. Where no `@`
        # follows, none follows what begins further on in the match either: so it is passed over as a whole.
        self.sip_password = re.compile(
            rf"((?<![A-Za-z0-9+.-])sips?:[^\s:@/?#{end}]++):([^\s@/?#{end}]++)(@?)", re.IGNORECASE
        )
        self.value = re.compile(rf"[^&\s#{end}]++")


_IN_TEXT = _Patterns("\"'<>\\\\")
_ALONE = _Patterns('"<>\\\\')  # an apostrophe may stand in a URI (RFC 3986, section 2.2), and there are no quotes here


def scrubbed_text(text: str, secrets: Learner) -> str:
    """The text without credentials, user info and secret query fields; `secrets` learns what was removed."""
    text = replaced_credentials(text, SCRUBBED, secrets.learn)
    patterns = _ALONE if "'" in text and _WHOLE.fullmatch(text) else _IN_TEXT
    if "@" in text:

        def without_user(match: re.Match[str]) -> str:
            for part in match[2].split(":"):
                if not re.fullmatch(r"(?:AC|SK)[0-9a-fA-F]{32}", part):
                    secrets.learn(unquote(part))
            return match[1]

        def without_password(match: re.Match[str]) -> str:
            if not match[3]:
                return match[0]
            secrets.learn(unquote(match[2]))
            return f"{match[1]}@"

        text = patterns.sip_password.sub(without_password, patterns.user_info.sub(without_user, text))
    return _without_fields(text, patterns.value, secrets) if "=" in text else text


def _without_fields(text: str, value: re.Pattern[str], secrets: Learner) -> str:
    """The text without secret fields; the value of another field may be a URI with fields of its own."""
    pieces, done, at = [], 0, 0
    while (field := _FIELD.search(text, at)) is not None:
        at = field.end()
        if not is_secret_name(unquote(field[1])):
            continue
        secret = value.match(text, at)
        if secret is None:
            continue
        secrets.learn(unquote_plus(secret[0]))
        pieces += [text[done:at], SCRUBBED]
        done = at = secret.end()
    return "".join([*pieces, text[done:]]) if pieces else text
