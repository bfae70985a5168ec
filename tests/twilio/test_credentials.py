import base64

import pytest

from twilio_test_proxy.twilio import api
from twilio_test_proxy.twilio.credentials import Caller, Credentials, TestCredentials, identify, read_authorization
from twilio_test_proxy.twilio.errors import TwilioError

from .asking import ACCOUNT_SID, at, error_body

OTHER_SID = "AC" + "9" * 32
API_KEY = "SK" + "5" * 32
TOKEN = "3" * 32

CONFIGURED = TestCredentials(ACCOUNT_SID, TOKEN, any_pair=False)
ANY_PAIR = TestCredentials()
NONE = TestCredentials(any_pair=False)


def basic(username: str, password: str, scheme: str = "Basic") -> str:
    return f"{scheme} " + base64.b64encode(f"{username}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("header", "password"),
    [
        (basic(ACCOUNT_SID, TOKEN), TOKEN),
        (basic(ACCOUNT_SID, TOKEN, "basic"), TOKEN),
        (basic(ACCOUNT_SID, TOKEN, "BASIC "), TOKEN),
        (basic(ACCOUNT_SID, "a:b:c"), "a:b:c"),
        (basic(ACCOUNT_SID, "\u00e9"), "\u00e9"),
    ],
    ids=["Basic", "lower case", "two spaces", "colons in the secret", "UTF-8"],
)
def test_credentials_sent(header: str, password: str) -> None:
    assert read_authorization(header) == Credentials(ACCOUNT_SID, password)


def test_no_credentials_sent() -> None:
    assert read_authorization("") is None


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic QUM",
        "Basic /w==",
        "Basic caf\u00e9",
        basic(ACCOUNT_SID, TOKEN)[:20] + "!" + basic(ACCOUNT_SID, TOKEN)[20:],
        "Bearer abc",
        f"Digest username={ACCOUNT_SID}",
        ACCOUNT_SID,
        base64.b64encode(f"{ACCOUNT_SID}:{TOKEN}".encode()).decode(),
    ],
    ids=repr,
)
def test_an_unreadable_header_has_no_valid_username(header: str) -> None:
    assert read_authorization(header) == Credentials("", "")
    assert refusal(read_authorization(header), ACCOUNT_SID, ANY_PAIR) == "Authentication Error - invalid username"


def test_a_secret_is_never_shown() -> None:
    assert TOKEN not in repr(Credentials(ACCOUNT_SID, TOKEN))
    assert TOKEN not in repr(CONFIGURED)


def refusal(credentials: Credentials | None, path_account_sid: str, policy: TestCredentials) -> str:
    with pytest.raises(TwilioError) as raised:
        identify(credentials, path_account_sid, policy)
    assert (raised.value.error.code, raised.value.error.status) == (20003, 401)
    return raised.value.message


@pytest.mark.parametrize("policy", [CONFIGURED, ANY_PAIR, NONE], ids=["configured", "any pair", "none"])
@pytest.mark.parametrize(
    ("credentials", "text"),
    [
        (None, "Authentication Error - No credentials provided"),
        (Credentials("", ""), "Authentication Error - invalid username"),
        (Credentials("", TOKEN), "Authentication Error - invalid username"),
        (Credentials("me@example.com", TOKEN), "Authentication Error - invalid username"),
        (Credentials("AC" + "1" * 31, TOKEN), "Authentication Error - invalid username"),
        (Credentials("AC" + "1" * 33, TOKEN), "Authentication Error - invalid username"),
        (Credentials(ACCOUNT_SID + "\n", TOKEN), "Authentication Error - invalid username"),
        (Credentials("MG" + "1" * 32, TOKEN), "Authentication Error - invalid username"),
        (Credentials("sk" + "1" * 32, TOKEN), "Authentication Error - invalid username"),
        (Credentials(ACCOUNT_SID, ""), "Authenticate"),
        (Credentials(API_KEY, ""), "Authenticate"),
    ],
)
def test_credentials_that_no_policy_accepts(
    policy: TestCredentials, credentials: Credentials | None, text: str
) -> None:
    assert refusal(credentials, ACCOUNT_SID, policy) == text


@pytest.mark.parametrize(
    ("policy", "username", "password", "path_sid", "caller"),
    [
        (CONFIGURED, ACCOUNT_SID, TOKEN, ACCOUNT_SID, Caller.TEST),
        (CONFIGURED, ACCOUNT_SID, TOKEN, "", Caller.TEST),
        (CONFIGURED, OTHER_SID, TOKEN, OTHER_SID, Caller.LIVE),
        (CONFIGURED, OTHER_SID, "x", ACCOUNT_SID, Caller.LIVE),
        (CONFIGURED, API_KEY, "x", ACCOUNT_SID, Caller.LIVE),
        (ANY_PAIR, ACCOUNT_SID, "x", ACCOUNT_SID, Caller.TEST),
        (ANY_PAIR, OTHER_SID, "x", OTHER_SID, Caller.TEST),
        (ANY_PAIR, ACCOUNT_SID, "x", "", Caller.TEST),
        (ANY_PAIR, API_KEY, "x", ACCOUNT_SID, Caller.TEST),
        (NONE, ACCOUNT_SID, TOKEN, ACCOUNT_SID, Caller.LIVE),
        (NONE, ACCOUNT_SID, TOKEN, OTHER_SID, Caller.LIVE),
        (NONE, API_KEY, "x", ACCOUNT_SID, Caller.LIVE),
    ],
    ids=[
        "configured: the pair itself",
        "configured: a path without an account",
        "configured: another account",
        "configured: a parent account asks for the test account",
        "configured: an API key",
        "any pair: an account",
        "any pair: another account",
        "any pair: a path without an account",
        "any pair: an API key for any account",
        "none: an account",
        "none: a parent account asks for a subaccount",
        "none: an API key",
    ],
)
def test_caller(policy: TestCredentials, username: str, password: str, path_sid: str, caller: Caller) -> None:
    assert identify(Credentials(username, password), path_sid, policy) is caller


@pytest.mark.parametrize(
    ("policy", "password", "path_sid"),
    [
        (CONFIGURED, "4" * 32, ACCOUNT_SID),
        (CONFIGURED, TOKEN.upper() + "0", ACCOUNT_SID),
        (CONFIGURED, TOKEN, OTHER_SID),
        (ANY_PAIR, TOKEN, OTHER_SID),
    ],
    ids=["wrong token", "longer token", "configured: another account's path", "any pair: another account's path"],
)
def test_wrong_test_credentials(policy: TestCredentials, password: str, path_sid: str) -> None:
    assert refusal(Credentials(ACCOUNT_SID, password), path_sid, policy) == "Authenticate"


def test_a_client_that_waits_for_the_challenge_gets_it_and_then_its_answer() -> None:
    """twilio-python 3 to 5, wget, LWP and Java send the whole POST without credentials first."""

    def ask(credentials: Credentials | None) -> Caller | api.Answer:
        path = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
        return api.judge(at(path, body=b"To=1", credentials=credentials), CONFIGURED)

    challenge = ask(None)

    assert isinstance(challenge, api.Answer)
    assert challenge.response.status == 401
    assert challenge.response.body == error_body(
        ".json",
        401,
        20003,
        "Authentication Error - No credentials provided",
        "Your AccountSid or AuthToken was incorrect.",
    )
    assert ("WWW-Authenticate", 'Basic realm="Twilio API"') in challenge.response.headers
    assert ask(read_authorization(basic(ACCOUNT_SID, TOKEN))) is Caller.TEST


@pytest.mark.parametrize(("length", "kept"), [(100, True), (1_000_000, False)])
def test_credentials_longer_than_any_real_ones_are_not_kept(length: int, kept: bool) -> None:
    header = "Basic " + base64.b64encode(b"AC:" + b"x" * length).decode()
    first, second = read_authorization(header), read_authorization(header)
    assert first == second
    assert (first is second) is kept
