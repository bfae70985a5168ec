import gzip
import json

import pytest

from cassette_samples import ACCOUNT, API, FORM, HIDDEN, OTHER_ACCOUNT, TOKEN, basic, kept, send_message, sent_message
from twilio_test_proxy.cassettes.accounts import Accounts, accounts_of
from twilio_test_proxy.cassettes.interaction import Request, Response
from twilio_test_proxy.cassettes.matching import request_key
from twilio_test_proxy.cassettes.scrub import Scrubber, played

JSON = ("Content-Type", "application/json")
LIVE = Accounts(ACCOUNT)


def test_an_exchange_is_kept_like_this() -> None:
    scrubber = Scrubber()
    request, response = send_message(), sent_message()
    clean = scrubber.request(request)
    assert clean == Request("POST", kept().request.uri, (FORM, ("Accept", "application/json")), request.body)
    assert scrubber.response(response, accounts_of(request)) == kept().response
    assert scrubber.secrets.known() == (TOKEN, basic()[1].removeprefix("Basic "))


@pytest.mark.parametrize(
    "name",
    ["Authorization", "proxy-authorization", "Cookie", "Set-Cookie", "X-Twilio-Signature", "Twilio-Request-Id", "TE",
     "X-Access-Token", "X-Auth-Secret", "X-Api-Secret", "Api-Key"],
)  # fmt: skip
def test_a_header_is_not_kept(name: str) -> None:
    headers = ((name, "x"), ("Date", "now"))
    assert Scrubber().request(Request("GET", API, headers)).headers == (("Date", "now"),)
    assert Scrubber().response(Response(200, "OK", headers), LIVE).headers == (("Date", "now"),)


@pytest.mark.parametrize("name", ["Date", "ETag", "Location", "User-Agent", "Link", "Host", "Retry-After"])
def test_a_header_is_kept(name: str) -> None:
    assert Scrubber().response(Response(200, "OK", ((name, "x"),)), LIVE).headers == ((name, "x"),)


def test_the_account_is_hidden_everywhere() -> None:
    body = json.dumps({"account_sid": ACCOUNT, "next": f"/x?a={ACCOUNT}"}).encode()
    headers = (FORM, ("Location", f"/{ACCOUNT}"), ("Content-Length", "1"))
    clean = Scrubber().request(Request("POST", f"{API}/{ACCOUNT}.json?a={ACCOUNT}", (basic(), *headers), body))
    answer = Scrubber().response(Response(302, ACCOUNT, headers, body), LIVE)
    shown = f"{clean} {answer}"
    assert ACCOUNT not in shown
    assert shown.count(HIDDEN) == 9


def test_the_account_of_an_api_key_is_hidden() -> None:
    key = "SK" + "b" * 32
    request = Request("GET", "https://verify.twilio.com/v2/Services", (basic(key, "the key's secret 1"),))
    accounts = accounts_of(request)
    answer = Scrubber().response(
        Response(200, "OK", (), f'{{"account_sid": "{ACCOUNT}", "by": "{key}"}}'.encode()), accounts
    )
    assert answer.body == f'{{"account_sid": "{HIDDEN}", "by": "SK{"0" * 32}"}}'.encode()


def test_a_secret_is_replaced_wherever_it_occurs() -> None:
    scrubber = Scrubber()
    sent = Request("POST", f"{API}/x/{TOKEN}", (basic(), FORM, ("X-Note", TOKEN)), f"Body={TOKEN}".encode())
    assert TOKEN not in str(scrubber.request(sent))
    assert TOKEN not in str(scrubber.response(Response(200, TOKEN, (("Location", TOKEN),), TOKEN.encode()), LIVE))


def test_any_number_of_secrets_in_one_body_is_replaced() -> None:
    """This takes minutes if the time for each grows with their number, and the tests' own limit ends it."""
    secrets = [f"secret value {number:08}" for number in range(20_000)]
    body = json.dumps([{"token": secret, "note": secret} for secret in secrets]).encode()
    scrubber = Scrubber()
    sent = json.loads(scrubber.request(Request("POST", API, (JSON, basic()), body)).body)
    got = json.loads(scrubber.response(Response(200, "OK", (JSON,), body), LIVE).body)
    for kept_body in (sent, got):
        assert {each["token"] for each in kept_body} == {"SCRUBBED"}
    assert {each["note"] for each in sent[:900]} == {"SCRUBBED"}


def test_the_credentials_are_kept_whatever_number_of_secrets_is_in_the_body() -> None:
    body = json.dumps([{"token": f"secret value {number:08}"} for number in range(2_000)] + [TOKEN]).encode()
    uri = f"{API}?token=secret-in-uri-1"
    clean = Scrubber().request(Request("POST", uri, (JSON, basic(), ("X-Note", "secret-in-uri-1")), body))
    assert TOKEN not in str(clean)
    assert "secret-in-uri-1" not in str(clean)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Authorization", f"Bearer {TOKEN}"),
        ("Proxy-Authorization", basic("checkout")[1]),
        ("Authorization", basic("checkout")[1]),
        ("X-Access-Token", TOKEN),
        ("X-Auth-Token", f"Bearer {TOKEN}"),
    ],
)
def test_secrets_in_headers_are_learned(header: str, value: str) -> None:
    scrubber = Scrubber()
    scrubber.request(Request("GET", API, ((header, value),)))
    assert TOKEN in scrubber.secrets.known()
    if header.startswith("X-"):
        other = Scrubber()
        other.response(Response(200, "OK", ((header, value),)), LIVE)
        assert TOKEN in other.secrets.known()


def test_the_user_in_a_url_is_learned_and_removed() -> None:
    scrubber = Scrubber()
    clean = scrubber.request(Request("GET", f"https://{ACCOUNT}:{TOKEN}@api.twilio.com/x"))
    assert clean.uri == "https://api.twilio.com/x"
    assert scrubber.secrets.known() == (TOKEN,)


@pytest.mark.parametrize("headers", [(FORM, basic()), (("Content-Encoding", "gzip"), FORM), ()])
def test_a_request_is_compared_as_it_is_kept(headers: tuple[tuple[str, str], ...]) -> None:
    body = f"To={ACCOUNT}&AuthToken=x".encode()
    coded = gzip.compress(body) if ("Content-Encoding", "gzip") in headers else body
    sent = Request("post", f"{API}/{ACCOUNT}", headers, coded)
    compared = Scrubber().compared(sent, accounts_of(sent))
    kept_request = Scrubber().request(sent)
    assert request_key(compared) == request_key(kept_request)
    assert (compared.method, compared.uri, compared.body) == (kept_request.method, kept_request.uri, kept_request.body)


def test_bodies_are_kept_decoded() -> None:
    body = b'{"a": 1}'
    headers = (("Content-Encoding", "gzip"), ("Content-Length", "99"), ("Transfer-Encoding", "chunked"))
    clean = Scrubber().response(Response(200, "OK", headers, gzip.compress(body)), LIVE)
    assert (clean.headers, clean.body) == ((("Content-Length", "8"),), body)
    sent = Scrubber().request(Request("POST", API, headers, gzip.compress(body)))
    assert (sent.headers, sent.body) == ((("Content-Length", "8"),), body)


def test_a_body_that_is_not_in_its_coding_is_kept_as_it_is() -> None:
    broken = Response(200, "OK", (("Content-Encoding", "gzip"),), b"not gzip")
    assert Scrubber().response(broken, LIVE) == broken


@pytest.mark.parametrize(
    ("coding", "body"),
    [("aws-chunked", b"abc"), ("gzip", gzip.compress(b"abc")[:-3]), ("gzip, x", b"abc")],
    ids=["unknown", "cut short", "unknown beside a known one"],
)
def test_a_body_that_cannot_be_decoded_is_played_with_its_coding(coding: str, body: bytes) -> None:
    recorded = Response(200, "OK", (("Content-Encoding", coding), ("Content-Length", "9"), ("Date", "x")), body)
    answer = played(Scrubber().response(recorded, LIVE), Accounts())
    assert (answer.headers, answer.body) == ((("Content-Encoding", coding), ("Date", "x")), body)


@pytest.mark.parametrize("coding", [(), (("Content-Encoding", "gzip"),)], ids=["plain", "coded"])
def test_an_answer_to_head_keeps_the_length_of_the_body_that_is_not_there(coding: tuple[tuple[str, str], ...]) -> None:
    recorded = Response(200, "OK", (("Content-Length", "12345"), ("Transfer-Encoding", "chunked"), *coding))
    answer = Scrubber().response(recorded, LIVE)
    assert played(answer, Accounts(), "HEAD").headers == (("Content-Length", "12345"), *coding)
    assert played(answer, Accounts(), "GET").headers == ()


def test_scrubbing_twice_changes_nothing_more() -> None:
    scrubber = Scrubber()
    clean = scrubber.request(send_message())
    answer = scrubber.response(sent_message(), LIVE)
    assert Scrubber().request(clean) == clean
    assert Scrubber().response(answer, accounts_of(clean)) == answer


@pytest.mark.parametrize("body", [b"", b"\xff" * 9, bytes(range(256)) * 20_000], ids=["empty", "binary", "5 MB"])
def test_bodies_without_secrets_stay_byte_for_byte(body: bytes) -> None:
    assert Scrubber().response(Response(200, "OK", (), body), LIVE).body == body


def test_what_is_played_is_the_asking_clients() -> None:
    recorded = Response(
        201,
        "CREATED",
        (
            ("Location", f"/{HIDDEN}"),
            ("Content-Length", "9"),
            ("Content-Encoding", "gzip"),
            ("Link", "a"),
            ("Link", "b"),
        ),
        gzip.compress(f'{{"sid": "{HIDDEN}"}}'.encode()),
    )
    answer = played(recorded, Accounts(OTHER_ACCOUNT))
    assert answer.headers == (("Location", f"/{OTHER_ACCOUNT}"), ("Link", "a"), ("Link", "b"))
    assert answer.body == f'{{"sid": "{OTHER_ACCOUNT}"}}'.encode()
    assert played(kept().response, Accounts()).body == kept().response.body
