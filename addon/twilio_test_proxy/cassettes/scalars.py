"""Text as YAML scalars: pure ASCII, readable in a diff, and exactly the same text when read back.

Source: YAML 1.1 (what PyYAML and libyaml read), https://yaml.org/spec/1.1/, chapters 5.6 (escapes) and 9.
"""

from __future__ import annotations

import base64
import re

# Plain where no reader can take it for anything but text: no indicator in front, no ": " or " #" inside.
_PLAIN = re.compile(r"[A-Za-z/](?:[A-Za-z0-9!$%&()*+,./;<=>?@^_~|\[\]{}'\"-]|:(?=[^ ])|(?<=[^ ])#| (?=[^ #]))*")
_NOT_TEXT = frozenset({"y", "n", "yes", "no", "true", "false", "on", "off", "null"})

# A literal block keeps tabs and line feeds; a carriage return would come back as a line feed.
_LITERAL = re.compile(r"[\t\n\x20-\x7e]+")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")

_ESCAPED = re.compile(r'[^\x20-\x7e]|["\\]')
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0", "\x1b": "\\e"}
_UNESCAPED = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|\n *|(.))", re.DOTALL)
_LONG_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "e": "\x1b"}


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    short = _SHORT_ESCAPES.get(char)
    if short is not None:
        return short
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00  # a byte that was not UTF-8 (PEP 383); YAML knows no surrogates
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        return chr(int(code, 16))
    return _LONG_ESCAPES.get(match[4], match[4] or "")


def quoted(text: str) -> str:
    """The text as a double-quoted scalar on one line."""
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def unquoted(scalar: str) -> str:
    """The text of a double-quoted scalar that `quoted` or `body_scalar` wrote."""
    inner = scalar[1:-1]
    return _UNESCAPED.sub(_unescape, inner) if "\\" in inner else inner


def one_line(text: str) -> str:
    """The text as a scalar on one line, plain where that is safe."""
    if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    return quoted(text)


def body_scalar(body: bytes, indent: int) -> str:
    """A body as what follows `key: `: text wherever it is text, in lines wherever it has lines.

    Args:
        body: the bytes; UTF-8 without control characters is text, anything else is written as `!!binary`.
        indent: how many spaces the continuation lines get.
    """
    if not body:
        return '""'
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return _binary(body, indent)
    if _BINARY.search(text):
        return _binary(body, indent)
    if "\n" not in text and _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    if _LITERAL.fullmatch(text) and not text.isspace():
        return _literal(text, indent)
    return _quoted_lines(text, indent)


def _binary(body: bytes, indent: int) -> str:
    lines = base64.encodebytes(body).decode().splitlines()  # of 76 characters, as PyYAML writes them
    return "!!binary |\n" + "\n".join(" " * indent + line for line in lines)


def _literal(text: str, indent: int) -> str:
    lines = text.split("\n")
    chomp = "-"
    if lines[-1] == "":
        lines.pop()
        chomp = "" if lines[-1] else "+"
    # A first line that is empty or starts with white space would be taken for the indentation.
    indicator = "" if lines[0] and lines[0][0] not in " \t" else "2"
    margin = " " * indent
    return f"|{indicator}{chomp}\n" + "\n".join(margin + line if line else "" for line in lines)


def _quoted_lines(text: str, indent: int) -> str:
    escaped = [_ESCAPED.sub(_escape, line) for line in text.split("\n")]
    margin = "\n" + " " * indent
    parts = [escaped[0]]
    for line in escaped[1:]:
        # The break after a backslash and the spaces after that are no part of the text, so a space that
        # is part of it gets a backslash of its own.
        parts.append(("\\n\\" + margin if line else "\\n") + ("\\" + line if line.startswith(" ") else line))
    return '"' + "".join(parts) + '"'
