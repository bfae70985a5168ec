"""A cassette's interactions as they were found in a file, parsed when somebody asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from twilio_test_proxy.cassettes import items, shapes, yaml_tree
from twilio_test_proxy.cassettes.interaction import Interaction, Response


class Entry:
    """One interaction of a file, parsed when it is asked for. `key` is None until somebody computes it."""

    __slots__ = ("_interaction", "_source", "_span", "key")

    def __init__(
        self,
        interaction: Interaction | None,
        key: str | None,
        source: bytes = b"",
        span: tuple[int, int] = (0, 0),
    ) -> None:
        self._interaction = interaction
        self.key = key
        self._source = source
        self._span = span

    @property
    def text(self) -> bytes:
        """The item's text in the file, empty for an entry that did not come from a file of our shape."""
        return self._source[slice(*self._span)]

    @property
    def method_and_uri(self) -> tuple[str, str]:
        """The request's method and URI, without parsing the rest."""
        if self._interaction is not None:
            return self._interaction.request.method, self._interaction.request.uri
        return items.method_and_uri(self.text)

    @property
    def uri_and_body(self) -> tuple[str, bytes]:
        """The request's URI and body, without parsing the rest."""
        if self._interaction is not None:
            return self._interaction.request.uri, self._interaction.request.body
        return items.uri_and_body(self.text)

    @property
    def response(self) -> Response:
        """The response, without parsing the rest."""
        if self._interaction is not None:
            return self._interaction.response
        try:
            return items.read_response(self.text)
        except items.NotCanonicalError:
            return self.interaction.response

    @property
    def interaction(self) -> Interaction:
        """The interaction; parsed anew each time, so that a large cassette does not fill the memory."""
        if self._interaction is not None:
            return self._interaction
        text = self.text
        try:
            return items.read_item(text)
        except items.NotCanonicalError:
            return parsed_item(text.decode("ascii"))


@dataclass(slots=True)
class Document:
    """What a cassette file holds.

    Attributes:
        entries: its interactions in the order of the file.
        existed: whether there was a cassette; a missing or blank file is none, as in vcrpy.
        notices: sentences about what was left out because it was cut short.
        append_at: the offset where an interaction can be appended, None if the file must be rewritten first.
        others: top-level keys that are kept but not ours.
        size: the file's length in bytes.
    """

    entries: list[Entry] = field(default_factory=list)
    existed: bool = False
    notices: list[str] = field(default_factory=list)
    append_at: int | None = None
    others: dict[str, object] = field(default_factory=dict)
    size: int = 0


def parsed_item(text: str) -> Interaction:
    """The interaction in the text of one item, read as YAML.

    Raises:
        TreeError: the text is no YAML.
        ShapeError: it is no interaction.
    """
    tree = yaml_tree.parse(text)
    if not isinstance(tree, list) or len(tree) != 1:
        raise shapes.ShapeError("an item is not one interaction", "restore it or record it again", None)
    return shapes.interaction_from(tree[0])


def cut_notice(path: Path, data: bytes, cut: int) -> str:
    """The sentence about a file whose last interaction, at the offset `cut`, lost its end."""
    line = data.count(b"\n", 0, cut) + 1
    return f"Cassette {path}, line {line}: the file is cut short in its last interaction, which is left out."
