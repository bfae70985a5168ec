"""Items as `yaml_writer` writes them, read back without a YAML parser.

Only an item whose digest holds is read this way: it is bit for bit what `item_text` wrote, so its grammar
is the writer's and not YAML's. Everything else goes through `documents`.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
from collections.abc import Iterator

from twilio_test_proxy.cassettes.interaction import Headers, Interaction, Request, Response
from twilio_test_proxy.cassettes.scalars import unquoted
from twilio_test_proxy.cassettes.yaml_writer import INDEX_KEY, INDEX_VERSION, item_digest

_INDEX = f"      {INDEX_KEY}: {INDEX_VERSION}-".encode()
_KEY_LENGTH = _DIGEST_LENGTH = 32
_INDEX_LENGTH = len(_INDEX) + _KEY_LENGTH + 1 + _DIGEST_LENGTH + 1
_FIRST_LINES = re.compile(rb"  - request:\n      method: (.*)\n      uri: (.*)\n")
_FACT = re.compile(r"\n {4}(?: {2})?[^ \n]")
_BINARY = re.compile(rb": !!binary \|\n((?: +[A-Za-z0-9+/=]+\n)+)")


class NotCanonicalError(ValueError):
    """The item holds something that only a YAML parser reads (facts of other recorders)."""


def indexed(data: bytes, start: int, end: int) -> tuple[str, int] | None:
    """The key of the item at `start` and where its text ends, or None if it has no index that holds.

    Args:
        data: the file.
        start: the offset of the item's first line.
        end: the offset of the next item, or of the end.
    """
    index = data.rfind(_INDEX, start, end)
    stop = index + _INDEX_LENGTH
    if index < 0 or stop > end:
        return None
    key, _, digest = data[index + len(_INDEX) : stop - 1].decode("latin-1").partition("-")
    if len(key) != _KEY_LENGTH or digest != item_digest(data[start:index], key):
        return None
    return key, stop


def binary_bodies(data: bytes) -> Iterator[bytes]:
    """Every binary body in a text of ours, decoded, so that what else is encoded in it shows."""
    for match in _BINARY.finditer(data):
        with contextlib.suppress(binascii.Error):  # a text that only looks like one, which shows all it holds anyway
            yield base64.b64decode(match[1])


def method_and_uri(text: bytes) -> tuple[str, str]:
    """The request's method and URI of an item whose digest holds, without reading the rest."""
    match = _FIRST_LINES.match(text)
    if match is None:
        raise NotCanonicalError("the item does not start with method and uri")
    return _scalar(match[1].decode()), _scalar(match[2].decode())


def uri_and_body(text: bytes) -> tuple[str, bytes]:
    """The request's URI and body of an item whose digest holds, without reading the rest."""
    request = text[: text.index(b"\n    response:\n")].decode("ascii")
    top, _, body = request.partition("\n      body: ")
    uri = top.split("\n", 3)[2]
    return _scalar(uri.removeprefix("      uri: ")), b"" if body == "null" else _body(body, 8)


def read_item(text: bytes) -> Interaction:
    """The interaction in the text of an item whose digest holds.

    Raises:
        NotCanonicalError: the item holds facts of other recorders; read it as YAML.
    """
    whole = text.decode("ascii")
    request, _, rest = whole.partition("\n    response:\n")
    response, _, facts = rest.partition("\n    metadata:\n")
    return Interaction(_request(request), _response(response), _metadata(facts))


def read_response(text: bytes) -> Response:
    """The response in the text of an item whose digest holds, without reading the rest.

    Raises:
        NotCanonicalError: as `read_item`.
    """
    start = text.index(b"\n    response:\n") + len(b"\n    response:\n")
    return _response(text[start : text.rindex(b"\n    metadata:\n")].decode("ascii"))


def _request(text: str) -> Request:
    top, _, body = text.partition("\n      body: ")
    _, method, uri, headers = top.split("\n", 3)
    return Request(
        _scalar(method.removeprefix("      method: ")),
        _scalar(uri.removeprefix("      uri: ")),
        _headers(headers),
        b"" if body == "null" else _body(body, 8),
    )


def _response(text: str) -> Response:
    top, _, body = text.partition("\n      body:\n        string: ")
    _, code, message, headers = top.split("\n", 3)
    if _FACT.search(body):
        raise NotCanonicalError("in the response, or beside it, are facts of another recorder")
    return Response(
        int(code.removeprefix("        code: ")),
        _scalar(message.removeprefix("        message: ")),
        _headers(headers),
        _body(body, 10),
    )


def _metadata(text: str) -> dict[str, object]:
    facts: dict[str, object] = {}
    for line in text.splitlines():
        name, _, value = line.strip().partition(": ")
        if not name.isidentifier() or not (value.startswith('"') or value[:1].isalpha()):
            if name == INDEX_KEY:
                continue
            raise NotCanonicalError("the metadata hold facts of another recorder")
        facts[name] = _scalar(value)
    return facts


def _headers(text: str) -> Headers:
    pairs: list[tuple[str, str]] = []
    name = ""
    for line in text.split("\n")[1:]:
        if line.startswith("          - "):
            pairs.append((name, _scalar(line[12:])))
        else:
            name = _scalar(line[8:-1])
    return tuple(pairs)


def _scalar(scalar: str) -> str:
    return unquoted(scalar) if scalar.startswith('"') else scalar


def _body(scalar: str, indent: int) -> bytes:
    if scalar.startswith("!!binary"):
        return base64.b64decode(scalar.partition("\n")[2])
    if not scalar.startswith("|"):
        return _scalar(scalar).encode()
    header, _, lines = scalar.partition("\n")
    text = ("\n" + lines).replace("\n" + " " * indent, "\n")[1:]
    return (text if header.endswith("-") else text + "\n").encode("ascii")
