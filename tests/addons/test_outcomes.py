import io
from dataclasses import replace

import pytest
from mitmproxy import io as mitmproxy_io
from mitmproxy.test import tflow, tutils

from twilio_test_proxy.addons.outcomes import HEADER, Outcome, count, is_counted, recall, remember, respond
from twilio_test_proxy.twilio.responses import Format, envelope

OUTCOME = Outcome("refused", "live", "AC" + "1" * 32, "Messages", code=424002, result="refused")
RESPONSE = envelope(424002, 424, "refused", "http://example.com", Format.JSON)


def test_the_answer_says_who_gave_it() -> None:
    flow = tflow.tflow()
    respond(flow, RESPONSE, OUTCOME)
    assert flow.response is not None
    assert flow.response.headers[HEADER] == "refused"
    assert flow.response.status_code == 424
    assert flow.response.content == RESPONSE.body


def test_a_head_request_gets_the_headers_without_the_body() -> None:
    flow = tflow.tflow(req=tutils.treq(method=b"HEAD"))
    respond(flow, RESPONSE, OUTCOME)
    assert flow.response is not None
    assert flow.response.content == b""
    assert flow.response.headers["content-length"] == str(len(RESPONSE.body))


def test_what_becomes_of_one_answer_leaves_the_others_alone() -> None:
    first, second, third = tflow.tflow(), tflow.tflow(), tflow.tflow()
    respond(first, RESPONSE, OUTCOME)
    respond(second, replace(RESPONSE, status=201, body=b"other"), OUTCOME)
    assert first.response and second.response
    first.response.headers["x"] = "changed"
    first.response.trailers = first.response.headers
    first.response.stream = True
    first.response.status_code, first.response.content = 500, b"changed"
    respond(third, RESPONSE, OUTCOME)
    assert third.response
    assert (second.response.status_code, second.response.content) == (201, b"other")
    assert (third.response.status_code, third.response.content) == (424, RESPONSE.body)
    for response in (second.response, third.response):
        assert ("x" in response.headers, response.trailers, response.stream) == (False, None, False)


def test_an_outcome_is_remembered_in_a_form_that_mitmproxy_can_save() -> None:
    flow = tflow.tflow()
    remember(flow, OUTCOME)
    assert recall(flow) == OUTCOME
    file = io.BytesIO()
    mitmproxy_io.FlowWriter(file).add(flow)
    file.seek(0)
    (saved,) = mitmproxy_io.FlowReader(file).stream()
    assert saved.metadata == flow.metadata


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Url is not a valid url: https://joe:planted-secret@localhost/", "Url is not a valid url: https://localhost/"),
        ("sip:joe:planted-secret@example.com", "sip:joe@example.com"),
        ("https://example.com/?auth_token=planted-secret", "https://example.com/?auth_token=SCRUBBED"),
        ("+1" + "4" * 10_000, "+1" + "4" * 197 + "…"),
    ],
    ids=["a password in a URL", "a password in a SIP address", "a token in a query", "ten thousand digits"],
)
def test_what_is_kept_of_a_request_is_scrubbed_and_short(text: str, shown: str) -> None:
    flow = tflow.tflow()
    remember(flow, replace(OUTCOME, to=text, from_=text, result=text))
    kept = recall(flow)
    assert kept is not None
    assert kept.to == kept.from_ == shown
    assert kept.result[:60] == shown[:60]
    assert "planted-secret" not in str(flow.metadata)
    assert len(kept.result) <= 4000


def test_other_flows_have_no_outcome() -> None:
    assert recall(tflow.tflow()) is None


def test_a_flow_is_counted_once_it_was_counted() -> None:
    flow = tflow.tflow()
    assert not is_counted(flow)
    count(flow)
    assert is_counted(flow)
    assert recall(flow) is None  # which says nothing of what became of it
