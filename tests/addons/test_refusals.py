"""HTTP 424 in Twilio's envelope: its three codes, and what each says to do."""

import json
from xml.etree import ElementTree

import pytest

from twilio_test_proxy.addons import refusals
from twilio_test_proxy.addons.options import NAMES
from twilio_test_proxy.addons.refusals import Refusal
from twilio_test_proxy.page.explanations import EXPLANATIONS
from twilio_test_proxy.twilio.responses import Format

ALL = [
    (refusals.miss("The cassette does not hold it."), 424001, ("The cassette does not hold it.",)),
    (
        refusals.NOTHING_ANSWERS,
        424002,
        (
            "twilio_test_account_sid",
            "twilio_test_auth_token",
            "twilio_cassette=PATH",
            "twilio_forward_live=true",
            "twilio_record_mode=once",
        ),
    ),
    (refusals.not_allowed(ValueError("The cassette name is empty.")), 424002, ("The cassette name is empty.",)),
    (refusals.OWN_MISTAKE, 424002, ("sent it nowhere", "report it")),
    (refusals.not_recorded(201, "the disk is full"), 424002, ("Twilio answered 201", "the disk is full")),
    (
        refusals.unreachable("api.twilio.com", "connection refused"),
        424003,
        ("api.twilio.com", "nothing was recorded", "connection refused", "ssl_verify_upstream_trusted_ca"),
    ),
]
IDS = ["miss", "nothing answers", "not allowed", "own mistake", "not recorded", "unreachable"]


@pytest.mark.parametrize(("refusal", "code", "says"), ALL, ids=IDS)
def test_a_refusal_has_its_code_and_says_what_to_do(refusal: Refusal, code: int, says: tuple[str, ...]) -> None:
    assert refusal.code == code
    assert [text for text in says if text not in refusal.message] == []
    assert "\n" not in refusal.message


@pytest.mark.parametrize(("refusal", "code", "says"), ALL, ids=IDS)
def test_as_json(refusal: Refusal, code: int, says: tuple[str, ...]) -> None:
    response = refusal.response(Format.JSON)
    assert response.status == 424
    assert dict(response.headers)["Content-Type"].startswith("application/json")
    assert json.loads(response.body) == {
        "code": code,
        "message": refusal.message,
        "more_info": f"http://twilio-test-proxy.test/errors/{code}",
        "status": 424,
    }


@pytest.mark.parametrize(("refusal", "code", "says"), ALL, ids=IDS)
def test_as_xml(refusal: Refusal, code: int, says: tuple[str, ...]) -> None:
    response = refusal.response(Format.XML)
    assert response.status == 424
    assert dict(response.headers)["Content-Type"].startswith("application/xml")
    (exception,) = ElementTree.fromstring(response.body)  # noqa: S314 - our own answer
    assert exception.tag == "RestException"
    assert {part.tag: part.text for part in exception} == {
        "Code": str(code),
        "Message": refusal.message,
        "MoreInfo": f"http://twilio-test-proxy.test/errors/{code}",
        "Status": "424",
    }


def test_what_a_miss_quotes_cannot_break_the_envelope() -> None:
    message = 'To: recorded "<&>", asked \x00\x1b \ud800 größe'
    assert json.loads(refusals.miss(message).response(Format.JSON).body)["message"].startswith('To: recorded "<&>"')
    root = ElementTree.fromstring(refusals.miss(message).response(Format.XML).body)  # noqa: S314 - our own answer
    assert str(root.findtext("RestException/Message")).startswith('To: recorded "<&>"')


def test_every_code_is_explained_where_more_info_leads() -> None:
    assert {code for _, code, _ in ALL} == set(EXPLANATIONS)


def test_every_option_that_is_named_exists() -> None:
    text = " ".join([refusal.message for refusal, _, _ in ALL] + [it.text for it in EXPLANATIONS.values()])
    named = {word.partition("=")[0].strip(".,;:") for word in text.split() if word.startswith("twilio_")}
    assert named
    assert named <= set(NAMES)
