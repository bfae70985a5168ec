"""Cassette files that cannot be read, each with what is said of it and what is to be done."""

import yaml

from cassette_samples import ALIAS_BOMB, item, kept, vcrpy_interaction
from twilio_test_proxy.cassettes.canonical import PENDING
from twilio_test_proxy.cassettes.yaml_writer import file_text

OURS = file_text(item(kept(number)) for number in range(3)).encode()
MIDDLE = OURS.index(b"#--\n", 100)


def in_vcrpys_shape(count: int = 3) -> bytes:
    return yaml.dump({"interactions": [vcrpy_interaction(n) for n in range(count)], "version": 1}).encode()


VCRPYS = in_vcrpys_shape()
BROKEN = {
    "merge markers between items": (OURS[:MIDDLE] + b"<<<<<<< HEAD\n" + OURS[MIDDLE:], "a merge conflict", "resolve"),
    "merge markers in a body": (OURS.replace(b"  body: To", b"\n=======\nTo"), "a merge conflict", "resolve"),
    "a tab": (OURS.replace(b"      uri:", b"\turi:", 2), "a tab in the indentation", "indent with spaces"),
    "list root": (b"- request: {}\n  response: {}\n", "the root is a list", "vcr.migration"),
    "text": (b"hello\n", "the root is no mapping", "restore"),
    "missing interactions": (b"version: 1\n", "there is no `interactions`", "restore it"),
    "null interactions": (b"version: 1\ninteractions:\n", "`interactions` is null", "write `interactions: []`"),
    "interactions are a mapping": (b"interactions: {}\nversion: 1\n", "`interactions` is a Mapping", "write"),
    "null body": (VCRPYS.replace(b"    body:\n      string", b"    body:\n    x:\n      string", 1), "null body", ""),
    "wrong version": (VCRPYS.replace(b"version: 1", b"version: 2"), "version 2 is unknown", "record it again"),
    "a tag that runs code": (
        in_vcrpys_shape().replace(b"method: POST", b"method: !!python/object/apply:os.getcwd []", 1),
        "!!python/object/apply:os.getcwd",
        "write plain text",
    ),
    "an alias bomb": (ALIAS_BOMB.encode() + in_vcrpys_shape(), "an alias bomb", "write the values out"),
    "Latin-1": (VCRPYS.replace(b"CREATED", b"CR\xc9\xc9", 2), "byte 0xc9 is not UTF-8", "save the file as UTF-8"),
    "Latin-1 in our shape": (OURS.replace(b"CREATED", b"CR\xc9\xc9", 2), "byte 0xc9 is not UTF-8", "save the file"),
    "UTF-16": ("version: 1".encode("utf-16"), "is not UTF-8", "save the file as UTF-8"),
    "Ruby VCR": (b"---\nhttp_interactions: []\nrecorded_with: VCR 2.4.0\n", "a cassette of Ruby VCR", "import"),
    "Ruby VCR with symbols": (b"---\n:http_interactions: []\n", "a cassette of Ruby VCR", "import"),
    "an item that is no interaction": (b"version: 1\ninteractions:\n- a\n- b\n", "an interaction is a str", "restore"),
    "an unclosed quote": (VCRPYS.replace(b"method: POST", b"method: 'POST", 1), "this is not YAML", "correct"),
    "interactions twice": (VCRPYS + b"interactions: []\n", "the key 'interactions' is in its mapping already", "join"),
    "interactions twice in our shape": (OURS + b"interactions: []\n", "the key 'interactions' is in its", "join"),
    "interactions before ours": (
        OURS.replace(b"interactions:", b"interactions: []\ninteractions:", 1), "the key 'interactions' is in", "join"
    ),
    "version twice in our shape": (OURS.replace(b"\n", b"\nversion: 1\n", 1), "the key 'version' is in its", "join"),
    "a method twice in our shape": (
        OURS.replace(b"      uri:", b"      method: GET\n      uri:", 1), "the key 'method' is in", "join"
    ),
    "interactions after one being written": (
        OURS + PENDING + item(kept(3)).encode() + b"interactions: []\n", "the key 'interactions' is in", "join"
    ),
    "deep nesting": (b"interactions: " + b"[" * 100_000, "levels of nesting", "remove it"),
}  # fmt: skip
