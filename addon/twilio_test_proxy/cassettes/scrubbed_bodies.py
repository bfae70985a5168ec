"""Secrets taken out of bodies, everything else left byte for byte as it was.

A body is looked into as what its header says or, without one, as what it looks like; and so is every value in
it, because Twilio's `Attributes` and Studio's `Parameters` are JSON in a form's value and in JSON's strings.
"""

from __future__ import annotations

import re
from urllib.parse import quote_plus

from twilio_test_proxy.cassettes.bodies import (
    BodyKind,
    Part,
    body_kind,
    form_text,
    json_value,
    rewritten_multipart,
    wide_encoding,
)
from twilio_test_proxy.cassettes.fields import SCRUBBED, is_secret_name
from twilio_test_proxy.cassettes.scrubbed_json import scrubbed_json
from twilio_test_proxy.cassettes.scrubbed_text import scrubbed_text
from twilio_test_proxy.cassettes.scrubbed_xml import scrubbed_xml
from twilio_test_proxy.cassettes.secrets import Learner, raw_bytes

# A text that is one URI with a query and nothing else: what it begins with, its query and its fragment.
_URI = re.compile(r"((?:[A-Za-z][A-Za-z0-9+.-]*+:|/)[^\s?#<>\"]*+\?)([^\s#]++)(#\S*+)?")

MAX_NESTING = 8
"""Documents inside each other that are looked into; quotes alone double in length at each level of JSON."""


def scrubbed_body(body: bytes, content_type: str, secrets: Learner, level: int = 0) -> bytes:
    """The body without secrets in its fields and its URLs; `secrets` learns what was removed.

    Args:
        body: the body, without content coding.
        content_type: its header, or an empty string.
        secrets: learns what was removed.
        level: how many documents the body lies in.
    """
    if not body:
        return body
    encoding = wide_encoding(body)
    if encoding is not None:
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            pass
        else:
            return _scrubbed(text, content_type, secrets, level).encode(encoding)
    if body_kind(body, content_type) is BodyKind.MULTIPART:
        body = _multipart(body, content_type, secrets, level)
    # Bytes that are not UTF-8 become lone surrogates and bytes again, so that any body survives (PEP 383).
    text = body.decode("utf-8", "surrogateescape")
    return _scrubbed(text, content_type, secrets, level).encode("utf-8", "surrogateescape")


def scrubbed_value(text: str, secrets: Learner) -> str:
    """A URI or a header's value without secrets, also where it holds a document or a URI, percent-encoded or not.

    Args:
        text: what to look into.
        secrets: learns what was removed.
    """
    return _value(text, secrets, 0)


def _scrubbed(text: str, content_type: str, secrets: Learner, level: int) -> str:
    body = text.encode("utf-8", "surrogateescape")
    kind = body_kind(body, content_type)
    if kind is BodyKind.FORM:
        return _form(text, body, secrets, level)
    if kind is BodyKind.JSON:
        return _json(text, secrets, level)
    if kind is BodyKind.XML:
        return _xml(text, secrets, level)
    return scrubbed_text(text, secrets) if kind is BodyKind.MULTIPART else _value(text, secrets, level)


def _value(text: str, secrets: Learner, level: int) -> str:
    """A text that no header describes: JSON, XML or a URI with a query by its look, or plain."""
    first = text.lstrip("\ufeff \t\r\n")[:1]
    if level < MAX_NESTING:
        if first in ("{", "[", '"'):
            return _json(text, secrets, level)
        if first == "<":
            return _xml(text, secrets, level)
    text = scrubbed_text(text, secrets)
    uri = _URI.fullmatch(text) if level < MAX_NESTING else None
    if uri is None:
        return text
    # What stands there as it is has gone; what is left is encoded, as in a form.
    query = "&".join(_form_pair(pair, secrets, level) for pair in uri[2].split("&"))
    return text if query == uri[2] else f"{uri[1]}{query}{uri[3] or ''}"


def _json(text: str, secrets: Learner, level: int) -> str:
    return scrubbed_text(scrubbed_json(text, secrets, lambda inner: _value(inner, secrets, level + 1)), secrets)


def _xml(text: str, secrets: Learner, level: int) -> str:
    return scrubbed_text(scrubbed_xml(text, secrets, lambda inner: _value(inner, secrets, level + 1)), secrets)


def _form(text: str, body: bytes, secrets: Learner, level: int) -> str:
    """A form's fields; `curl -d` calls a form whatever it is given, so JSON and XML are looked for too."""
    if text.lstrip()[:1] in ("{", "[", '"', "<"):
        text = _value(text, secrets, level)
        try:
            json_value(body)
        except ValueError:
            pass
        else:
            return text
    return "&".join(_form_pair(pair, secrets, level) for pair in text.split("&"))


def _form_pair(pair: str, secrets: Learner, level: int) -> str:
    name, equals, value = pair.partition("=")
    if not equals:
        name, value = "", pair
    if not value:
        return pair
    plain = form_text(value)
    if is_secret_name(form_text(name)):
        secrets.learn(plain)
        return f"{name}={SCRUBBED}"
    clean = _value(plain, secrets, level + 1)
    return pair if clean == plain else f"{name}{equals}{quote_plus(raw_bytes(clean))}"


def _multipart(body: bytes, content_type: str, secrets: Learner, level: int) -> bytes:
    def content(part: Part) -> bytes:
        if part.content and is_secret_name(part.name):
            secrets.learn(part.content.decode("utf-8", "surrogateescape"))
            return SCRUBBED.encode()
        return part.content if level >= MAX_NESTING else scrubbed_body(part.content, part.type, secrets, level + 1)

    try:
        return rewritten_multipart(body, content_type, content)
    except ValueError:
        return body
