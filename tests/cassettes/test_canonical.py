from pathlib import Path

import pytest

from cassette_samples import item, kept
from twilio_test_proxy.cassettes.canonical import PENDING, read_canonical
from twilio_test_proxy.cassettes.entries import Document
from twilio_test_proxy.cassettes.yaml_writer import file_text

PATH = Path("a.yaml")
TEXT = file_text(item(kept(number)) for number in range(3))


def read(text: str | bytes) -> Document | None:
    return read_canonical(PATH, text.encode() if isinstance(text, str) else text)


def bodies(document: Document | None) -> list[bytes]:
    assert document is not None
    return [entry.interaction.request.body for entry in document.entries]


ALL = [kept(number).request.body for number in range(3)]


def test_our_own_file_is_believed_for_its_digests() -> None:
    document = read(TEXT)
    assert bodies(document) == ALL
    assert document is not None
    assert all(entry.key for entry in document.entries)
    assert (document.existed, document.append_at, document.size) == (True, len(TEXT), len(TEXT))
    assert document.notices == []


def test_an_edited_item_is_parsed_and_the_others_are_not() -> None:
    document = read(TEXT.replace("1410555" + "0001", "1410555" + "9999", 1))
    assert bodies(document) == [ALL[0], ALL[1].replace(b"0001", b"9999"), ALL[2]]
    assert document is not None
    assert [entry.key is None for entry in document.entries] == [False, True, False]


def test_comments_and_empty_lines_between_items_are_welcome() -> None:
    assert bodies(read(TEXT.replace("#--\n", "\n# the second\n\n", 2))) == ALL


def test_a_file_without_a_last_line_feed_must_be_rewritten_first() -> None:
    document = read(TEXT.rstrip("\n"))
    assert bodies(document) == ALL
    assert document is not None
    assert document.append_at is None


def test_other_top_level_keys_are_kept() -> None:
    document = read(file_text([item(kept())], {"metadata": {"a": ["b"]}}))
    assert document is not None
    assert document.others == {"metadata": {"a": ["b"]}}


@pytest.mark.parametrize("left", [PENDING + item(kept(3)).encode(), PENDING, b"? |", b"? ", b"?"])
def test_an_interaction_still_being_written_is_left_out(left: bytes) -> None:
    document = read(TEXT.encode() + left)
    assert bodies(document) == ALL
    assert document is not None
    assert document.append_at == len(TEXT)
    [notice] = document.notices
    assert notice.startswith(f"Cassette a.yaml, line {TEXT.count(chr(10)) + 1}: the last interaction is unfinished")


def test_an_item_of_ours_that_lost_its_end_is_left_out() -> None:
    last = TEXT.rindex("#--\n") + 4
    body = TEXT.rindex("          {")
    for cut in range(body + 12, TEXT.rindex("    metadata:")):
        document = read(TEXT[:cut])
        assert bodies(document) == ALL[:2], TEXT[body:cut]
        assert document is not None
        assert document.append_at == last
        assert "cut short" in document.notices[0]


@pytest.mark.parametrize(
    "text",
    [
        "interactions:\n- request: {}\nversion: 1\n",
        "version: 1\ninteractions: []\n",
        "version: 1\ninteractions:\n",
        "version: 2\n" + TEXT.partition("\n")[2],
        TEXT + "version: 1\n",
        TEXT.replace("#--\n", "<<<<<<< HEAD\n", 1),
        TEXT.replace("#--\n", "=======\n", 2),
        TEXT.replace("      uri:", "\turi:", 1),
        TEXT.replace("      method: POST\n", "", 1),
        TEXT.replace("      method: POST\n", "      method: &m POST\n", 1).replace(
            "POST\n      uri", "*m\n      uri", 1
        ),
        TEXT.encode().replace(b"body: To", b"body: \xe9To", 1),
        TEXT.encode().replace(b"#--", b"#-- \xe9", 2),
        TEXT.replace("version: 1\n", "version: 1\na: [\n", 1),
        TEXT[: TEXT.rindex("    response:")],
        TEXT + "interactions: []\n",
        TEXT.replace("interactions:", "interactions: []\ninteractions:", 1),
        TEXT.replace("      uri:", "      method: GET\n      uri:", 1),
        TEXT.encode() + PENDING + item(kept(3)).encode() + b"interactions: []\n",
        TEXT.encode() + PENDING + item(kept(3)).encode() + b"#--\n" + item(kept(4)).encode(),
    ],
    ids=range(19),
)
def test_whatever_is_not_well_formed_is_left_to_the_yaml_parser(text: str | bytes) -> None:
    assert read(text) is None
