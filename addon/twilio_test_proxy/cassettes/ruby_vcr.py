"""Cassettes of Ruby's VCR, read into interactions. They still have to be scrubbed.

Source: the cassette format of VCR 2 to 6, https://benoittgt.github.io/vcr/#/cassettes/format
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path

from twilio_test_proxy.cassettes import shapes, yaml_tree
from twilio_test_proxy.cassettes.accounts import HIDDEN_ACCOUNT
from twilio_test_proxy.cassettes.errors import CassetteError
from twilio_test_proxy.cassettes.interaction import Interaction

# Block style, or flow style: JSON, which VCR's serializer writes on one line.
_INTERACTIONS = re.compile(
    rb"^(?:---\s*)?(?:\{\s*(?:\"recorded_with\"\s*:\s*\"[^\"\n]*\"\s*,\s*)?)?[\"']?:?http_interactions[\"']?\s*:",
    re.MULTILINE,
)
# What `filter_sensitive_data` commonly leaves in place of the account SID.
_PLACEHOLDER = re.compile(r"/Accounts/(<[^<>/]+>|[A-Z][A-Z_]+[A-Z])(?=[/.?]|$)")


def is_ruby_vcr(data: bytes) -> bool:
    """Whether the bytes are a cassette of Ruby's VCR."""
    return _INTERACTIONS.search(data) is not None


def read_ruby_vcr(path: Path, data: bytes) -> list[Interaction]:
    """The interactions of a Ruby VCR cassette, as recorded.

    Raises:
        CassetteError: it is unreadable; the text names the line.
    """
    try:
        tree = yaml_tree.parse(data.decode("utf-8"))
        items = _plain(tree).get("http_interactions") if isinstance(tree, Mapping) else None
        if not isinstance(items, list):
            raise CassetteError(path, "`http_interactions` is not a list", "restore the file", 1)
        return [_interaction(item) for item in items]
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CassetteError(path, "a byte is not UTF-8", "save the file as UTF-8", line) from error
    except (yaml_tree.TreeError, shapes.ShapeError) as error:
        raise CassetteError(path, error.problem, error.cure, error.line) from error


def _interaction(item: object) -> Interaction:
    if not isinstance(item, Mapping):
        raise shapes.ShapeError("an interaction is not a mapping", "restore the file", None)
    item = _plain(item)
    request, response = _message(item.get("request")), _message(item.get("response"))
    request["method"] = str(request.get("method", "")).removeprefix(":").upper()
    known = shapes.interaction_from({"request": request, "response": response})
    recorded_at = item.get("recorded_at")
    metadata = {"recorded_at": _iso(str(recorded_at))} if recorded_at else {}
    # http_version and adapter_metadata are of no use to a replay.
    plain = Interaction(known.request, replace(known.response, extra={}), metadata)
    placeholder = _PLACEHOLDER.search(plain.request.uri)
    return _with_account(plain, placeholder[1]) if placeholder else plain


def _iso(text: str) -> str:
    """Ruby's HTTP date as ISO 8601, or the text as it is."""
    try:
        return parsedate_to_datetime(text).isoformat()
    except ValueError:
        return text


def _message(value: object) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise shapes.ShapeError("a request or response is not a mapping", "restore the file", None)
    message = _plain(value)
    status, body = message.get("status"), message.get("body")
    if isinstance(status, Mapping):
        message["status"] = _plain(status)
    if isinstance(body, Mapping):
        body = _plain(body)
        message["body"] = {"string": _bytes(body)} if "base64_string" not in body else body
    elif body is None or isinstance(body, str):
        message["body"] = {"string": body or ""}
    return message


def _plain(mapping: Mapping[str, object]) -> dict[str, object]:
    """The mapping with names for keys where Ruby wrote symbols, which have a colon in front."""
    plain = yaml_tree.Mapping((key.removeprefix(":"), value) for key, value in mapping.items())
    plain.line = getattr(mapping, "line", 1)
    return plain


def _bytes(body: Mapping[str, object]) -> bytes:
    text = body.get("string")
    if isinstance(text, bytes):
        return text
    if text is None:
        return b""
    encoding = str(body.get("encoding") or "UTF-8")
    # ASCII-8BIT is Ruby's name for "no encoding"; such text was valid UTF-8, or it would be !binary.
    codec = "utf-8" if encoding in ("ASCII-8BIT", "BINARY", "US-ASCII") else encoding
    try:
        return str(text).encode(codec)
    except (LookupError, UnicodeEncodeError):
        return str(text).encode()


def _with_account(interaction: Interaction, placeholder: str) -> Interaction:
    request, response = interaction.request, interaction.response
    old, new = placeholder.encode(), HIDDEN_ACCOUNT.encode()
    return Interaction(
        replace(
            request,
            uri=request.uri.replace(placeholder, HIDDEN_ACCOUNT),
            body=request.body.replace(old, new),
        ),
        replace(
            response,
            headers=tuple((name, value.replace(placeholder, HIDDEN_ACCOUNT)) for name, value in response.headers),
            body=response.body.replace(old, new),
        ),
        interaction.metadata,
    )
