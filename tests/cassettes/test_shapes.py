import json
from typing import Any

import pytest

from cassette_samples import sent_message, vcrpy_interaction
from twilio_test_proxy.cassettes import yaml_tree
from twilio_test_proxy.cassettes.interaction import Interaction
from twilio_test_proxy.cassettes.shapes import ShapeError, interaction_from

WHOLE = vcrpy_interaction()


def with_response(**parts: Any) -> Interaction:
    return interaction_from({"request": WHOLE["request"], "response": WHOLE["response"] | parts})


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (None, b""),
        ("", b""),
        ("To=1", b"To=1"),
        ("é", "é".encode()),
        (b"\xff", b"\xff"),
        ({"base64_string": "/w=="}, b"\xff"),
        ({"string": "x"}, b"x"),
        ({"encoding": "UTF-8", "string": "x"}, b"x"),
        (12, b"12"),
    ],
)
def test_every_form_of_a_request_body_is_read(body: object, data: bytes) -> None:
    assert interaction_from(vcrpy_interaction(body=body)).request.body == data


@pytest.mark.parametrize(
    ("body", "data"),
    [
        ({"string": "x"}, b"x"),
        ({"string": b"\xff"}, b"\xff"),
        ({"string": None}, b""),
        ({"base64_string": "/w=="}, b"\xff"),
        ("x", b"x"),
    ],
)
def test_every_form_of_a_response_body_is_read(body: object, data: bytes) -> None:
    assert with_response(body=body).response.body == data


def test_what_stands_beside_request_and_response_is_kept() -> None:
    assert interaction_from(WHOLE | {"note": "x", "metadata": {"a": "b"}}).others == {"note": "x"}
    assert interaction_from(WHOLE).others == {}


@pytest.mark.parametrize(
    ("headers", "pairs"),
    [
        ({"A": ["1", "2"], "B": "3"}, (("A", "1"), ("A", "2"), ("B", "3"))),
        ({"A": [b"\xff"]}, (("A", "\xff"),)),
        ({"A": [1], "B": None}, (("A", "1"), ("B", ""))),
        ({}, ()),
        (None, ()),
    ],
)
def test_every_form_of_headers_is_read(headers: object, pairs: object) -> None:
    assert interaction_from(vcrpy_interaction(headers=headers)).request.headers == pairs
    assert with_response(headers=headers).response.headers == pairs


def test_a_whole_interaction_is_read() -> None:
    interaction = interaction_from(WHOLE | {"metadata": {"recorded_at": "x"}})
    assert interaction.request.method == "POST"
    assert interaction.response.status == 201
    assert interaction.response.reason == "CREATED"
    assert interaction.response.body == sent_message().body
    assert interaction.metadata == {"recorded_at": "x"}


def test_what_only_other_recorders_write_is_kept() -> None:
    assert with_response(url="https://x", protocol=None).response.extra == {"url": "https://x", "protocol": None}


def test_the_old_httpx_shape_is_read() -> None:
    response = {"status_code": 404, "http_version": "HTTP/1.1", "headers": {"A": "b"}, "content": "gone"}
    read = interaction_from({"request": WHOLE["request"], "response": response}).response
    assert (read.status, read.headers, read.body) == (404, (("A", "b"),), b"gone")


@pytest.mark.parametrize(
    ("item", "said", "incomplete"),
    [
        (None, "an interaction is null", True),
        ([], "an interaction is a list", False),
        ({}, "an interaction has no `request`", True),
        ({"request": {}}, "an interaction has no `response`", True),
        ({"request": None, "response": None}, "request is null", True),
        ({"request": {}, "response": {}}, "request has no `method`", True),
        (vcrpy_interaction(uri=None), "`uri` is not text", True),
        (vcrpy_interaction(method=["GET"]), "`method` is not text", False),
        (vcrpy_interaction(headers=["A"]), "headers are not a mapping", False),
        (vcrpy_interaction(headers={"A": [["x"]]}), "the header A is not text", False),
        (vcrpy_interaction(body=["x"]), "a body is a list", False),
        (vcrpy_interaction(body={"base64_string": "a"}), "no base64", False),
        ({**WHOLE, "response": {"status": {"code": 200}}}, "response has no `body`", True),
        ({**WHOLE, "response": WHOLE["response"] | {"body": None}}, "a response has a null body", True),
        ({**WHOLE, "response": WHOLE["response"] | {"body": {}}}, "a body has no `string`", True),
        ({**WHOLE, "response": WHOLE["response"] | {"status": {}}}, "status has no `code`", True),
        ({**WHOLE, "response": WHOLE["response"] | {"status": {"code": "x"}}}, "is no HTTP status", False),
        ({**WHOLE, "response": WHOLE["response"] | {"status": {"code": 99}}}, "is no HTTP status", False),
    ],
)
def test_any_other_shape_is_refused(item: object, said: str, incomplete: bool) -> None:
    with pytest.raises(ShapeError) as raised:
        interaction_from(item)
    assert said in str(raised.value)
    assert raised.value.incomplete is incomplete


def test_the_line_of_what_is_wrong_is_known() -> None:
    item = yaml_tree.parse("request:\n  method: GET\n  uri: x\nresponse:\n  status:\n    code: 999999\n  body: ''\n")
    with pytest.raises(ShapeError) as raised:
        interaction_from(item)
    assert raised.value.line == 6


@pytest.mark.parametrize("uri", ["http://[x/", "https://api.twilio.com]/x", "http://a\u2100b/"])
def test_what_is_no_uri_is_refused_with_its_line(uri: str) -> None:
    text = f"request:\n  method: GET\n  uri: {json.dumps(uri)}\nresponse: {{status: {{code: 200}}}}\n"
    with pytest.raises(ShapeError, match="a `uri` is none") as raised:
        interaction_from(yaml_tree.parse(text))
    assert raised.value.line == 2
