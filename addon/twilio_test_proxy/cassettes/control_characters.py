"""Text from files and from the network, made fit for a terminal, which takes control characters for commands."""

from __future__ import annotations

REPLACEMENT = "\ufffd"


def printable(text: str, kept: str = "") -> str:
    """The text with U+FFFD in place of every character that is not printed, save those in `kept`.

    Among them are escape sequences, which clear the screen or set the clipboard, and marks that turn the
    direction of writing.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in kept else REPLACEMENT for char in text)
