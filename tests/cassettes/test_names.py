from pathlib import Path

import pytest

from twilio_test_proxy.cassettes.names import MAX_NAME_LENGTH, CassetteNameError, cassette_path


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("checkout", "checkout.yaml"),
        ("checkout.yaml", "checkout.yaml"),
        ("checkout.yml", "checkout.yml"),
        ("checkout.json", "checkout.json"),
        ("v1.2", "v1.2.yaml"),
        ("shop/checkout_2-a", "shop/checkout_2-a.yaml"),
        ("a..b", "a..b.yaml"),
    ],
)
def test_a_name_means_a_file_in_the_directory(tmp_path: Path, name: str, file: str) -> None:
    assert cassette_path(tmp_path, name) == tmp_path / file


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "is empty"),
        ("a" * (MAX_NAME_LENGTH + 1), f"longer than {MAX_NAME_LENGTH}"),
        ("a b", "other characters"),
        ("a\nb", "other characters"),
        ("a\x00b", "other characters"),
        ("ä", "other characters"),
        ("a\\b", "other characters"),
        ("a%2e", "other characters"),
        ("/etc/passwd", "empty part"),
        ("a//b", "empty part"),
        ("a/", "empty part"),
        ("../a", "'..'"),
        ("a/../../b", "'..'"),
        ("./a", "'.'"),
        ("..", "'..'"),
        (".hidden", "hidden file"),
        ("a/.hidden", "hidden file"),
    ],
)
def test_any_other_name_is_refused(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(CassetteNameError) as raised:
        cassette_path(tmp_path, name)
    assert said in str(raised.value)


def test_a_link_out_of_the_directory_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    directory = tmp_path / "cassettes"
    directory.mkdir()
    (directory / "away").symlink_to(outside)
    (directory / "file.yaml").symlink_to(outside / "secret.yaml")
    for name in ("away/a", "file"):
        with pytest.raises(CassetteNameError, match="symbolic link"):
            cassette_path(directory, name)


def test_the_directory_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert cassette_path(tmp_path / "link", "a") == tmp_path / "link" / "a.yaml"
