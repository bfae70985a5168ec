"""Where the cassette of a test lies, and how it is called."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

MAX_LENGTH = 100
"""Characters of a test's name in a cassette's; the directories come on top (`cassettes.names.MAX_NAME_LENGTH`)."""

_FORBIDDEN = re.compile(r"[^A-Za-z0-9._-]")


def cassette_directory(module: Path, given: Path | None) -> Path:
    """The directory of a module's cassettes: the one given, else `cassettes/<module>/` beside it.

    The latter is where pytest-recording keeps them (its fixture `vcr_cassette_dir`).
    """
    return given if given is not None else module.parent / "cassettes" / module.stem


def default_name(test: str, class_name: str = "") -> str:
    """The name for the cassette of a test: `test_sends`, `TestOrders.test_sends`, `test_sends-german`.

    pytest-recording names them alike (its fixture `default_cassette_name`), but for parameters: a cassette's name has
    no brackets. Where other characters are lost too, or the name is too long, a hash keeps two names apart. And it
    names the innermost class only, so that the tests of two inner classes may share a cassette; here they do not.

    Args:
        test: the test's name with its parameters, `test_sends[german]`.
        class_name: the name of its class, after those that it stands in (`TestOrders.TestFirst`), or empty.
    """
    whole = f"{class_name}.{test}" if class_name else test
    plain = whole[:-1].replace("[", "-", 1) if whole.endswith("]") else whole
    name = _FORBIDDEN.sub("-", plain)
    if name == plain and len(name) <= MAX_LENGTH:
        return name
    digest = hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{name[: MAX_LENGTH - 9].rstrip('-')}-{digest}"


def name_below(root: Path, directory: Path, name: str) -> str:
    """The name of a cassette of `directory` as the proxy knows it, whose cassette directory is `root`.

    Raises:
        ValueError: `directory` lies outside; the text says what to do.
    """
    try:
        below = directory.absolute().relative_to(root.absolute())
    except ValueError:
        raise ValueError(
            f"The cassette directory {directory} lies outside {root}: name it with --twilio-cassette-dir."
        ) from None
    return (below / name).as_posix()


def without_suffix(module: Path, root: Path) -> str:
    """A module's path below `root` for a cassette's name: `tests/test_orders`."""
    path = module.relative_to(root) if module.is_relative_to(root) else Path(module.name)
    return "/".join(_FORBIDDEN.sub("-", part) for part in path.with_suffix("").parts)
