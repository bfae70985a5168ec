import base64
from typing import Any

from mitmproxy import http
from mitmproxy.test import tflow, tutils

from twilio_test_proxy.addons.cassettes import TwilioCassettes
from twilio_test_proxy.addons.dial_guard import TwilioDialGuard
from twilio_test_proxy.addons.forwarding import TwilioForwarding
from twilio_test_proxy.addons.hosts import TwilioHosts
from twilio_test_proxy.addons.journal import MAX_AUTHORIZATIONS, MAX_BYTES, MAX_KEPT, TwilioJournal, bounded
from twilio_test_proxy.addons.live_requests import TwilioLiveRequests
from twilio_test_proxy.addons.options import TwilioOptions
from twilio_test_proxy.addons.outcomes import Outcome, count, remember
from twilio_test_proxy.addons.redaction import TwilioRedaction
from twilio_test_proxy.cassettes.differences import Difference
from twilio_test_proxy.cassettes.explanation import Miss, MissReason
from twilio_test_proxy.cassettes.interaction import Request, first_header
from twilio_test_proxy.page.bodies import MAX_BODY

SID = "AC" + "1" * 32
BASIC = "Basic " + base64.b64encode(f"{SID}:not-a-real-token".encode()).decode()
TEST = Outcome("test-credentials", "test", SID, "Messages", "+14108675309", "+15005550006", result="SM1")
MISSED = Outcome("refused", "live", SID, "Messages", code=424001, result="the whole message", cassette="a.yaml")
FORM = b"From=%2B15017122661&To=%2B14108675309"


def journal() -> tuple[TwilioJournal, TwilioLiveRequests]:
    options = TwilioOptions()
    live_requests = TwilioLiveRequests(options, TwilioCassettes(options), TwilioForwarding(TwilioDialGuard()))
    return TwilioJournal(live_requests), live_requests


def answered(outcome: Outcome = TEST, body: bytes = FORM, answer: bytes = b"{}", basic: str = BASIC) -> http.HTTPFlow:
    headers = ((b"Content-Type", b"application/x-www-form-urlencoded"), (b"Authorization", basic.encode()))
    request = tutils.treq(
        method=b"POST", scheme=b"https", host="api.twilio.com", path=b"/x?y=1", headers=headers, content=body
    )
    flow = tflow.tflow(req=request, resp=tutils.tresp(status_code=201, content=answer))
    flow.request.headers["Host"] = "api.twilio.com"
    TwilioHosts().requestheaders(flow)
    remember(flow, outcome)
    return flow


def test_a_request_becomes_a_line() -> None:
    kept, _ = journal()
    kept.response(answered())
    (line,) = kept.summaries()
    assert (line.number, line.method, line.resource, line.outcome, line.status) == (
        1,
        "POST",
        "Messages",
        "answered",
        201,
    )
    assert (line.caller, line.account, line.from_, line.to) == ("test", SID, "+15005550006", "+14108675309")
    assert (line.result, line.code, line.why) == ("SM1", 0, "")


def test_a_request_in_full_has_the_credentials_that_redaction_has_taken_out_of_the_flow() -> None:
    kept, _ = journal()
    flow = answered()
    kept.response(flow)
    TwilioRedaction().response(flow)
    exchange = kept.exchange(1)
    assert exchange is not None
    assert exchange.request.uri == "https://api.twilio.com/x?y=1"
    assert first_header(exchange.request.headers, "authorization") == BASIC
    assert (exchange.request.body, exchange.response.body) == (FORM, b"{}")
    assert (exchange.request_size, exchange.response_size) == (len(FORM), 2)
    assert exchange.response.status == 201
    assert exchange.seconds > 0


def test_a_request_whose_client_was_gone_is_kept_and_none_twice() -> None:
    kept, _ = journal()
    flow = answered()
    kept.error(flow)
    count(flow)
    kept.error(flow)
    kept.response(flow)
    assert (kept.number, len(kept.summaries())) == (1, 1)


def test_a_miss_is_kept_with_the_closest_recorded_interaction() -> None:
    kept, live_requests = journal()
    flow, request = answered(MISSED), Request("POST", "https://api.twilio.com/x")
    miss = Miss("a.yaml", request, MissReason.DIFFERENT, request, 3, (Difference("To", "1", "2"),))
    live_requests.misses[flow] = miss
    kept.response(flow)
    exchange = kept.exchange(1)
    assert exchange is not None
    assert exchange.miss is miss
    assert (exchange.summary.outcome, exchange.summary.why) == ("missed", "closest is 3: To: recorded 1, asked 2")
    assert not live_requests.misses


def test_a_miss_with_large_bodies_is_kept_without_the_comparison() -> None:
    kept, live_requests = journal()
    flow, request = answered(MISSED), Request("POST", "https://api.twilio.com/x", body=b"x" * (2 * MAX_BODY + 1))
    live_requests.misses[flow] = Miss("a.yaml", request, MissReason.NOTHING_SIMILAR)
    kept.response(flow)
    exchange = kept.exchange(1)
    assert exchange is not None
    assert (exchange.miss, exchange.summary.result) == (None, "the whole message")


def test_flows_of_others_are_not_kept() -> None:
    kept, _ = journal()
    kept.response(tflow.tflow(resp=True))
    assert (kept.number, kept.summaries()) == (0, [])


def test_the_last_500_are_kept_and_the_newest_comes_first() -> None:
    kept, _ = journal()
    for _number in range(MAX_KEPT + 3):
        kept.response(answered())
    lines = kept.summaries()
    assert (kept.number, len(lines)) == (503, 500)
    assert (lines[0].number, lines[-1].number) == (503, 4)
    assert kept.exchange(3) is None
    assert kept.exchange(4) is not None
    assert kept.exchange(504) is None


def test_of_a_large_body_only_the_size_is_kept() -> None:
    flow = answered(answer=b"x" * (MAX_BODY + 1))
    kept, _ = journal()
    kept.response(flow)
    exchange = kept.exchange(1)
    assert exchange is not None
    assert (exchange.response.body, exchange.response_size) == (b"", MAX_BODY + 1)
    assert flow.response is not None
    assert len(flow.response.raw_content or b"") == MAX_BODY + 1  # the client still gets all of it


def test_nothing_is_copied_up_to_64_kb() -> None:
    flow = answered(answer=b"x" * MAX_BODY)
    assert bounded(flow.response) == (flow.response, MAX_BODY)
    assert bounded(flow.response)[0] is flow.response


def test_all_bodies_together_have_a_limit() -> None:
    kept, _ = journal()
    for number in range(MAX_KEPT):
        kept.response(answered(body=b"x" * MAX_BODY, answer=b""))
        lines = kept.summaries()
        assert len(lines) == min(number + 1, MAX_BYTES // MAX_BODY)
        assert lines[0].number == number + 1


def test_the_limit_counts_what_is_kept_and_not_what_was() -> None:
    kept, _ = journal()
    small = b"x" * (MAX_BYTES // MAX_KEPT)
    for _number in range(3 * MAX_KEPT):
        kept.response(answered(body=small, answer=b""))
    assert len(kept.summaries()) == MAX_KEPT


def test_the_credentials_seen_are_remembered_for_hiding_and_bounded() -> None:
    kept, _ = journal()
    for number in range(MAX_AUTHORIZATIONS + 2):
        kept.response(answered(basic=f"Basic {number}"))
        kept.response(answered(basic=f"Basic {number}"))
    seen: list[Any] = list(kept.authorizations)
    assert (len(seen), seen[0], seen[-1]) == (MAX_AUTHORIZATIONS, "Basic 2", f"Basic {MAX_AUTHORIZATIONS + 1}")
