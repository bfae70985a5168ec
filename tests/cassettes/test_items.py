import random

import pytest

from cassette_samples import item, kept, odd_bodies
from twilio_test_proxy.cassettes.entries import parsed_item
from twilio_test_proxy.cassettes.interaction import Interaction, Request, Response
from twilio_test_proxy.cassettes.items import (
    NotCanonicalError,
    binary_bodies,
    indexed,
    method_and_uri,
    read_item,
    read_response,
    uri_and_body,
)
from twilio_test_proxy.cassettes.matching import request_key


def test_what_was_written_is_read_back() -> None:
    choose = random.Random(4)
    for body in odd_bodies(4):
        text = body.decode("latin-1").replace("\r", "").replace("\n", "").strip() or "x"
        headers = ((text, text), ("Qq", ""), ("Qq", text))
        request = Request("POST", f"https://api.twilio.com/{text}", headers if choose.random() < 0.9 else (), body)
        response = Response(200, text, headers if choose.random() < 0.9 else (), body)
        interaction = Interaction(request, response, {"recorded_at": text})
        data = item(interaction).encode()
        read = read_item(data)
        assert (read.request, read.response) == (request, response)
        assert read_response(data) == response
        assert method_and_uri(data) == ("POST", request.uri)
        assert uri_and_body(data) == (request.uri, body)


def test_a_digest_that_holds_gives_key_and_end() -> None:
    data = item(kept()).encode()
    found = indexed(b"#--\n" + data + b"#--\n", 4, len(data) + 8)
    assert found == (request_key(kept().request), 4 + len(data))


@pytest.mark.parametrize("at", [5, 40, 300, -20, -40])
def test_an_edited_item_has_no_index(at: int) -> None:
    data = bytearray(item(kept()).encode())
    data[at] ^= 1
    assert indexed(bytes(data), 0, len(data)) is None


def test_binary_bodies_are_found_decoded() -> None:
    body = bytes(range(256)) * 3
    text = item(Interaction(Request("POST", "https://x/", (), b"\xff"), Response(200, "OK", (), body))).encode()
    assert list(binary_bodies(text + item(kept()).encode())) == [b"\xff", body]
    assert list(binary_bodies(item(kept()).encode())) == []


def test_an_item_cut_short_has_no_index() -> None:
    data = item(kept()).encode()
    for end in range(len(data)):
        assert indexed(data[:end], 0, end) is None
        assert indexed(data, 0, end) is None


def test_an_index_of_another_version_is_not_believed() -> None:
    data = item(kept()).encode().replace(b"index: 2-", b"index: 1-")
    assert indexed(data, 0, len(data)) is None


@pytest.mark.parametrize(
    "interaction",
    [
        Interaction(kept().request, Response(200, "OK", extra={"url": "x"})),
        Interaction(kept().request, kept().response, others={"note": "x"}),
        Interaction(kept().request, kept().response, {"recorder": ["a"]}),
        Interaction(kept().request, kept().response, {"of two words": "a"}),
    ],
    ids=["in the response", "beside it", "in the metadata", "under an odd name"],
)
def test_facts_of_other_recorders_need_a_yaml_parser(interaction: Interaction) -> None:
    with pytest.raises(NotCanonicalError):
        read_item(item(interaction).encode())
    assert parsed_item(item(interaction)).response == interaction.response
    assert parsed_item(item(interaction)).others == interaction.others


def test_an_item_in_another_order_has_no_first_lines() -> None:
    with pytest.raises(NotCanonicalError):
        method_and_uri(b"  - response:\n")
