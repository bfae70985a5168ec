"""Many byte strings looked for in data at once, at a cost that does not grow with their number.

The data are read as whole words of four bytes, every fourth byte one. Of seven bytes in a row anywhere in them,
four are such a word, and it is one of the first four words that begin in the seven: under those each string is
filed. So a string is in the data only if one of its four words is, which a look into a table tells.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

MIN_LENGTH = 7
_WORD = 4


class Needles:
    """Byte strings, each with its owner. May be searched while another thread adds to it."""

    def __init__(self) -> None:
        self._by_word: dict[int, tuple[tuple[bytes, str], ...]] = {}

    def add(self, owner: str, needles: Iterable[bytes]) -> None:
        """File byte strings, of at least MIN_LENGTH bytes each, under their owner."""
        for needle in needles:
            for word in _words(needle):
                self._by_word[word] = (*self._by_word.get(word, ()), (needle, owner))

    def remove(self, owner: str, needles: Iterable[bytes]) -> None:
        """Forget byte strings as they were added."""
        for needle in needles:
            for word in _words(needle):
                left = tuple(filed for filed in self._by_word.get(word, ()) if filed != (needle, owner))
                if left:
                    self._by_word[word] = left
                else:
                    self._by_word.pop(word, None)

    def owners_in(self, data: bytes) -> set[str]:
        """The owners of every byte string that is in the data."""
        if not self._by_word:
            return set()
        words = memoryview(data)[: len(data) // _WORD * _WORD].cast("I")
        owners: set[str] = set()
        for word in self._by_word.keys() & words:  # runs over the words, not over the table
            for needle, owner in self._by_word.get(word, ()):
                if owner not in owners and needle in data:
                    owners.add(owner)
        return owners


def _words(needle: bytes) -> set[int]:
    return {int.from_bytes(needle[at : at + _WORD], sys.byteorder) for at in range(MIN_LENGTH - _WORD + 1)}
