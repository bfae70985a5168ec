import click
import pytest
from click.testing import CliRunner

from twilio_test_proxy.cli.options import AddonOptions, OptionsError, addon_options, cassette_path


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


SID = "AC" + "1" * 32


@pytest.mark.parametrize(
    ("wanted", "environment", "cure"),
    [
        pytest.param(AddonOptions("c", record_mode="once"), {}, "add --forward-live", id="recording behind the lock"),
        pytest.param(
            AddonOptions(record_mode="all", forward_live=True), {}, "add --cassette NAME", id="recording nowhere"
        ),
        pytest.param(AddonOptions(test_account_sid=SID), {}, "add --test-auth-token or", id="no token"),
        pytest.param(AddonOptions(test_auth_token="t"), {}, "add --test-account-sid or", id="no account SID"),
        pytest.param(
            AddonOptions(), {"TWILIO_TEST_AUTH_TOKEN": "t"}, "add --test-account-sid or", id="half in the environment"
        ),
        pytest.param(
            AddonOptions(test_account_sid="AC1", test_auth_token="t"), {}, "32 hexadecimal digits", id="no SID at all"
        ),
    ],
)
def test_a_contradiction_is_said_in_the_words_of_the_command_line(
    wanted: AddonOptions, environment: dict[str, str], cure: str
) -> None:
    with pytest.raises(OptionsError, match=cure):
        wanted.check(environment)


@pytest.mark.parametrize(
    ("wanted", "environment"),
    [
        pytest.param(AddonOptions(), {}, id="nothing"),
        pytest.param(AddonOptions("c", record_mode="once", forward_live=True), {}, id="recording"),
        pytest.param(
            AddonOptions(cassette_dir="d", record_mode="once", forward_live=True), {}, id="named by proxy users"
        ),
        pytest.param(AddonOptions(test_account_sid=SID, test_auth_token="t"), {}, id="test credentials"),
        pytest.param(
            AddonOptions(test_account_sid=SID), {"TWILIO_TEST_AUTH_TOKEN": "t"}, id="half of them in the environment"
        ),
    ],
)
def test_what_is_no_contradiction(wanted: AddonOptions, environment: dict[str, str]) -> None:
    wanted.check(environment)
