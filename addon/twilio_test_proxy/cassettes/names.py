"""Which file a cassette's name means. Names come from clients, so they are never trusted."""

from __future__ import annotations

import re
from pathlib import Path

SUFFIXES = (".yaml", ".yml", ".json")
MAX_NAME_LENGTH = 200
_ALLOWED = re.compile(r"[A-Za-z0-9._/-]+")


class CassetteNameError(ValueError):
    """A name that names no cassette; the text says what a name may be."""


def cassette_path(directory: Path | str, name: str) -> Path:
    """The file of the cassette `name` inside `directory`; `.yaml` is added unless the name ends in a suffix.

    Raises:
        CassetteNameError: the name is empty, too long, has other characters than letters, digits, `.`, `_`,
            `-` and `/`, or leads outside the directory (by `..`, an absolute path or a symbolic link).
    """
    shown = name if len(name) <= 60 else name[:57] + "..."
    if not name:
        raise CassetteNameError("The cassette's name is empty: name one, as in http://checkout:x@127.0.0.1:8080.")
    if len(name) > MAX_NAME_LENGTH:
        raise CassetteNameError(
            f"The cassette name {shown!r} is longer than {MAX_NAME_LENGTH} characters: use a shorter one."
        )
    if not _ALLOWED.fullmatch(name):
        raise CassetteNameError(
            f"The cassette name {shown!r} has other characters than letters, digits, '.', '_', '-' and '/':"
            " use only those."
        )
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise CassetteNameError(
            f"The cassette name {shown!r} has an empty part, '.' or '..': name a file inside the cassette directory."
        )
    if parts[-1].startswith("."):
        raise CassetteNameError(
            f"The cassette name {shown!r} names a hidden file: start it with another character than '.'."
        )
    path = Path(directory, name if name.lower().endswith(SUFFIXES) else name + ".yaml")
    root = Path(directory).resolve()
    if _resolved(path) != root.joinpath(path.relative_to(directory)):
        raise CassetteNameError(
            f"The cassette name {shown!r} leads through a symbolic link: name a plain file inside {directory}."
        )
    return path


def _resolved(path: Path) -> Path | None:
    try:
        return path.resolve()
    except RuntimeError:  # up to Python 3.12: links that lead round in a circle
        return None
