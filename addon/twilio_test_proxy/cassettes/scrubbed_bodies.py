"""Secrets taken out of text and bodies, everything else left byte for byte as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote_plus, unquote, unquote_plus

from twilio_test_proxy.cassettes.bodies import BodyKind, body_kind, form_text, json_value, multipart_parts
from twilio_test_proxy.cassettes.credentials import replaced_credentials
from twilio_test_proxy.cassettes.fields import SCRUBBED, is_secret_name
from twilio_test_proxy.cassettes.secrets import Secrets

# `https://user:password@host`; the slashes may be escaped, as PHP writes them in JSON. Quantifiers that give
# nothing back, and a look behind, keep all of these linear in the length of the body.
_USER_INFO = re.compile(r"((?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*+:(?:\\?/){2})([^\s/?#\"'<>\\]+)@")
_QUERY_FIELD = re.compile(r"([?&#](?:amp;)?|\\u0026)([A-Za-z0-9_.\[\]%-]++)=([^&\s#\"'<>\\]++)")
_JSON_FIELD = re.compile(r'("(?:[^"\\]|\\.)*+")(\s*+:\s*+)("(?:[^"\\]|\\.)*+"|-?[0-9][0-9.eE+-]*+)', re.DOTALL)
_XML_ELEMENT = re.compile(
    r"(<([A-Za-z_][\w.:-]*+)(?:\s[^<>]*+)?>)((?:<!\[CDATA\[(?>.*?\]\]>)|[^<]++)++)(</\2\s*+>)", re.DOTALL
)
_XML_ATTRIBUTE = re.compile(r"(\s([A-Za-z_][\w.:-]*)\s*=\s*)(\"[^\"<]+\"|'[^'<]+')")


def scrubbed_text(text: str, secrets: Secrets) -> str:
    """The text without credentials, user info and secret query fields; `secrets` learns what was removed."""
    text = replaced_credentials(text, SCRUBBED, secrets.learn)
    if "@" in text:

        def without_user(match: re.Match[str]) -> str:
            for part in match[2].split(":"):
                if not re.fullmatch(r"(?:AC|SK)[0-9a-fA-F]{32}", part):
                    secrets.learn(unquote(part))
            return match[1]

        text = _USER_INFO.sub(without_user, text)
    if "=" in text:

        def without_value(match: re.Match[str]) -> str:
            if not is_secret_name(unquote(match[2])):
                return match[0]
            secrets.learn(unquote_plus(match[3]))
            return f"{match[1]}{match[2]}={SCRUBBED}"

        text = _QUERY_FIELD.sub(without_value, text)
    return text


def scrubbed_body(body: bytes, content_type: str, secrets: Secrets) -> bytes:
    """The body without secrets in its fields and its URLs; `secrets` learns what was removed."""
    kind = body_kind(body, content_type)
    if kind is BodyKind.EMPTY:
        return body
    if kind is BodyKind.MULTIPART:
        body = _multipart(body, content_type, secrets)
    text = body.decode("latin-1")  # a byte a character, so that any body survives the way there and back
    if kind is BodyKind.FORM:
        text = "&".join(_form_pair(pair, secrets) for pair in text.split("&"))
    elif kind is BodyKind.JSON:
        text = scrubbed_text(_json(text, body, secrets), secrets)
    elif kind is BodyKind.XML:
        text = scrubbed_text(_xml(text, secrets), secrets)
    else:
        text = scrubbed_text(text, secrets)
    return text.encode("latin-1")


def _form_pair(pair: str, secrets: Secrets) -> str:
    name, equals, value = pair.partition("=")
    if not value:
        return pair
    plain = form_text(value)
    if is_secret_name(form_text(name)):
        secrets.learn(plain)
        return f"{name}={SCRUBBED}"
    clean = scrubbed_text(plain, secrets)
    return pair if clean == plain else f"{name}{equals}{quote_plus(clean, errors='surrogateescape')}"


def _json(text: str, body: bytes, secrets: Secrets) -> str:
    """Secret fields replaced in the text, so that the rest keeps its layout; written anew if need be."""

    def without_value(match: re.Match[str]) -> str:
        if not is_secret_name(_json_text(match[1])) or match[3] in ('""', f'"{SCRUBBED}"'):
            return match[0]
        secrets.learn(_json_text(match[3]) if match[3].startswith('"') else match[3])
        return f'{match[1]}{match[2]}"{SCRUBBED}"'

    try:
        value = json_value(body)
    except ValueError:
        return _JSON_FIELD.sub(without_value, text)
    if not any(_secret_leaves(value)):
        return text
    text = _JSON_FIELD.sub(without_value, text)
    value = json_value(text.encode("latin-1"))
    for leaf in _secret_leaves(value):
        secrets.learn(leaf)
    if any(_secret_leaves(value)):  # inside a list or an object under a secret name
        return json.dumps(_without_leaves(value, False))
    return text


def _json_text(literal: str) -> str:
    try:
        return str(json.loads(literal.encode("latin-1")))
    except ValueError:
        return literal[1:-1]


def _secret_leaves(value: object, secret: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _secret_leaves(inner, secret or is_secret_name(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _secret_leaves(inner, secret)
    elif secret and _is_secret_leaf(value) and value != SCRUBBED:
        yield str(value)


def _without_leaves(value: object, secret: bool) -> object:
    if isinstance(value, dict):
        return {name: _without_leaves(inner, secret or is_secret_name(name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without_leaves(inner, secret) for inner in value]
    return SCRUBBED if secret and _is_secret_leaf(value) else value


def _is_secret_leaf(value: object) -> bool:
    return value != "" and isinstance(value, str | int | float) and not isinstance(value, bool)


def _xml(text: str, secrets: Secrets) -> str:
    def without_content(match: re.Match[str]) -> str:
        if not is_secret_name(match[2]) or not match[3].strip():
            return match[0]
        secrets.learn(re.sub(r"<!\[CDATA\[(.*?)\]\]>", r"\1", match[3]).strip())
        return f"{match[1]}{SCRUBBED}{match[4]}"

    def without_value(match: re.Match[str]) -> str:
        if not is_secret_name(match[2]):
            return match[0]
        secrets.learn(match[3][1:-1])
        return f'{match[1]}"{SCRUBBED}"'

    return _XML_ATTRIBUTE.sub(without_value, _XML_ELEMENT.sub(without_content, text))


def _multipart(body: bytes, content_type: str, secrets: Secrets) -> bytes:
    try:
        parts = multipart_parts(body, content_type)
    except ValueError:
        return body
    for part in parts:
        if part.content and not part.filename and is_secret_name(part.name):
            secrets.learn(part.content.decode("utf-8", "surrogateescape"))
            body = body.replace(part.head + b"\r\n\r\n" + part.content, part.head + b"\r\n\r\n" + SCRUBBED.encode())
    return body
