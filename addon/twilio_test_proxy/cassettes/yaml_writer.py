"""Interactions in vcrpy's YAML format, version 1, in the one shape that can be appended to and read fast.

The shape: `version: 1`, then `interactions:` last, whose items are indented by two spaces, so that whatever
stands at the end of the file is the end of the last item. Each item ends with an `index` line: the key under
which the interaction is found, and a digest of the item's text, which shows that nobody edited it since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from twilio_test_proxy.cassettes.interaction import Headers, Interaction, grouped_headers
from twilio_test_proxy.cassettes.scalars import body_scalar, one_line, quoted

PROLOGUE = "version: 1\ninteractions:\n"
SEPARATOR = "#--\n"
INDEX_VERSION = 2
"""Goes up whenever scrubbing or matching changes a key, so that keys stored before are not believed."""

INDEX_KEY = "index"
_DIGEST_BYTES = 16


def item_digest(text: bytes, key: str) -> str:
    """The digest of an item's text up to its `index` line and of the key in that, in hexadecimal."""
    return hashlib.blake2b(text, digest_size=_DIGEST_BYTES, key=key.encode()).hexdigest()


def item_text(interaction: Interaction, key: str | None) -> str:
    """One interaction as an item of `interactions`, ASCII, ending in a line feed.

    Args:
        interaction: what to write; it must have been scrubbed.
        key: the canonical key of its request as it is compared, from `matching.request_key`; None leaves out
            the index.
    """
    request, response = interaction.request, interaction.response
    lines = [
        "  - request:",
        f"      method: {one_line(request.method)}",
        f"      uri: {one_line(request.uri)}",
        _headers(request.headers),
        f"      body: {body_scalar(request.body, 8) if request.body else 'null'}",
        "    response:",
        "      status:",
        f"        code: {response.status}",
        f"        message: {one_line(response.reason)}",
        _headers(response.headers),
        "      body:",
        f"        string: {body_scalar(response.body, 10)}",
        *_facts(response.extra),
        *_facts(interaction.others, 4),
    ]
    facts = _facts({name: value for name, value in interaction.metadata.items() if name != INDEX_KEY})
    lines += ["    metadata:", *facts] if facts or key else ["    metadata: {}"]
    text = "\n".join(lines) + "\n"
    if key is None:
        return text
    digest = item_digest(text.encode("ascii"), key)
    return f"{text}      {INDEX_KEY}: {INDEX_VERSION}-{key}-{digest}\n"


def file_text(items: Iterable[str], others: Mapping[str, object] | None = None) -> str:
    """A whole cassette of items made by `item_text`; `others` are further top-level keys to keep."""
    kept = "".join(f"{one_line(name)}: {_json(value)}\n" for name, value in (others or {}).items())
    head = PROLOGUE if not kept else f"version: 1\n{kept}interactions:\n"
    body = "".join(SEPARATOR + item for item in items)
    return head + body if body else head.replace("interactions:", "interactions: []")


def _headers(headers: Headers) -> str:
    if not headers:
        return "      headers: {}"
    lines = ["      headers:"]
    for name, values in grouped_headers(headers).items():
        lines.append(f"        {one_line(name)}:")
        lines.extend(f"          - {one_line(value)}" for value in values)
    return "\n".join(lines)


def _facts(facts: Mapping[str, object], indent: int = 6) -> list[str]:
    return [f"{' ' * indent}{one_line(name)}: {_json(value)}" for name, value in facts.items()]


def _json(value: object) -> str:
    """A value as YAML flow on one line: JSON, but for characters that JSON writes as surrogates."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, list):
        return "[" + ", ".join(quoted(v) if isinstance(v, str) else _json(v) for v in value) + "]"
    if isinstance(value, Mapping):
        pairs = ((quoted(str(k)), quoted(v) if isinstance(v, str) else _json(v)) for k, v in value.items())
        return "{" + ", ".join(f"{k}: {v}" for k, v in pairs) + "}"
    return json.dumps(value, default=str)
