import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import twilio_test_proxy
from twilio_test_proxy.twilio import api
from twilio_test_proxy.twilio.credentials import Caller, Credentials, TestCredentials
from twilio_test_proxy.twilio.routes import Resource, find_route

from .asking import ACCOUNT_SID, CREDENTIALS, MESSAGE, VALID, code_of, error_body, parse_xml, post, request

POLICY = TestCredentials(ACCOUNT_SID, CREDENTIALS.password)
FORBIDDEN = "Resource not accessible with Test Account Credentials"


def ask(question: api.Request) -> api.Answer:
    """What the proxy does with a request: judge who asks, then answer."""
    verdict = api.judge(question, POLICY)
    if isinstance(verdict, api.Answer):
        return verdict
    assert verdict is Caller.TEST
    return api.answer(question)


def moved(question: api.Request, old: str, new: str) -> api.Request:
    """The same request for another path."""
    assert old in question.route.path
    return replace(question, route=find_route(question.host, question.route.path.replace(old, new)))


# What is wrong with a request, in the order in which Twilio checks: each spoils a request that is otherwise valid.
WRONG: dict[str, tuple[int, Callable[[api.Request], api.Request]]] = {
    "malformed account SID": (20404, lambda r: moved(r, ACCOUNT_SID, "invalid_sid")),
    "no valid username": (20003, lambda r: replace(r, credentials=Credentials("me", "x"))),
    "unknown method": (20004, lambda r: replace(r, method="BREW")),
    "method": (20008, lambda r: replace(r, method="PUT")),
    "extension": (20404, lambda r: moved(r, ".json", ".pdf")),
    "content encoding": (20001, lambda r: replace(r, body=None)),
    "body that is no text": (20001, lambda r: replace(r, body=b"%ff")),
    "no To": (21604, lambda r: replace(r, body=b"From=1" if r.body else r.body)),
}


def code(answer: api.Answer) -> int:
    return int(re.findall(r"2\d{4}", answer.response.body.decode())[0]) if answer.response.status != 201 else 0


@pytest.mark.parametrize(("name", "wrong"), WRONG.items(), ids=WRONG)
def test_wrong(name: str, wrong: tuple[int, Callable[[api.Request], api.Request]]) -> None:
    expected, spoil = wrong

    assert code(ask(request("Messages", MESSAGE))) == 0
    assert code(ask(spoil(request("Messages", MESSAGE)))) == expected


ADJACENT = [
    pair for pair in zip(WRONG, list(WRONG)[1:], strict=False) if pair != ("content encoding", "body that is no text")
]


@pytest.mark.parametrize(("first", "second"), ADJACENT, ids=" before ".join)
def test_order_of_checks(first: str, second: str) -> None:
    expected, spoil_first = WRONG[first]
    _, spoil_second = WRONG[second]

    assert code(ask(spoil_first(spoil_second(request("Messages", MESSAGE))))) == expected


def test_a_malformed_account_sid_wins_over_every_other_error() -> None:
    """Recorded in 2018, with a wrong username."""
    question = request("Messages", MESSAGE)
    for _, spoil in list(WRONG.values())[1:]:
        question = spoil(question)

    answer = ask(moved(question, f"{ACCOUNT_SID}/Messages.pdf", "invalid_sid/Messages.json"))

    message = "The requested resource /2010-04-01/Accounts/invalid_sid/Messages.json was not found"
    assert answer.response.body == error_body(".json", 404, 20404, message)


@pytest.mark.parametrize("resource", VALID)
def test_forbidden_comes_before_parameters(resource: str) -> None:
    assert code_of(api.answer(request(resource, {}, method="GET"))) == 20008


@pytest.mark.parametrize(
    "resource",
    [
        "IncomingPhoneNumbers/Local",
        "IncomingPhoneNumbers/Mobile",
        "IncomingPhoneNumbers/TollFree",
        "AvailablePhoneNumbers/US/Local",
        "Faxes",
        "Recordings",
        "Messages/SM" + "1" * 32,
        "Messages/SM" + "1" * 32 + "/Media",
        "Calls/CA" + "1" * 32,
        "OutgoingCallerIds",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("extension", [".json", ""])
def test_any_other_resource_is_forbidden(resource: str, method: str, extension: str) -> None:
    answer = api.answer(request(resource, MESSAGE, extension, method=method))

    assert (answer.response.status, answer.response.reason) == (403, "FORBIDDEN")
    assert answer.response.body == error_body(extension, 403, 20008, FORBIDDEN)


@pytest.mark.parametrize("method", ["BREW", "TRACE", "CONNECT", "post", "", "PROPFIND"])
def test_a_method_that_twilio_does_not_know(method: str) -> None:
    answer = api.answer(request("Messages", MESSAGE, method=method))

    assert (answer.response.status, answer.response.reason) == (405, "METHOD NOT ALLOWED")
    assert answer.response.body == error_body(".json", 405, 20004, "Method not allowed")


def test_a_body_of_the_largest_size_is_read() -> None:
    answer = api.answer(request("Messages", body=b"To=1&From=2&x=".ljust(api.MAX_BODY_SIZE, b"a")))

    assert code_of(answer) == 21211


def test_a_larger_body_is_not() -> None:
    answer = api.answer(request("Messages", body=b"%ff".ljust(api.MAX_BODY_SIZE + 1, b"a")))

    assert (answer.response.status, answer.response.reason) == (413, "REQUEST ENTITY TOO LARGE")
    assert answer.response.body == error_body(".json", 413, 20413, "The request body is larger than 1048576 bytes")


@pytest.mark.parametrize(
    ("body", "reason"),
    [(None, "broken content encoding, or too large without it"), (b"a=%ff", "not utf-8 text")],
    ids=["encoding", "text"],
)
def test_a_body_that_cannot_be_read(body: bytes | None, reason: str) -> None:
    answer = api.answer(request("Messages", body=body))

    assert answer.response.status == 400
    assert answer.response.body == error_body(".json", 400, 20001, f"The request body could not be read: {reason}")


def test_an_answer_tells_what_became_of_the_request() -> None:
    success, refusal = post("Messages", MESSAGE), post("Messages", {**MESSAGE, "Body": ""})
    nothing_read = api.answer(request("Messages", body=None))

    assert success.route.resource is Resource.MESSAGES
    assert success.form
    assert success.form.get("To") == MESSAGE["To"]
    assert success.created
    assert success.created.fields["sid"] == json.loads(success.response.body)["sid"]
    assert success.error is None
    assert refusal.error
    assert refusal.error.error.code == 21602
    assert refusal.form
    assert refusal.created is None
    assert nothing_read.form is None


@pytest.mark.parametrize("resource", VALID)
@pytest.mark.parametrize("charset_asked", [True, False])
def test_the_character_set_is_named_where_it_was_asked_for(resource: str, charset_asked: bool) -> None:
    content_type = "application/json; charset=utf-8" if charset_asked else "application/json"
    for parameters in (VALID[resource], {}):
        answer = api.answer(request(resource, parameters, charset_asked=charset_asked))

        assert ("Content-Type", content_type) in answer.response.headers
    verdict = api.judge(replace(request(resource, {}, charset_asked=charset_asked), credentials=None), POLICY)

    assert isinstance(verdict, api.Answer)
    assert ("Content-Type", content_type) in verdict.response.headers


@pytest.mark.parametrize("resource", VALID)
def test_every_creation_has_a_fresh_sid(resource: str) -> None:
    sids = {json.loads(post(resource, VALID[resource]).response.body)["sid"] for _ in range(50)}

    assert len(sids) == 50


def test_live_credentials_are_left_to_others() -> None:
    question = replace(request("Messages", MESSAGE), credentials=Credentials("AC" + "9" * 32, "x"))

    assert api.judge(question, POLICY) is Caller.LIVE


@pytest.mark.parametrize("resource", VALID)
def test_whatever_the_parameters_are_the_answer_is_well_formed(resource: str) -> None:
    chance = random.Random(resource)
    names = ["To", "From", "Body", "MediaUrl", "Url", "Twiml", "PhoneNumber", "AreaCode", "VoiceUrl", "FriendlyName"]
    values = ["", "+15005550006", "+14108675309", "500", "http://example.com/", "\0", "{}", "<&>", "😀", "%", "a" * 300]
    for _ in range(300):
        parameters = {name: chance.choice(values) for name in chance.sample(names, chance.randrange(len(names)))}
        in_json, in_xml = post(resource, parameters), post(resource, parameters, "")

        assert in_json.response.status == in_xml.response.status
        assert json.loads(in_json.response.body)
        assert parse_xml(in_xml.response.body).tag == "TwilioResponse"
        assert b"\n" not in in_json.response.body
        assert not in_xml.response.body.endswith(b"\n")


def test_the_local_twilio_needs_neither_mitmproxy_nor_vcr() -> None:
    program = "import sys, twilio_test_proxy.twilio.api; print({'mitmproxy', 'vcr', 'werkzeug'} & set(sys.modules))"
    root = Path(twilio_test_proxy.__file__).parent.parent
    finished = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)

    assert finished.stdout == "set()\n"
