"""Cassette files in our own shape: cut at their items, each believed for its digest, none parsed.

That costs a few microseconds an interaction. An item that somebody edited is parsed at once, so that what is
wrong with it shows when the file is read and not when it is played.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from twilio_test_proxy.cassettes import items, shapes, yaml_tree
from twilio_test_proxy.cassettes.entries import Document, Entry, cut_notice, parsed_item
from twilio_test_proxy.cassettes.yaml_writer import SEPARATOR

PENDING = b"? |\n"
"""The line that opens an interaction which is being written: a YAML key that holds a block of text.

Every beginning of the line, and of the block after it, is valid YAML, so a write cut short at any byte leaves
a file that loads. Its first byte turned into `#` makes it a comment, and the block the next item."""

_CANONICAL = re.compile(rb"version: 1\n(?:[A-Za-z\"][^\n]*\n)*?interactions:\n(?=[# \n])")
_GAP = re.compile(rb"(?:#[^\n]*\n|\n)*")
_TORN_HEADER = re.compile(rb"\n\?(?: \|?)?\Z")
_IRREGULAR = re.compile(rb"^[^ #\n]", re.MULTILINE)
_NOT_PENDING = re.compile(rb"^[^ \n\0]", re.MULTILINE)  # zeros are what a power failure leaves of a write
_ITEM = re.compile(rb"\n  - ")


def read_canonical(path: Path, data: bytes) -> Document | None:
    """The document, or None if the file is not in our shape or holds anything that is not well-formed."""
    head = _CANONICAL.match(data)
    if head is None:
        return None
    if not data.isascii() and not _is_utf8(data):
        return None
    document = Document(existed=True, size=len(data))
    end = _cut_pending(path, data, document)
    if _NOT_PENDING.search(data, end + len(PENDING)):  # somebody, or a merge, wrote more below
        return None
    starts = [match.start() + 1 for match in _ITEM.finditer(data, head.end() - 1, end)]
    if not starts or not _GAP.fullmatch(data, head.end(), starts[0]):
        return None
    if head.end() > len(b"version: 1\ninteractions:\n"):
        try:
            others = yaml_tree.parse(data[: head.end()].decode("utf-8"))
        except yaml_tree.TreeError:
            return None
        if isinstance(others, Mapping):
            document.others = {k: v for k, v in others.items() if k not in ("version", "interactions")}
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        found = items.indexed(data, start, stop)
        if found is None or not _GAP.fullmatch(data, found[1], stop):
            entry = _edited_entry(data[start:stop])
            if entry is None:
                return None
            document.entries.append(entry)
        else:
            document.entries.append(Entry(None, found[0], data, (start, found[1])))
    document.append_at = end if data.endswith(b"\n", 0, end) else None
    return _without_cut_item(path, data, starts[-1], document)


def _cut_pending(path: Path, data: bytes, document: Document) -> int:
    """Where the finished interactions end: before one that was still being written."""
    pending = data.rfind(b"\n" + PENDING)
    if pending < 0:
        torn = _TORN_HEADER.search(data)
        if torn is None:
            return len(data)
        pending = torn.start()
    line = data.count(b"\n", 0, pending + 1) + 1
    document.notices.append(
        f"Cassette {path}, line {line}: the last interaction is unfinished, because its recorder was stopped"
        " while it wrote it or is writing it now; it is left out."
    )
    return pending + 1


def _edited_entry(chunk: bytes) -> Entry | None:
    """An item that is not as we wrote it, parsed; None if the whole file must be looked at to say why not."""
    if _IRREGULAR.search(chunk):
        return None
    try:
        return Entry(parsed_item(chunk.decode("utf-8")), None)
    except (UnicodeDecodeError, yaml_tree.TreeError, shapes.ShapeError):
        return None


def _without_cut_item(path: Path, data: bytes, last: int, document: Document) -> Document:
    """Leave out a last item of ours that lost its end: a body cut short shows only by missing metadata."""
    ours = data.endswith(SEPARATOR.encode(), 0, last)
    if document.entries[-1].key is not None or not ours or b"\n    metadata:" in data[last:]:
        return document
    document.entries.pop()
    document.append_at = last
    document.notices.append(cut_notice(path, data, last))
    return document


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
