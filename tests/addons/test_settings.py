import pytest

from twilio_test_proxy.addons.settings import Settings, SettingsError, check_given, check_names, check_settings

SID = "AC" + "1" * 32
KNOWN = ("twilio_cassette", "twilio_cassette_dir", "twilio_record_mode")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (Settings(record_mode="onse"), "use one of none, once, new_episodes, all"),
        (Settings(record_mode="once", cassette="a.yaml"), "add twilio_forward_live=true"),
        (Settings(record_mode="all", forward_live=True), "add twilio_cassette=PATH"),
        (Settings(test_account_sid=SID), "add twilio_test_auth_token"),
        (Settings(test_auth_token="secret-token"), "add twilio_test_account_sid"),
        (Settings(test_account_sid="ACxyz", test_auth_token="secret-token"), "AC and 32 hexadecimal digits"),
    ],
    ids=["misspelt mode", "recording with the lock closed", "no cassette", "no token", "no SID", "malformed SID"],
)
def test_wrong_settings_say_what_to_do(settings: Settings, sentence: str) -> None:
    with pytest.raises(SettingsError) as raised:
        check_settings(settings, {})
    assert sentence in str(raised.value)
    assert "secret-token" not in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(cassette="a.yaml"),
        Settings(record_mode="once", cassette="a.yaml", forward_live=True),
        Settings(test_account_sid=SID, test_auth_token="token"),
    ],
)
def test_right_settings_pass(settings: Settings) -> None:
    assert check_settings(settings, {}) == settings


def test_cassettes_that_proxy_users_name_need_no_cassette_of_their_own() -> None:
    settings = Settings(record_mode="once", forward_live=True)
    assert check_settings(settings, {}, names_cassettes=True) == settings
    with pytest.raises(SettingsError, match="add twilio_cassette=PATH"):
        check_settings(settings, {})


def test_an_option_and_a_variable_make_a_pair() -> None:
    expected = Settings(test_account_sid=SID, test_auth_token="token")
    assert check_settings(Settings(test_account_sid=SID), {"TWILIO_TEST_AUTH_TOKEN": "token"}) == expected
    assert check_settings(Settings(test_auth_token="token"), {"TWILIO_TEST_ACCOUNT_SID": SID}) == expected


def test_the_environment_gives_test_credentials_where_no_option_does() -> None:
    environment = {"TWILIO_TEST_ACCOUNT_SID": SID, "TWILIO_TEST_AUTH_TOKEN": "token"}
    assert check_settings(Settings(forward_live=True), environment).test_account_sid == SID
    other = Settings(test_account_sid="AC" + "2" * 32, test_auth_token="other")
    assert check_settings(other, environment) == other


def test_the_environment_keeps_the_other_settings() -> None:
    environment = {"TWILIO_TEST_ACCOUNT_SID": SID, "TWILIO_TEST_AUTH_TOKEN": "token"}
    settings = Settings("", "", "a.yaml", "elsewhere", "all", True, True)
    assert check_settings(settings, environment) == Settings(SID, "token", "a.yaml", "elsewhere", "all", True, True)


@pytest.mark.parametrize(
    ("settings", "cassette_in_force", "any_pair"),
    [
        (Settings(), False, True),
        (Settings(), True, False),
        (Settings(forward_live=True), False, False),
    ],
    ids=["first run", "a cassette in force", "the lock open"],
)
def test_without_test_credentials_every_pair_counts_or_none(
    settings: Settings, cassette_in_force: bool, any_pair: bool
) -> None:
    assert settings.test_credentials(cassette_in_force=cassette_in_force).any_pair is any_pair


@pytest.mark.parametrize("name", ["twilio_casette", "twilio-cassette", "Twilio_Cassette", "twiliocassette"])
def test_a_misspelt_name_is_refused_with_the_right_one(name: str) -> None:
    with pytest.raises(SettingsError, match=r"did you mean twilio_cassette\?"):
        check_names([name], KNOWN)


def test_an_unknown_name_is_refused_with_all_of_them() -> None:
    with pytest.raises(SettingsError, match="the options are twilio_cassette, twilio_cassette_dir, twilio_record_mode"):
        check_names(["twilio_zzzzzzzzzzzzzzzzzz"], KNOWN)


def test_names_of_other_addons_are_not_ours() -> None:
    check_names(["my_option"], KNOWN)


@pytest.mark.parametrize(
    ("kind", "given", "sentence"),
    [
        (bool, ["maybe"], "twilio_x=maybe is no truth value: use twilio_x=true or twilio_x=false."),
        (bool, ["True"], "twilio_x=True is no truth value: use twilio_x=true or twilio_x=false."),
        (bool, ["true", "false"], "twilio_x is set 2 times: set it once."),
        (bool, "true", "twilio_x in mitmproxy's config.yaml must be true or false, without quotes."),
        (str, ["secret-token", "secret-token"], "twilio_x is set 2 times: set it once."),
        (str, [], "twilio_x is set without a value: use twilio_x=VALUE."),
        (str, 5, "twilio_x in mitmproxy's config.yaml must be one text, in quotes."),
        (str, None, "twilio_x in mitmproxy's config.yaml must be one text, in quotes."),
    ],
)
def test_a_value_of_another_type_is_refused(kind: type, given: object, sentence: str) -> None:
    with pytest.raises(SettingsError) as raised:
        check_given("twilio_x", kind, given)
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    ("kind", "given"),
    [(bool, ["true"]), (bool, ["false"]), (bool, []), (bool, True), (str, ["a.yaml"]), (str, [""]), (str, "a.yaml")],
)
def test_a_value_of_the_right_type_passes(kind: type, given: object) -> None:
    check_given("twilio_x", kind, given)


def test_no_representation_shows_the_token() -> None:
    assert "secret-token" not in repr(Settings(test_auth_token="secret-token"))
