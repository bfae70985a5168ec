from pathlib import Path

import pytest
from mitmproxy import exceptions
from mitmproxy.test import taddons

from running_proxy import failed_start, running_proxy
from twilio_test_proxy.addons.options import NAMES, TwilioOptions


def test_the_contract_names_these_options() -> None:
    assert NAMES[:7] == (
        "twilio_test_account_sid",
        "twilio_test_auth_token",
        "twilio_cassette",
        "twilio_cassette_dir",
        "twilio_record_mode",
        "twilio_forward_live",
        "twilio_allow_playback_repeats",
    )


def test_a_wrong_value_while_running_is_taken_back() -> None:
    options = TwilioOptions()
    with taddons.context(options) as context:
        options.running()
        with pytest.raises(exceptions.OptionsError, match="is no record mode"):
            context.options.update(twilio_record_mode="onse")
        assert context.options.twilio_record_mode == "none"
        assert options.settings.record_mode == "none"


def test_a_right_value_while_running_is_taken() -> None:
    options = TwilioOptions()
    with taddons.context(options) as context:
        options.running()
        context.options.update(twilio_cassette="a.yaml")
        assert options.settings.cassette == "a.yaml"


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("twilio_record_mode=onse", "use one of none, once, new_episodes, all"),
        ("twilio_record_mode=once", "add twilio_forward_live=true"),
        ("twilio_forward_live=maybe", "use twilio_forward_live=true or twilio_forward_live=false"),
        ("twilio_casette=a.yaml", "did you mean twilio_cassette?"),
        ("twilio_test_auth_token=planted-secret", "add twilio_test_account_sid"),
        ("twilio_cassette=a.yaml twilio_cassette=b.yaml", "twilio_cassette is set 2 times: set it once"),
        ("twilio_record_mode", "twilio_record_mode is set without a value: use twilio_record_mode=VALUE"),
        ("twilio_gateway=junk", "twilio_gateway must be HOST:PORT"),
        ("twilio_gateway=a:1 twilio_gateway=b:2", "twilio_gateway is set 2 times: set it once"),
    ],
)
def test_mitmdump_stops_with_one_sentence_and_exit_code_1(
    tmp_path: Path, confdir: Path, setting: str, sentence: str
) -> None:
    options = [word for each in setting.split() for word in ("--set", each)]
    code, lines = failed_start(tmp_path, *options, confdir=confdir)
    assert code == 1
    said = [line for line in lines if sentence in line]
    assert len(said) == 1
    assert not [line for line in lines if "Traceback" in line or "planted-secret" in line]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("twilio_cassette: 5", "twilio_cassette in mitmproxy's config.yaml must be one text, in quotes"),
        ("twilio_record_mode:", "twilio_record_mode in mitmproxy's config.yaml must be one text, in quotes"),
        ("twilio_forward_live: maybe", "twilio_forward_live in mitmproxy's config.yaml must be true or false"),
        ("twilio_casette: a.yaml", "did you mean twilio_cassette?"),
    ],
)
def test_wrong_lines_of_config_yaml_stop_it_too(tmp_path: Path, line: str, sentence: str) -> None:
    (tmp_path / "config.yaml").write_text(f"{line}\n")
    code, lines = failed_start(tmp_path, confdir=tmp_path)
    assert code == 1
    assert len([line for line in lines if sentence in line]) == 1
    assert not [line for line in lines if "Traceback" in line]


def test_config_yaml_sets_options(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("twilio_forward_live: true\ntwilio_test_account_sid: AC" + "3" * 32 + "\n")
    with running_proxy(tmp_path, confdir=tmp_path, environment={"TWILIO_TEST_AUTH_TOKEN": "x"}) as proxy:
        assert "test credentials: AC…3333" in proxy.lines[-1]


def test_a_directory_of_cassettes_that_was_named_is_enough_to_record(tmp_path: Path, confdir: Path) -> None:
    options = ("twilio_record_mode=once", "twilio_forward_live=true", "twilio_cassette_dir=cassettes")
    words = [word for option in options for word in ("--set", option)]
    with running_proxy(tmp_path, *words, confdir=confdir) as proxy:
        assert "recorded in cassettes/ (once)" in proxy.lines[-1]


def test_configured_credentials_are_the_test_credentials_and_come_from_the_environment(
    tmp_path: Path, confdir: Path
) -> None:
    environment = {"TWILIO_TEST_ACCOUNT_SID": "AC" + "2" * 32, "TWILIO_TEST_AUTH_TOKEN": "planted-secret"}
    with running_proxy(tmp_path, confdir=confdir, environment=environment) as proxy:
        assert "test credentials: AC…2222" in proxy.lines[-1]
        assert "planted-secret" not in "\n".join(proxy.lines)
