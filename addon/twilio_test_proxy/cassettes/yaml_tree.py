"""YAML from anywhere as plain dicts, lists, strings, integers and bytes: no objects, no bombs.

Built on libyaml's events and not on its composer, which overflows the stack on deep nesting and knows neither
lines nor the size of what aliases expand to. Plain text that YAML 1.1 takes for dates or floats stays text.
"""

from __future__ import annotations

import base64
import binascii
import re

import yaml

MAX_DEPTH = 50
"""A cassette is seven levels deep; metadata of other recorders may be deeper."""

MAX_EXPANDED_NODES = 5_000_000
"""What all aliases may stand for together: vcrpy's own aliases stand for a few nodes each."""

_MAX_KEY_SHOWN = 80

_LIBYAML_TOO_DEEP = "exceeded maximum nesting depth"
"""What the libyaml of PyYAML 6.0.4 says, which reads ahead of its events as far as a thousand levels."""

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTHS = {"true": True, "false": False}
_CORE = "tag:yaml.org,2002:"
# Tags that vcrpy's loader knows beside YAML's own and that mean plain data.
_TEXT_TAGS = frozenset({"!", _CORE + "str", _CORE + "python/str", _CORE + "python/unicode"})
# The second is how Ruby's YAML writes binary strings.
_BINARY_TAGS = frozenset({_CORE + "binary", "!binary"})
_PLAIN_TAGS = frozenset({_CORE + kind for kind in ("int", "float", "bool", "null", "timestamp", "map", "seq")})


class TreeError(ValueError):
    """The text is no acceptable YAML. `line` counts from 1; `at_end` says that it stopped short."""

    def __init__(self, problem: str, cure: str, line: int, at_end: bool = False) -> None:
        self.problem = problem
        self.cure = cure
        self.line = line
        self.at_end = at_end
        super().__init__(f"line {line}: {problem}; {cure}")


class Mapping(dict[str, object]):
    """A mapping that knows the line on which it starts, counted from 1."""

    __slots__ = ("line",)
    line: int


class _Collection:
    __slots__ = ("anchor", "key", "value", "weight")

    def __init__(self, value: Mapping | list[object], anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.key: str | None = None
        self.weight = 1

    def add(self, child: object, weight: int, event: yaml.Event) -> None:
        self.weight += weight
        if isinstance(self.value, list):
            self.value.append(child)
        elif self.key is None:
            self.key = child if isinstance(child, str) else repr(child)
            if self.key in self.value:  # YAML forbids it; to take the last, as most readers do, loses the others
                raise repeated_key(self.key, _line(event))
        else:
            self.value[self.key] = child
            self.key = None


def parse(text: str) -> object:
    """The one document in `text`.

    Raises:
        TreeError: it is no YAML, holds tags that build objects, aliases without bound, too deep nesting or a
            key that a mapping has already.
    """
    lines = text.rstrip().split("\n")
    try:
        return _build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line + 1 if mark else 1, len(lines))
        shown = lines[line - 1]
        if "\t" in shown[: len(shown) - len(shown.lstrip())]:
            raise TreeError("a tab in the indentation", "indent with spaces", line) from error
        if error.problem == _LIBYAML_TOO_DEEP:
            raise _too_deep(line) from error
        cure = "correct that line or restore the file from version control"
        raise TreeError(f"this is not YAML ({error.problem})", cure, line, line == len(lines)) from error
    except yaml.reader.ReaderError as error:
        # libyaml's error has a position in bytes of a buffer, so the character is looked for again.
        found = _FORBIDDEN.search(text)
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        at_end = found is not None and not text[found.start() :].strip("\0")
        raise TreeError("a control character, which YAML forbids", "remove it", line, at_end) from error


def _build(text: str) -> object:
    stack: list[_Collection] = []
    anchors: dict[str, tuple[object, int]] = {}
    root: object = None
    expanded = 0
    documents = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        weight = 1
        done: object
        if isinstance(event, yaml.ScalarEvent):
            done = _scalar(event)
            if event.anchor:
                anchors[event.anchor] = (done, 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            _check_tag(event.tag, _line(event))
            if len(stack) >= MAX_DEPTH:
                raise _too_deep(_line(event))
            stack.append(_Collection(_collection(event), event.anchor))
            continue
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = stack.pop()
            done, weight = closed.value, closed.weight
            if closed.anchor:
                anchors[closed.anchor] = (done, weight)
        elif isinstance(event, yaml.AliasEvent):
            line = _line(event)
            if event.anchor not in anchors:
                raise TreeError(f"the alias *{event.anchor} has no anchor before it", "write its value out", line)
            done, weight = anchors[event.anchor]
            expanded += weight
            if expanded > MAX_EXPANDED_NODES:
                raise TreeError("aliases stand for too many values (an alias bomb)", "write the values out", line)
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise TreeError("a second YAML document starts here", "keep one document", _line(event))
            continue
        else:
            continue
        if stack:
            stack[-1].add(done, weight, event)
        else:
            root = done
    return root


def repeated_key(key: str, line: int) -> TreeError:
    """The error for a key that stands in its mapping already, as a careless merge leaves it."""
    shown = key if len(key) <= _MAX_KEY_SHOWN else key[: _MAX_KEY_SHOWN - 3] + "..."
    return TreeError(f"the key {shown!r} is in its mapping already", "join the two under one key", line)


def _too_deep(line: int) -> TreeError:
    return TreeError(f"more than {MAX_DEPTH} levels of nesting", "this is no cassette, remove it", line)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _collection(event: yaml.CollectionStartEvent) -> Mapping | list[object]:
    if isinstance(event, yaml.SequenceStartEvent):
        return []
    mapping = Mapping()
    mapping.line = _line(event)
    return mapping


def _check_tag(tag: str | None, line: int) -> None:
    if tag is not None and tag not in _TEXT_TAGS and tag not in _PLAIN_TAGS:
        shown = tag.replace(_CORE, "!!")
        raise TreeError(f"the tag {shown} asks for an object, which is never built", "write plain text instead", line)


def _scalar(event: yaml.ScalarEvent) -> object:
    value: str = event.value
    tag: str | None = event.tag
    if tag in _BINARY_TAGS:
        try:
            return base64.b64decode(value)
        except binascii.Error as error:
            raise TreeError(f"a !!binary value is no base64 ({error})", "restore it", _line(event)) from error
    _check_tag(tag, _line(event))
    if tag in _TEXT_TAGS or not event.implicit[0]:
        return value
    if value in _NULLS:
        return None
    if _INTEGER.fullmatch(value):
        return int(value) if len(value) < 20 else value
    return _TRUTHS.get(value.lower(), value)
