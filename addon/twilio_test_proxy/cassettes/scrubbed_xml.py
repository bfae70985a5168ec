"""Secrets taken out of XML: below secret elements whatever they hold, and in secret attributes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from twilio_test_proxy.cassettes.fields import SCRUBBED, is_secret_name
from twilio_test_proxy.cassettes.secrets import Learner

# A tag, or all that stands between two tags. What does not end reaches to the end, which keeps this linear.
_PIECE = re.compile(
    r"<(/?)([A-Za-z_][\w.:-]*+)([^<>]*+)>"
    r"|((?:<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|[^<]++)++)",
    re.DOTALL,
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)|([^<]++|<)", re.DOTALL)
_CLOSING = re.compile(r"</([A-Za-z_][\w.:-]*+)")
_STRUCTURED = re.compile(r"\s*+(?:[{\[&]|<!\[CDATA\[)")
_ATTRIBUTE = re.compile(r"(\s([A-Za-z_][\w.:-]*)\s*=\s*)(\"[^\"<]+\"|'[^'<]+')")


def scrubbed_xml(text: str, secrets: Learner, scrubbed_string: Callable[[str], str]) -> str:
    """The XML text with the content of secret elements and attributes replaced, and the rest as it was.

    Args:
        text: XML, or what looks like it.
        secrets: learns what was removed.
        scrubbed_string: called with content that may be a document of its own; gives what to keep of it.
    """

    def without_value(match: re.Match[str]) -> str:
        if not _is_secret(match[2]):
            return match[0]
        secrets.learn(html.unescape(match[3][1:-1]))
        return f'{match[1]}"{SCRUBBED}"'

    return _ATTRIBUTE.sub(without_value, _without_content(text, secrets, scrubbed_string))


def _without_content(text: str, secrets: Learner, scrubbed_string: Callable[[str], str]) -> str:
    closed = set(_CLOSING.findall(text))  # an element that never ends holds nothing
    secret, depth = "", 0  # the outermost secret element that is open, and how many of its name are

    def piece(match: re.Match[str]) -> str:
        nonlocal secret, depth
        slash, name, rest, content = match.groups()
        if content is None:
            if rest.endswith("/"):
                return match[0]
            if not secret and not slash and name in closed and _is_secret(name):
                secret, depth = name, 1
            elif name == secret:
                depth += -1 if slash else 1
                secret = secret if depth else ""
            return match[0]
        if not secret:
            if not _STRUCTURED.match(content):
                return match[0]
            plain = _plain(content)
            clean = scrubbed_string(plain)
            return match[0] if clean == plain else html.escape(clean, quote=False)
        if content.strip() in ("", SCRUBBED):
            return match[0]
        secrets.learn(_plain(content).strip())
        return SCRUBBED

    return _PIECE.sub(piece, text)


def _plain(content: str) -> str:
    """What the content says: without comments, CDATA and references undone."""
    return _CDATA.sub(
        lambda match: html.unescape(match[2]) if match[1] is None else match[1], _COMMENT.sub("", content)
    )


def _is_secret(name: str) -> bool:
    return is_secret_name(name.rpartition(":")[2])  # whatever its namespace
