"""What goes wrong with a cassette, said in one sentence with file, line and cure."""

from __future__ import annotations

from pathlib import Path

from twilio_test_proxy.cassettes.control_characters import printable


class CassetteError(Exception):
    """A cassette cannot be read, written or opened; the text names the file, the line and what to do.

    Attributes:
        path: the file, as the caller named it.
        problem: what is wrong, without the file's name.
        cure: what to do next, an imperative clause.
        line: the line in the file, counted from 1, or None where none applies.
    """

    def __init__(self, path: Path | str, problem: str, cure: str, line: int | None = None) -> None:
        self.path = Path(path)
        self.problem = printable(problem)  # it may quote the file
        self.cure = cure
        self.line = line
        where = f"{path}, line {line}" if line is not None else str(path)
        super().__init__(printable(f"Cassette {where}: {problem}; {cure}."))


class SecretSurvivedError(CassetteError):
    """A secret was found in the bytes just written; they were removed and recording stopped."""
