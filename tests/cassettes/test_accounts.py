import pytest

from cassette_samples import ACCOUNT, API, FORM, HIDDEN, OTHER_ACCOUNT, TOKEN, basic
from twilio_test_proxy.cassettes.accounts import (
    HIDDEN_ACCOUNT,
    HIDDEN_KEY,
    Accounts,
    accounts_of,
    basic_credentials,
    hidden_other,
    hide,
    names_accounts,
    show,
    with_live,
)
from twilio_test_proxy.cassettes.interaction import Request

KEY = "SK" + "a" * 32


def request(uri: str, *headers: tuple[str, str], body: bytes = b"") -> Request:
    return Request("POST", uri, headers, body)


@pytest.mark.parametrize(
    ("asked", "credentials"),
    [
        (request(API, basic()), (ACCOUNT, TOKEN)),
        (request(API, ("authorization", basic()[1].replace("Basic", "basic"))), (ACCOUNT, TOKEN)),
        (request(API, ("Authorization", basic()[1].rstrip("="))), (ACCOUNT, TOKEN)),
        (request(f"https://{ACCOUNT}:{TOKEN}@api.twilio.com/"), (ACCOUNT, TOKEN)),
        (request(API, basic("a", "b:c")), ("a", "b:c")),
        (request(API), None),
        (request(API, ("Authorization", "Bearer x")), None),
        (request(API, ("Authorization", "Basic a")), None),
    ],
    ids=["header", "lower case", "no padding", "URI", "colon", "none", "bearer", "no base64"],
)
def test_credentials_are_found(asked: Request, credentials: tuple[str, str] | None) -> None:
    assert basic_credentials(asked) == credentials


OTHERS = {hidden_other(OTHER_ACCOUNT): OTHER_ACCOUNT}


@pytest.mark.parametrize(
    ("asked", "accounts"),
    [
        (request(f"{API}/{ACCOUNT}/Calls.json", basic()), Accounts(ACCOUNT)),
        (request(f"{API}.json", basic()), Accounts(ACCOUNT)),
        (request(f"{API}/{ACCOUNT}/Calls.json", basic(KEY)), Accounts(ACCOUNT, KEY)),
        (request(f"{API}/{ACCOUNT}/Calls.json"), Accounts(ACCOUNT)),
        (request(f"{API}/{OTHER_ACCOUNT}/Calls.json", basic()), Accounts(ACCOUNT, None, OTHERS)),
        (
            request("https://verify.twilio.com/v2", basic(KEY), FORM, body=f"A={ACCOUNT}".encode()),
            Accounts(ACCOUNT, KEY),
        ),
        (request("https://verify.twilio.com/v2", basic(KEY)), Accounts(None, KEY)),
        (request(f"{API}/{HIDDEN}/Calls.json"), Accounts(None)),
    ],
    ids=["both", "user", "API key", "path", "subaccount", "body", "nothing", "hidden already"],
)
def test_who_asks(asked: Request, accounts: Accounts) -> None:
    assert accounts_of(asked) == accounts


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"/Accounts/{ACCOUNT}/x", f"/Accounts/{HIDDEN}/x"),
        (f"%3A{ACCOUNT}%3A", f"%3A{HIDDEN}%3A"),
        (f"x{ACCOUNT}x", f"x{HIDDEN}x"),
        (ACCOUNT.lower(), HIDDEN.lower()),
        (f"{OTHER_ACCOUNT}, {ACCOUNT}", f"{hidden_other(OTHER_ACCOUNT)}, {HIDDEN}"),
        (f"%3A{OTHER_ACCOUNT}", f"%3A{hidden_other(OTHER_ACCOUNT)}"),
        (KEY, HIDDEN_KEY),
        ("ac" + "3" * 62, "ac" + "3" * 62),
        ("AC12", "AC12"),
    ],
)
def test_sids_are_hidden_everywhere(text: str, hidden: str) -> None:
    accounts = Accounts(ACCOUNT, KEY)
    assert hide(text, accounts) == hidden
    assert hide(hidden, accounts) == hidden
    assert len(hidden) == len(text)


def test_sids_with_letters_are_hidden_in_any_case() -> None:
    sid = "AC" + "aB" * 16
    assert hide(f"{sid} {sid.lower()} {sid.upper()}", Accounts(sid)) == f"{HIDDEN} {HIDDEN.lower()} {HIDDEN}"


def test_the_asking_client_sees_its_own_sids() -> None:
    asking = Accounts(OTHER_ACCOUNT, KEY, {hidden_other(ACCOUNT): ACCOUNT})
    text = f"{HIDDEN_ACCOUNT} {HIDDEN_ACCOUNT.lower()} {HIDDEN_KEY} {hidden_other(ACCOUNT)}"
    assert show(text, asking) == f"{OTHER_ACCOUNT} {OTHER_ACCOUNT.lower()} {KEY} {ACCOUNT}"
    assert show(text, Accounts()) == text


def test_two_subaccounts_stay_two() -> None:
    hidden = {hidden_other(ACCOUNT), hidden_other(OTHER_ACCOUNT), HIDDEN_ACCOUNT}
    assert len(hidden) == 3
    assert {hidden_other(sid) for sid in hidden} == hidden
    assert not any(names_accounts(sid) for sid in hidden)
    assert names_accounts(f"x {ACCOUNT}")


def test_the_first_account_of_an_answer_is_the_asking_one_where_the_request_names_none() -> None:
    assert with_live(Accounts(None, KEY), f"{HIDDEN} {ACCOUNT} {OTHER_ACCOUNT}") == Accounts(ACCOUNT, KEY)
    assert with_live(Accounts(OTHER_ACCOUNT), ACCOUNT) == Accounts(OTHER_ACCOUNT)
    assert with_live(Accounts(), "nothing") == Accounts()
    assert with_live(Accounts(), f"{hidden_other(OTHER_ACCOUNT)} {ACCOUNT}") == Accounts(ACCOUNT)


def test_what_stands_for_another_account_in_a_cassette_is_not_who_asked() -> None:
    other = hidden_other(OTHER_ACCOUNT)
    path = f"https://api.twilio.com/2010-04-01/Accounts/{other}/Messages.json"
    assert accounts_of(Request("GET", path)).live is None
    by_key = Request("GET", path, (basic(KEY),))
    assert accounts_of(by_key).live == other
