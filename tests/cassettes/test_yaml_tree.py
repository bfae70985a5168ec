import pytest
import yaml

from cassette_samples import ALIAS_BOMB, vcrpy_interaction
from twilio_test_proxy.cassettes import yaml_tree
from twilio_test_proxy.cassettes.yaml_tree import Mapping, TreeError, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: b", {"a": "b"}),
        ("a: [1, -2, 0x1f, 1.5, 010]", {"a": [1, -2, "0x1f", "1.5", "010"]}),
        ("a: [null, ~, '', 'null', true, False, yes]", {"a": [None, None, "", "null", True, False, "yes"]}),
        ("a: 2026-11-23", {"a": "2026-11-23"}),
        ("a: !!binary aGk=", {"a": b"hi"}),
        ("a: !binary |-\n  aGk=", {"a": b"hi"}),
        ("a: !!str 1\nb: ! 2\nc: !!python/unicode 'x'", {"a": "1", "b": "2", "c": "x"}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("1: a\nnull: b\n? |\n  text\n: c", {"1": "a", "None": "b", "text\n": "c"}),
        ("a: {b: 1}\nc: {b: 1}\nb: [{b: 1}, {b: 2}]", {"a": {"b": 1}, "c": {"b": 1}, "b": [{"b": 1}, {"b": 2}]}),
        ("", None),
        ("99999999999999999999999", "99999999999999999999999"),
    ],
)
def test_yaml_becomes_plain_data(text: str, value: object) -> None:
    assert parse(text) == value


def test_what_vcrpy_writes_is_read_as_vcrpy_reads_it() -> None:
    data = {"interactions": [vcrpy_interaction(n, body=body) for n, body in enumerate([None, "é\n", b"\xff"])]}
    text = yaml.dump(data)
    assert parse(text) == yaml.load(text, Loader=yaml.CSafeLoader) == data


def test_mappings_know_their_line() -> None:
    tree = parse("a:\n  b:\n    c: 1\n")
    assert isinstance(tree, Mapping)
    assert tree.line == 1
    inner = tree["a"]
    assert isinstance(inner, Mapping)
    assert inner.line == 2


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "the tag !!python/object/apply:os.system"),
        ("a: !!python/name:os.system ''", 1, "the tag !!python/name:os.system"),
        ("a: !ruby/struct:VCR x", 1, "the tag !ruby/struct:VCR"),
        ("a: 1\nb:\n\tc: 1\n", 3, "a tab in the indentation; indent with spaces"),
        ("a: 1\nb: [\n", 2, "this is not YAML"),
        ("a: 'x", 1, "this is not YAML"),
        ("a: 1\nb: \x07\nc: 1", 2, "a control character"),
        ("a: 1\n---\nb: 1\n", 2, "a second YAML document"),
        ("a: 1\nb: *a\n", 2, "the alias *a has no anchor"),
        ("a: &a [*a]\n", 1, "the alias *a has no anchor"),
        ("a: !!binary '=a'\n", 1, "a !!binary value is no base64"),
        ("a: 1\nb: 2\n'a': 3\n", 3, "the key 'a' is in its mapping already; join the two under one key"),
        ("a:\n- b: {c: 1,\n    d: 1, c: 2}\n", 3, "the key 'c' is in its mapping already"),
        ("? |\n  a\n? |\n  a\n", 3, "the key 'a\\n' is in its mapping already"),
        ("a: &x b\nc: {b: 1, *x : 2}\n", 2, "the key 'b' is in its mapping already"),
        (f"{'x' * 99}: 1\n{'x' * 99}: 2\n", 2, f"the key '{'x' * 77}...' is in"),
        (ALIAS_BOMB, 7, "an alias bomb"),
        ("[" * 200_000, 1, "levels of nesting"),
        ("- " * 200_000, 1, "levels of nesting"),
        ("{a: " * 200_000, 1, "levels of nesting"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_anything_else_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(TreeError) as raised:
        parse(text)
    assert said in str(raised.value)
    assert raised.value.line == line


@pytest.mark.parametrize(
    ("text", "at_end"),
    [
        ("a: 1\nb: 'x", True),
        ("a: 1\nb: {c: 1,", True),
        ("a: 1\nb: \\x1\0\0\0", True),
        ("a: 'x\nb: 1\nc: 'd'\ne: 1\n", False),
        ("a: 1\n\tb: 1", False),
        ("a: \x07", False),
    ],
)
def test_an_error_tells_whether_the_text_stopped_short(text: str, at_end: bool) -> None:
    with pytest.raises(TreeError) as raised:
        parse(text)
    assert raised.value.at_end is at_end


def test_vcrpys_few_aliases_are_no_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = {"A": ["b"]}
    text = yaml.dump([shared] * 100)
    assert text.count("*") == 99
    assert parse(text) == [shared] * 100
    monkeypatch.setattr(yaml_tree, "MAX_EXPANDED_NODES", 99 * 4 - 1)
    with pytest.raises(TreeError, match="alias bomb"):
        parse(text)
