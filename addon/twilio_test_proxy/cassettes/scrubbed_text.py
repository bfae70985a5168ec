"""Secrets taken out of plain text, such as a URI, a header's value or what a field says."""

from __future__ import annotations

import re
from urllib.parse import unquote, unquote_plus

from twilio_test_proxy.cassettes.credentials import replaced_credentials
from twilio_test_proxy.cassettes.fields import SCRUBBED, is_secret_name
from twilio_test_proxy.cassettes.secrets import Learner

# `https://user:password@host`; the slashes may be escaped, as PHP writes them in JSON. Quantifiers that give
# nothing back, and a look behind, keep all of these linear in the length of the text.
_USER_INFO = re.compile(r"((?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*+:(?:\\?/){2})([^\s/?#\"'<>\\]+)@")
# `sip:user:password@host` (RFC 3261, section 19.1.1); the user stays, which is who is called. Where no `@` follows,
# none follows what begins further on in the match either: so it is passed over as a whole.
_SIP_PASSWORD = re.compile(r"((?<![A-Za-z0-9+.-])sips?:[^\s:@/?#\"'<>\\]++):([^\s@/?#\"'<>\\]++)(@?)", re.IGNORECASE)
# In a query or a fragment, or at the beginning of a line: OAuth tokens come as forms called text/plain, and a
# text/plain form of HTML has a field on each line.
_QUERY_FIELD = re.compile(r"(^[ \t]*+|[?&#](?:amp;)?|\\u0026)([A-Za-z0-9_.\[\]%-]++)=([^&\s#\"'<>\\]++)", re.MULTILINE)


def scrubbed_text(text: str, secrets: Learner) -> str:
    """The text without credentials, user info and secret query fields; `secrets` learns what was removed."""
    text = replaced_credentials(text, SCRUBBED, secrets.learn)
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

        text = _SIP_PASSWORD.sub(without_password, _USER_INFO.sub(without_user, text))
    if "=" in text:

        def without_value(match: re.Match[str]) -> str:
            if not is_secret_name(unquote(match[2])):
                return match[0]
            secrets.learn(unquote_plus(match[3]))
            return f"{match[1]}{match[2]}={SCRUBBED}"

        text = _QUERY_FIELD.sub(without_value, text)
    return text
