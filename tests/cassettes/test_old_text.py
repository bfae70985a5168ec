import os
from pathlib import Path

import pytest

from cassette_samples import TOKEN, item, kept
from twilio_test_proxy.cassettes import old_text as module
from twilio_test_proxy.cassettes.errors import CassetteError
from twilio_test_proxy.cassettes.interaction import Interaction, Response
from twilio_test_proxy.cassettes.old_text import OldText, item_pieces
from twilio_test_proxy.cassettes.secrets import Secrets
from twilio_test_proxy.cassettes.yaml_writer import file_text

OTHER = "another-secret-1"


def search(path: Path, wanted: list[str], end: int | None = None) -> list[CassetteError | None]:
    """What is told of a search for these secrets, of two that are known."""
    secrets = Secrets()
    secrets.learn(TOKEN)
    secrets.learn(OTHER)
    told: list[CassetteError | None] = []
    searching = OldText(path, secrets, told.append)
    searching.search(wanted, path.stat().st_size if end is None else end)
    searching.wait()
    return told


def with_body(body: bytes) -> str:
    return item(Interaction(kept().request, Response(200, "OK", (), body)))


@pytest.mark.parametrize("body", [TOKEN.encode(), b"\xff" * 20_000 + TOKEN.encode()], ids=["text", "a long binary"])
def test_a_secret_is_found_wherever_it_stands(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "a.yaml"
    for before in (0, 1, 30):
        path.write_text(file_text([*[item(kept(n)) for n in range(before)], with_body(body), item(kept(99))]))
        assert search(path, [TOKEN]) == [None]
        assert search(path, [OTHER]) == []
        assert search(path, [OTHER, TOKEN]) == [None]


def test_only_the_beginning_is_searched(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(file_text([item(kept()), with_body(TOKEN.encode())]))
    assert search(path, [TOKEN], path.stat().st_size - len(with_body(TOKEN.encode()))) == []


def test_a_file_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    assert search(tmp_path / "none.yaml", [TOKEN], 100) == []


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    [error] = search(tmp_path, [TOKEN], 100)
    assert "its older text cannot be searched: Is a directory" in str(error)


def test_whatever_stops_the_search_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(file_text([item(kept())]))
    monkeypatch.setattr(module, "holds_secret", lambda *_: 1 // 0)
    [error] = search(path, [TOKEN])
    assert "ZeroDivisionError" in str(error)


@pytest.mark.parametrize("size", [7, 64, 1000, 10**6])
def test_pieces_are_cut_only_where_an_item_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(file_text([item(kept(number)) for number in range(5)]))
    monkeypatch.setattr(module, "PIECE", size)
    with path.open("rb") as file:
        pieces = list(item_pieces(os.dup(file.fileno()), path.stat().st_size))
    assert b"".join(pieces) == path.read_bytes()
    assert all(piece.startswith(b"\n  - request") for piece in pieces[1:])
    assert len(pieces) == {7: 6, 64: 6, 1000: 5, 10**6: 2}[size]
