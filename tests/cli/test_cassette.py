from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cassette_samples import (
    ACCOUNT,
    TOKEN,
    basic,
    numbers_in,
    vcrpy_interaction,
    write_cassette,
    write_vcrpy_cassette,
)
from twilio_test_proxy.cli.cassette import cassette

LEAKING = [vcrpy_interaction(n, headers={"Authorization": [basic()[1]]}) for n in range(2)]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cassette, [str(argument) for argument in arguments])


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Cassettes of three kinds: clean, leaking and unreadable, one of them in a directory below."""
    (tmp_path / "shop").mkdir()
    write_cassette(tmp_path / "clean.yaml", 3)
    write_vcrpy_cassette(tmp_path / "shop" / "leaking.yaml", LEAKING)
    (tmp_path / "broken.yml").write_text("version: 1\n\tx\n")
    (tmp_path / ".hidden.yaml").write_text("x")
    (tmp_path / "README.md").write_text("x")
    return tmp_path


def test_list_shows_what_cassettes_hold(directory: Path) -> None:
    result = run("list", directory)
    assert result.exit_code == 1
    assert "3 cassettes" in result.output
    assert "README" not in result.output
    assert ".hidden" not in result.output
    [row] = [line for line in result.output.splitlines() if "clean.yaml" in line]
    assert " 3 " in row
    assert "2026-11-23" in row
    assert " ok " in row
    assert "line 2: a tab in the indentation" in result.output


def test_list_without_a_broken_cassette_succeeds(tmp_path: Path) -> None:
    assert run("list", write_cassette(tmp_path / "a.yaml")).exit_code == 0


def test_without_paths_it_is_the_directory_cassettes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("check")
    assert result.exit_code == 1
    assert "There is no directory cassettes: name the cassettes to look at." in result.output
    (tmp_path / "cassettes").mkdir()
    write_cassette(tmp_path / "cassettes" / "a.yaml")
    assert run("check").output == "1 cassette checked, nothing found.\n"


def test_show_lists_the_interactions(directory: Path) -> None:
    result = run("show", directory / "clean.yaml")
    assert result.exit_code == 0
    assert "3 interactions" in result.output
    assert "To=+14105550002" in result.output
    assert result.output.count("POST") == 3


def test_show_shows_one_in_full(directory: Path) -> None:
    result = run("show", directory / "clean.yaml", 2)
    assert result.exit_code == 0
    assert "To = +14105550001" in result.output
    assert "201 CREATED" in result.output
    assert f'"sid": "SM{1:032x}"' in result.output
    assert "\x1b" not in result.output


@pytest.mark.parametrize(
    ("name", "number", "said"),
    [
        ("clean.yaml", 4, "holds the numbers 1 to 3, not 4"),
        ("clean.yaml", 0, "holds the numbers 1 to 3, not 0"),
        ("none.yaml", 1, "There is no file"),
        ("broken.yml", 1, "line 2: a tab in the indentation; indent with spaces."),
    ],
)
def test_show_says_what_it_cannot_show(directory: Path, name: str, number: int, said: str) -> None:
    result = run("show", directory / name, number)
    assert result.exit_code == 1
    assert said in result.output


def test_show_shows_no_secret(directory: Path) -> None:
    for number in ((), (1,)):
        output = run("show", directory / "shop" / "leaking.yaml", *number).output
        assert "Messages.json" in output
        assert TOKEN not in output
        assert "Basic" not in output


def test_check_finds_what_is_wrong(directory: Path) -> None:
    result = run("check", directory)
    assert result.exit_code == 1
    assert "the request header Authorization" in result.output
    assert "a tab in the indentation" in result.output
    assert TOKEN not in result.output
    assert ACCOUNT not in result.output
    assert run("check", directory / "clean.yaml").exit_code == 0


def test_check_may_look_for_leaks_only(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    text = path.read_text()
    path.write_text(text + text.partition("interactions:\n")[2])
    assert "duplicate" in run("check", path).output
    assert run("check", "--leaks-only", path).exit_code == 0


def test_scrub_cleans_and_goes_on_after_a_failure(directory: Path) -> None:
    result = run("scrub", directory)
    assert result.exit_code == 1
    assert "line 2: a tab in the indentation" in result.output
    assert "leaking.yaml: 2 interactions, 2 changed." in result.output
    assert "clean.yaml: 3 interactions, 0 changed." in result.output
    assert TOKEN not in (directory / "shop" / "leaking.yaml").read_text()
    assert (directory / "broken.yml").read_text() == "version: 1\n\tx\n"
    assert run("scrub", directory / "clean.yaml").exit_code == 0


def test_scrub_wants_to_be_told_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("scrub").exit_code == 2


def test_import_converts(directory: Path) -> None:
    old, new = directory / "shop" / "leaking.yaml", directory / "new.yaml"
    result = run("import", old, new)
    assert result.exit_code == 0
    assert "new.yaml: 2 interactions, 2 changed." in result.output
    assert numbers_in(new) == [0, 1]
    again = run("import", old, new)
    assert again.exit_code == 1
    assert "exists already; remove it or choose another name." in again.output


def test_what_was_cut_off_is_said(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml", 2)
    path.write_text(path.read_text()[:-200])
    assert "cut short" in run("show", path).output
    assert "cut short" in run("scrub", path).output


def test_it_explains_itself() -> None:
    for command in ("list", "show", "check", "scrub", "import"):
        assert command in run("--help").output
        assert run(command, "--help").exit_code == 0
