from pathlib import Path

import pytest

from twilio_test_proxy.cassettes.errors import CassetteError, SecretSurvivedError


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (CassetteError("a.yaml", "it is torn", "mend it", 7), "Cassette a.yaml, line 7: it is torn; mend it."),
        (CassetteError("a.yaml", "it is torn", "mend it"), "Cassette a.yaml: it is torn; mend it."),
    ],
    ids=["with a line", "without a line"],
)
def test_an_error_names_file_line_and_cure_in_one_sentence(error: CassetteError, text: str) -> None:
    assert str(error) == text
    assert (error.path, error.problem, error.cure) == (Path("a.yaml"), "it is torn", "mend it")


def test_an_error_that_quotes_a_file_does_not_command_the_terminal() -> None:
    error = CassetteError("a\x1b[2J.yaml", "the tag !\x1b[2J asks for an object", "mend it")
    assert str(error) == "Cassette a\ufffd[2J.yaml: the tag !\ufffd[2J asks for an object; mend it."
    assert error.problem == "the tag !\ufffd[2J asks for an object"


def test_a_survivor_is_an_error_of_the_cassette() -> None:
    assert issubclass(SecretSurvivedError, CassetteError)
