"""Cassette files, read into entries: at once what must be known, the rest when it is asked for.

A file in the shape of `yaml_writer` is cut at its items and each item's digest checked, which costs a few
microseconds; any other file, or an item that somebody edited, is parsed as YAML. A file that cannot be read
is an error and never an empty cassette.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from twilio_test_proxy.cassettes import shapes, yaml_tree
from twilio_test_proxy.cassettes.canonical import read_canonical
from twilio_test_proxy.cassettes.entries import Document, Entry, cut_notice
from twilio_test_proxy.cassettes.errors import CassetteError

MAX_FILE_BYTES = 512 * 1024 * 1024
"""A cassette is held in memory; a hundred thousand Twilio interactions are 200 MB."""

_MERGE_MARKER = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?: |$)", re.MULTILINE)
_FIRST_ITEM = re.compile(rb"^\"?interactions\"?:[ ]*(?:#[^\n]*)?\n(?:[ ]*#[^\n]*\n)*([ ]*)-[ ]", re.MULTILINE)


def read_document(path: Path) -> Document:
    """Read the cassette file at `path`; a file that does not exist gives a document that did not exist.

    Raises:
        CassetteError: the file is no readable cassette.
    """
    data = read_bytes(path)
    if data is None or not data.strip():
        return Document()
    if path.suffix.lower() == ".json":
        return _read_json(path, data)
    document = read_canonical(path, data)
    return document if document is not None else _read_yaml(path, data)


def read_bytes(path: Path) -> bytes | None:
    """The bytes of a regular file of bounded size, None where there is no file.

    Raises:
        CassetteError: it is no such file, or cannot be read.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise CassetteError(path, "this is a directory", "name a file, such as checkout.yaml in it")
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for somebody to write
            raise CassetteError(path, "this is no regular file", "name a file")
        with path.open("rb") as file:
            if status.st_size > MAX_FILE_BYTES:
                raise CassetteError(
                    path,
                    f"the file is too large ({status.st_size:,} bytes, the limit is {MAX_FILE_BYTES:,})",
                    "split it into several cassettes",
                )
            return file.read()
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise CassetteError(
            path, "the file cannot be read: permission denied", "give yourself read permission"
        ) from error
    except OSError as error:
        raise CassetteError(path, f"the file cannot be read: {error.strerror}", "check the path") from error


def _read_yaml(path: Path, data: bytes) -> Document:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CassetteError(
            path, f"byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8", line
        ) from error
    try:
        document = _document(path, yaml_tree.parse(text))
    except yaml_tree.TreeError as error:
        marker = _MERGE_MARKER.search(text)
        if marker is not None:
            line = text.count("\n", 0, marker.start()) + 1
            raise CassetteError(path, "a merge conflict is not resolved", "resolve it", line) from error
        recovered = _recovered(path, data) if error.at_end else None
        if recovered is not None:
            return recovered
        raise CassetteError(path, error.problem, error.cure, error.line) from error
    except shapes.ShapeError as error:
        recovered = _recovered(path, data) if error.incomplete else None
        if recovered is not None:
            return recovered
        raise CassetteError(path, error.problem, error.cure, error.line) from error
    document.size = len(data)
    return document


def _recovered(path: Path, data: bytes) -> Document | None:
    """The document without its last item, if that item alone is at fault."""
    first = _FIRST_ITEM.search(data)
    if first is None:
        return None
    cut = data.rfind(b"\n" + first[1] + b"- ") + 1
    if cut <= first.end():
        return None
    before = data[:cut]
    try:
        document = read_canonical(path, before) or _document(path, yaml_tree.parse(before.decode("utf-8")))
    except (yaml_tree.TreeError, shapes.ShapeError, CassetteError):
        return None
    document.size = len(data)
    document.notices.append(cut_notice(path, data, cut))
    return document


def _read_json(path: Path, data: bytes) -> Document:
    try:
        document = _document(path, json.loads(data.decode("utf-8"), object_pairs_hook=_unrepeated))
    except _RepeatedKeyError as error:
        raise _repeated(path, str(error), data.decode("utf-8")) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CassetteError(path, "a byte is not UTF-8", "save the file as UTF-8", line) from error
    except json.JSONDecodeError as error:
        raise CassetteError(path, f"this is not JSON ({error.msg})", "correct it", error.lineno) from error
    except RecursionError as error:
        raise CassetteError(path, "the nesting is too deep", "flatten it") from error
    except shapes.ShapeError as error:
        raise CassetteError(path, error.problem, error.cure, error.line) from error
    document.size = len(data)
    return document


class _RepeatedKeyError(ValueError):
    """A JSON object has this key twice."""


def _unrepeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) == len(pairs):
        return mapping
    names = [name for name, _ in pairs]
    raise _RepeatedKeyError(next(name for place, name in enumerate(names) if name in names[:place]))


def _repeated(path: Path, key: str, text: str) -> CassetteError:
    """The error for a key that stands in a JSON object twice; the YAML parser, which reads JSON, knows the line."""
    expected = yaml_tree.repeated_key(key, 1)
    try:
        yaml_tree.parse(text)
    except yaml_tree.TreeError as error:
        if error.problem == expected.problem:
            return CassetteError(path, error.problem, error.cure, error.line)
    return CassetteError(path, expected.problem, expected.cure)


def _document(path: Path, tree: object) -> Document:
    if isinstance(tree, list):
        raise CassetteError(
            path,
            "the root is a list, as vcrpy wrote before version 1.0",
            "convert it with `python -m vcr.migration FILE`",
            1,
        )
    if not isinstance(tree, Mapping):
        raise CassetteError(path, "the root is no mapping", "restore the file or record it again", 1)
    if "http_interactions" in tree or ":http_interactions" in tree:
        raise CassetteError(
            path,
            "this is a cassette of Ruby VCR",
            "convert it with `scripts/cassette import OLD.yml NEW.yaml`",
            1,
        )
    version = tree.get("version", 1)
    if not _is_one(version):
        raise CassetteError(path, f"version {version!r} is unknown", "record it again with version 1", _line_of(tree))
    if "interactions" not in tree:
        raise CassetteError(path, "there is no `interactions`", "restore it, or remove the file to record anew", 1)
    interactions = tree["interactions"]
    if not isinstance(interactions, list):
        found = "null" if interactions is None else f"a {type(interactions).__name__}"
        raise CassetteError(
            path,
            f"`interactions` is {found}, not a list",
            "write `interactions: []` or restore it",
            _line_of(tree),
        )
    entries = [Entry(shapes.interaction_from(item, _line_of(tree)), None) for item in interactions]
    others = {name: value for name, value in tree.items() if name not in ("version", "interactions")}
    document = Document(entries=entries, existed=True, others=others)
    if "version" not in tree:
        # vcrpy writes it last, so its absence shows a file that was cut between two interactions.
        document.notices.append(f"Cassette {path}: there is no `version`, so the file may be cut short.")
    return document


def _is_one(version: object) -> bool:
    """Whether a version is 1, however it is spelt; vcrpy writes a number and looks at none."""
    if isinstance(version, bool) or not isinstance(version, int | float | str):
        return False
    try:
        return float(version) == 1
    except ValueError:
        return False


def _line_of(value: object) -> int | None:
    return getattr(value, "line", None)
