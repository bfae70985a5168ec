import pytest

from twilio_test_proxy.cassettes.scrubbed_json import json_text, scrubbed_json
from twilio_test_proxy.cassettes.secrets import Secrets


@pytest.mark.parametrize(
    ("text", "clean", "learned"),
    [
        ('{"token": "s3cret-1", "token": ""}', '{"token": "SCRUBBED", "token": ""}', ("s3cret-1",)),
        ('{"token": "", "token": "s3cret-1"}', '{"token": "", "token": "SCRUBBED"}', ("s3cret-1",)),
        ('{"token": {"a": [{"b": "s3cret-1"}]}, "c": "d"}', '{"token": {"a": [{"b": "SCRUBBED"}]}, "c": "d"}',
         ("s3cret-1",)),
        ('{"token": [], "c": "s3cret-1"}', '{"token": [], "c": "s3cret-1"}', ()),
        ('{"token": null, "c": "s3cret-1"}', '{"token": null, "c": "s3cret-1"}', ()),
        ('{"token": -1.5e300000, "c": 1}', '{"token": "SCRUBBED", "c": 1}', ("-1.5e300000",)),
        ('{"token": "s3cr\\u0065t-1"}', '{"token": "SCRUBBED"}', ("s3cret-1",)),
        ('{"token": "s3cret-1', '{"token": "SCRUBBED"', ("s3cret-1",)),
        ('{"token" : "SCRUBBED"}', '{"token" : "SCRUBBED"}', ()),
        ('{"token": "a-1"}\n{"token": "b-2"}', '{"token": "SCRUBBED"}\n{"token": "SCRUBBED"}', ()),
        ('{"a": "b", ":password": "s3cret-1"}', '{"a": "b", ":password": "SCRUBBED"}', ("s3cret-1",)),
        ('}]{"token": "s3cret-1"', '}]{"token": "SCRUBBED"', ("s3cret-1",)),
    ],
    ids=[
        "a name that repeats, empty at last", "a name that repeats, empty at first", "below a secret name",
        "beside a secret list", "beside a secret null", "a number", "an escape", "a string without its end",
        "scrubbed before", "two documents", "a name that begins with a colon", "brackets that were never opened",
    ],
)  # fmt: skip
def test_what_is_under_a_secret_name_is_taken_out(text: str, clean: str, learned: tuple[str, ...]) -> None:
    secrets = Secrets()
    assert scrubbed_json(text, secrets, lambda inner: inner) == clean
    assert secrets.known() == learned


def test_strings_that_may_be_documents_are_handed_on_and_spelt_as_before() -> None:
    asked: list[str] = []

    def changed(inner: str) -> str:
        asked.append(inner)
        return inner.replace("1", "2/é")

    text = r'["plain 1", "{1", " [1\/", "\u003c1", "a=1", "é\t1", 1]'
    assert scrubbed_json(text, Secrets(), changed) == (
        r'["plain 1", "{2/\u00e9", " [2\/\u00e9\/", "<2/\u00e9", "a=2/\u00e9", "é\t2/é", 1]'
    )
    assert asked == ["{1", " [1/", "<1", "a=1", "é\t1"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (r'["é{1\ud800"]', r'["é{2\ud800"]'),
        (r'["{1\ud800"]', r'["{2\ud800"]'),
        ('["é{1\udcff\\udcfe"]', '["é{2\udcff\\udcfe"]'),
        (r'["é{1\ud83d\ude00"]', '["é{2\N{GRINNING FACE}"]'),
    ],
    ids=["half a character", "half a character in ASCII", "half a character beside a byte", "two halves"],
)
def test_half_a_character_stays_escaped(text: str, clean: str) -> None:
    assert scrubbed_json(text, Secrets(), lambda inner: inner.replace("1", "2")) == clean


@pytest.mark.parametrize(("inner", "text"), [("a", "a"), (r"\u0041\n", "A\n"), ("\\x", "\\x"), ("\\", "\\")])
def test_what_a_string_means(inner: str, text: str) -> None:
    assert json_text(inner) == text
