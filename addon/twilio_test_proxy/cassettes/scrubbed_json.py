"""Secrets taken out of JSON token by token, so that the rest keeps its layout and what is broken is no shelter.

A repeated name, an object below a secret name and JSON that lost its end are looked into like anything else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from twilio_test_proxy.cassettes.fields import SCRUBBED, is_secret_name
from twilio_test_proxy.cassettes.secrets import Learner

# A string (with the colon behind it, if it is a name; to the end, if it is cut), brackets, a comma, a number.
# Quantifiers that give nothing back keep this linear.
_TOKEN = re.compile(
    r'"([^"\\]*+(?:\\.[^"\\]*+)*+)(?:"|\\?\Z)(\s*+:)?|([{\[])|([}\]])|(,)|-?[0-9][0-9.eE+-]*+', re.DOTALL
)
# Strings that are no names are matched too: else the quote that ends one would begin the next.
_STRING = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)(?:"|\\?\Z)(\s*+:)?', re.DOTALL)
_HALF = re.compile("[\ud800-\udfff]")
# A document, a form, or a URI that has something encoded or an apostrophe, which may end no secret in it.
_FIELD = r"\s*+(?:[{\[<\"]|[\w.%\[\]-]++=|(?:[A-Za-z][A-Za-z0-9+.-]*+:|\\?/)[^\s%'\"]*+[%'])"
_STRUCTURED = re.compile(_FIELD)
_MAY_HIDE = re.compile(r'\\|"' + _FIELD.replace(r"<\"", "<"))


def scrubbed_json(text: str, secrets: Learner, scrubbed_string: Callable[[str], str]) -> str:
    """The JSON text with every value under a secret name replaced, and the rest as it was.

    Args:
        text: JSON, or what looks like it.
        secrets: learns what was removed.
        scrubbed_string: called with strings that may hold a document of their own; gives what to keep of them.
    """
    if not _MAY_HIDE.search(text) and not any(map(is_secret_name, _names(text))):
        return text
    outer: list[bool] = []  # for each open bracket: whether what holds it is under a secret name
    secret = named = False

    def token(match: re.Match[str]) -> str:
        nonlocal secret, named
        string, colon, opened, closed, comma = match.groups()
        if colon is not None:
            named = is_secret_name(json_text(string))
        elif opened is not None:
            outer.append(secret)
            secret, named = secret or named, False
        elif closed is not None:
            secret, named = outer.pop() if outer else False, False
        elif comma is not None:
            named = False
        elif secret or named:
            if string in ("", SCRUBBED):
                return match[0]
            secrets.learn(match[0] if string is None else json_text(string))
            return f'"{SCRUBBED}"'
        elif string is not None and ("\\" in string or _STRUCTURED.match(string)):
            plain = json_text(string)
            clean = scrubbed_string(plain)
            return match[0] if clean == plain else _spelt_like(string, clean)
        return match[0]

    return _TOKEN.sub(token, text)


def _names(text: str) -> set[str]:
    """The names in the JSON text, as they are spelt in it."""
    return {string for string, colon in _STRING.findall(text) if colon}


def json_text(inner: str) -> str:
    """What stands between the quotes of a JSON string means; as it is where that is no JSON."""
    if "\\" not in inner:
        return inner
    try:
        return str(json.loads(f'"{inner}"', strict=False))
    except ValueError:
        return inner


def _spelt_like(inner: str, text: str) -> str:
    """The text as a JSON string, its slashes and letters spelt as they were in another.

    Half a character that was escaped is escaped again, as no encoding has it; one that was not is a byte that is
    no UTF-8.
    """
    literal = json.dumps(text, ensure_ascii=inner.isascii())
    literal = _HALF.sub(lambda half: half[0] if half[0] in inner else f"\\u{ord(half[0]):04x}", literal)
    return literal.replace("/", "\\/") if "\\/" in inner else literal
