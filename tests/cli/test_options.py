import click
import pytest
from click.testing import CliRunner

from twilio_test_proxy.cli.options import AddonOptions, addon_options, cassette_path


@pytest.mark.parametrize(
    ("cassette", "expected"),
    [
        pytest.param("", "", id="none"),
        pytest.param("checkout", "tapes/checkout.yaml", id="name"),
        pytest.param("shop/checkout", "tapes/shop/checkout.yaml", id="name with a folder"),
        pytest.param("v1.2", "tapes/v1.2.yaml", id="name with a dot"),
        pytest.param("checkout.yaml", "checkout.yaml", id="path, yaml"),
        pytest.param("old/checkout.yml", "old/checkout.yml", id="path, yml"),
        pytest.param("old.json", "old.json", id="path, json"),
        pytest.param("/srv/checkout", "/srv/checkout", id="absolute path"),
    ],
)
def test_cassette_path(cassette: str, expected: str) -> None:
    assert cassette_path(cassette, "tapes") == expected


def test_defaults_are_the_addon_s_own() -> None:
    assert AddonOptions().by_name() == {}


def test_what_was_given_is_passed_on_by_mitmproxy_s_names() -> None:
    assert AddonOptions("c", "d", "once", True, True).by_name() == {
        "twilio_cassette": "d/c.yaml",
        "twilio_cassette_dir": "d",
        "twilio_record_mode": "once",
        "twilio_forward_live": "true",
        "twilio_allow_playback_repeats": "true",
    }


def test_a_cassette_s_name_lies_in_the_default_directory() -> None:
    assert AddonOptions("c").by_name() == {"twilio_cassette": "cassettes/c.yaml"}


def test_secrets_are_not_among_the_options() -> None:
    wanted = AddonOptions(test_account_sid="AC1", test_auth_token="secret")
    assert wanted.secrets() == {"TWILIO_TEST_ACCOUNT_SID": "AC1", "TWILIO_TEST_AUTH_TOKEN": "secret"}
    assert "secret" not in str(wanted.by_name())
    assert AddonOptions().secrets() == {}


def test_addon_options_are_those_of_a_command() -> None:
    seen = []

    @click.command()
    @addon_options
    def command(**given: object) -> None:
        seen.append(AddonOptions(**given))  # type: ignore[arg-type]

    arguments = ["--cassette", "c", "--cassette-dir", "d", "--record-mode", "once", "--forward-live"]
    more = ["--allow-playback-repeats", "--test-account-sid", "AC1", "--test-auth-token", "t"]
    assert CliRunner().invoke(command, [*arguments, *more]).exit_code == 0
    assert seen == [AddonOptions("c", "d", "once", True, True, "AC1", "t")]
