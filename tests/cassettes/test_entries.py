from pathlib import Path

import pytest

from cassette_samples import item, kept
from twilio_test_proxy.cassettes.entries import Document, Entry, cut_notice, parsed_item
from twilio_test_proxy.cassettes.interaction import Interaction, Response
from twilio_test_proxy.cassettes.shapes import ShapeError


def test_an_entry_reads_its_interaction_from_its_span() -> None:
    text = item(kept()).encode()
    entry = Entry(None, "key", b"#--\n" + text + b"#--\n", (4, 4 + len(text)))
    assert entry.text == text
    assert entry.method_and_uri == ("POST", kept().request.uri)
    assert entry.uri_and_body == (kept().request.uri, kept().request.body)
    assert entry.interaction.request == kept().request
    assert entry.interaction.response == entry.response == kept().response


def test_an_entry_with_facts_of_other_recorders_is_read_as_yaml() -> None:
    foreign = Interaction(kept().request, Response(200, "OK", extra={"url": "https://x"}))
    text = item(foreign).encode()
    assert Entry(None, "key", text, (0, len(text))).interaction.response == foreign.response
    assert Entry(None, "key", text, (0, len(text))).response == foreign.response


def test_an_entry_that_came_parsed_has_no_text() -> None:
    entry = Entry(kept(), None)
    assert entry.text == b""
    assert entry.interaction == kept()
    assert entry.response == kept().response
    assert entry.method_and_uri == ("POST", kept().request.uri)
    assert entry.uri_and_body == (kept().request.uri, kept().request.body)


def test_one_item_is_one_interaction() -> None:
    assert parsed_item(item(kept())).response == kept().response
    with pytest.raises(ShapeError):
        parsed_item(item(kept()) + item(kept()))


def test_the_notice_names_the_line() -> None:
    assert cut_notice(Path("a.yaml"), b"1\n2\n3\n", 4) == (
        "Cassette a.yaml, line 3: the file is cut short in its last interaction, which is left out."
    )


def test_a_document_that_was_not_there_is_empty() -> None:
    document = Document()
    assert (document.entries, document.existed, document.append_at) == ([], False, None)
