import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from page_samples import BASIC, FORM, PASSWORD, SID, URL, Samples, exchange
from twilio_test_proxy.cassettes.differences import Difference
from twilio_test_proxy.cassettes.explanation import Miss, MissReason
from twilio_test_proxy.cassettes.interaction import Request, Response
from twilio_test_proxy.page.exchanges import OUTCOMES
from twilio_test_proxy.page.site import LATEST, SHOWN, clock, create_site, iso, shortened
from twilio_test_proxy.twilio import magic

SCRIPT = "<script>alert('x')</script>"
PAGES = ("/", "/live", "/requests/1", "/tables", "/errors/", "/errors/424001", "/ca.pem", "/requests/9", "/nothing")
CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
CASSETTE = {
    "cassette": "cassettes/checkout.yaml",
    "record_mode": "none",
    "interactions": 30,
    "played": 8,
    "missed": 1,
    "unplayed": 22,
    "recorded": 0,
    "unplayed_interactions": [{"number": 9, "method": "GET", "uri": "https://api.twilio.com/9"}],
}


def site(*exchanges: Any, **source: Any) -> FlaskClient:
    return create_site(Samples(list(exchanges), **source)).test_client()


def text_of(html: str) -> str:
    """The words of a page, without tags."""
    return " ".join(re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", html, flags=re.DOTALL).split())


def test_the_list_has_a_line_for_each_request_the_newest_first() -> None:
    html = (
        site(exchange(1, result="SM1"), exchange(2, outcome="missed", status=424, code=424001, result="why"))
        .get("/")
        .text
    )
    assert re.findall(r'<tr data-number="(\d+)" class="(\w+)">', html) == [("2", "missed"), ("1", "answered")]
    text = text_of(html)
    assert "test AC…1111 POST Messages +15005550006 → +14108675309 missed 424 424001 why" in text
    assert "answered 201 SM1" in text
    assert SID not in html


def test_the_head_says_what_the_proxy_is_and_has_done() -> None:
    text = text_of(site(exchange(1), exchange(2), exchange(3, outcome="played"), dialled=4).get("/").text)
    assert "http://127.0.0.1:8080 any pair live: refused connections to Twilio: 4" in text
    assert "3 all 2 answered 1 played 0 forwarded 0 missed 0 refused" in text


def test_without_requests_it_says_how_to_send_one() -> None:
    text = text_of(site().get("/").text)
    assert "twilio-test-proxy exec -- YOUR COMMAND" in text
    assert "export HTTPS_PROXY=http://127.0.0.1:8080" in text


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_list_can_be_narrowed_to_an_outcome(outcome: str) -> None:
    client = site(*(exchange(number, outcome=name) for number, name in enumerate(OUTCOMES, 1)))
    html = client.get(f"/?outcome={outcome}").text
    assert re.findall(r'<tr data-number="\d+" class="(\w+)">', html) == [outcome]
    assert re.findall(r'<a id="filter-(\w+)"[^>]* aria-current="true"', html) == [outcome]


def test_an_outcome_that_does_not_exist_narrows_nothing() -> None:
    assert 'data-number="1"' in site(exchange()).get("/?outcome=nonsense").text


def test_an_outcome_that_no_request_had_is_said_to_be_so() -> None:
    assert "No request was refused among those that are kept." in text_of(
        site(exchange()).get("/?outcome=refused").text
    )


def test_older_requests_are_one_link_away() -> None:
    client = site(*(exchange(number) for number in range(1, SHOWN + 6)))
    html = client.get("/").text
    assert html.count("<tr data-number") == SHOWN
    assert "Show 5 older ones" in html
    assert client.get("/?all=1").text.count("<tr data-number") == SHOWN + 5


def test_requests_that_are_no_longer_kept_are_said_to_be_counted_only() -> None:
    text = text_of(site(exchange(1), exchange(2), exchange(3), kept=2).get("/").text)
    assert "The last 2 are kept; older ones are only counted." in text


def test_the_state_of_each_cassette() -> None:
    text = text_of(site(cassettes=[CASSETTE]).get("/").text)
    assert "cassettes/checkout.yaml 8 of 30 played 1 missed record mode none" in text
    assert "22 unplayed GET https://api.twilio.com/9 and 21 more" in text


def test_the_part_that_changes_is_sent_only_where_it_has_changed() -> None:
    client = site(exchange())
    version = re.findall(r'data-version="(\w+)"', client.get("/").text)[0]
    unchanged = client.get(f"/live?seen={version}")
    assert (unchanged.status_code, unchanged.data) == (204, b"")
    changed = client.get("/live?seen=0")
    assert changed.status_code == 200
    assert changed.text.lstrip().startswith("<div")
    assert changed.text.strip() in client.get("/").text


def test_a_request_is_shown_in_full() -> None:
    html = site(exchange(result="SM1")).get("/requests/1").text
    text = text_of(html)
    assert f"POST {URL.replace(SID, 'AC' + '0' * 32)} Form fields To +14108675309 Body hello" in text
    assert "201 CREATED { &#34;sid&#34;: &#34;SM1&#34; }" in text
    assert "1 header fields Content-Type application/json" in text
    assert "1.5 ms" in text


def test_a_miss_shows_the_closest_recorded_interaction_beside_it_with_the_differing_fields_marked() -> None:
    recorded, asked = (Request("POST", URL, FORM, body) for body in (b"From=%2B2&To=%2B1", b"From=%2B2&To=%2B3"))
    difference = (Difference("To", "+1", "+3"),)
    miss = Miss("a.yaml", asked, MissReason.DIFFERENT, recorded, 4, difference)
    html = (
        site(exchange(request=asked, miss=miss, outcome="missed", status=424, code=424001, result="w"))
        .get("/requests/1")
        .text
    )
    assert "Closest recorded interaction: number 4" in html
    rows = re.findall(r"<tr( class=\"differs\")?>\s*<td class=\"mark\">(.*?)</tr>", html, re.DOTALL)
    assert [(bool(marked), text_of(row)) for marked, row in rows] == [
        (False, "method POST POST"),
        (False, f"URL {URL} {URL}"),
        (False, "From +2 +2"),
        (True, "≠ differs To +1 +3"),
    ]
    assert '<a href="/errors/424001">' in html


def test_a_request_that_was_played_already_is_said_to_be_so() -> None:
    asked = Request("GET", URL)
    miss = Miss("a.yaml", asked, MissReason.ALREADY_PLAYED, asked, 4, plays=2)
    text = text_of(site(exchange(request=asked, miss=miss)).get("/requests/1").text)
    assert "No field differs: it is recorded 2 times, and was already played as often." in text


def test_an_error_of_twilios_leads_to_twilios_documentation() -> None:
    html = site(exchange(status=400, code=21614)).get("/requests/1").text
    assert 'href="https://www.twilio.com/docs/errors/21614"' in html


def test_every_row_of_the_magic_tables() -> None:
    html = site().get("/tables").text
    shown = re.findall(r"<tr><td><code>(.*?)</code></td><td>(.*?)</td><td class=\"\w+\">(.*?)</td></tr>", html)
    expected = [row for table in magic.TABLES for row in magic.listed(table)]
    assert [tuple(cell.replace("&#39;", "'") for cell in row) for row in shown] == expected


@pytest.mark.parametrize("code", [424001, 424002, 424003])
def test_an_error_of_the_proxy_is_explained_with_the_latest_requests_that_got_it(code: int) -> None:
    others = [exchange(number, outcome="refused", code=code, result=f"reason {number}") for number in range(2, 14)]
    text = text_of(site(exchange(1, code=21614), *others).get(f"/errors/{code}").text)
    assert str(code) in text
    assert text.count("reason") == LATEST
    assert "reason 13" in text


def test_the_errors_are_listed() -> None:
    assert re.findall(r'<a href="/errors/(\d+)">', site().get("/errors/").text) == ["424001", "424002", "424003"]


def test_an_error_that_is_not_the_proxys_is_not_there() -> None:
    answer = site().get("/errors/21614")
    assert answer.status_code == 404
    assert "There is no error 21614 of the proxy: it knows 424001, 424002, 424003." in answer.text


def test_what_is_not_there_says_where_to_ask_instead() -> None:
    answer = site().get("/status")
    assert answer.status_code == 404
    assert "JSON for programs is at http://twilio-test-proxy.test/, through the proxy only." in text_of(answer.text)


@pytest.mark.parametrize(("number", "expected"), [(3, ["next"]), (4, ["prev", "next"]), (5, ["prev"])])
def test_an_exchange_leads_to_its_neighbours_that_are_kept(number: int, expected: list[str]) -> None:
    html = site(*map(exchange, (3, 4, 5))).get(f"/requests/{number}").text
    assert re.findall(r'<a rel="(prev|next)"', html) == expected


@pytest.mark.parametrize("code", [424001, 424002, 424003])
def test_what_to_type_for_exec_comes_before_what_to_type_for_mitmdump(code: int) -> None:
    for cure in re.findall(r"<li>.*?</li>", site().get(f"/errors/{code}").text, re.DOTALL):
        commands = re.findall(r"<pre .*?>(.*?)</pre>", cure)
        assert [command for command in commands if command.startswith("mitmdump")] == commands[1:]


def test_the_certificate_and_never_the_key() -> None:
    key = b"-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n"
    answer = site(pem=key + CERTIFICATE + key).get("/ca.pem")
    assert answer.data == CERTIFICATE
    assert answer.content_type == "application/x-pem-file"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="twilio-test-proxy-ca.pem"'


@pytest.mark.parametrize("pem", [None, b"", b"-----BEGIN RSA PRIVATE KEY-----\nc2Vj\n-----END RSA PRIVATE KEY-----\n"])
def test_without_a_certificate_it_says_so(pem: bytes | None) -> None:
    assert site(pem=pem).get("/ca.pem").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_keeps_itself_to_itself(path: str) -> None:
    client = site(exchange(), pem=CERTIFICATE)
    first, second = client.get(path), client.get(path)
    policy = first.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'nonce-")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert policy != second.headers["Content-Security-Policy"]
    nonces = set(re.findall(r'nonce="(.*?)"', first.text))
    assert nonces <= set(re.findall(r"'nonce-(.*?)'", policy))
    assert first.headers["Cache-Control"] == "no-store"
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert first.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in first.headers


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_asked_of_another_host_and_nothing_is_styled_or_scripted_inline(path: str) -> None:
    html = site(exchange(status=400, code=21614), pem=CERTIFICATE).get(path).text
    assert re.findall(r'(?:src|action|srcset)="(?!data:)', html) == []
    assert [target for target in re.findall(r'<link[^>]* href="([^"]*)', html) if not target.startswith("data:")] == []
    assert re.findall(r'<[^>]* (?:style|on\w+)="', html) == []
    assert "@import" not in html


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_changed(method: str) -> None:
    answer = site(exchange()).open("/", method=method)
    assert answer.status_code == 405 or (method == "OPTIONS" and not answer.data)


def evil() -> Any:
    request = Request("POST", f"{URL}?{SCRIPT}", (*FORM, ("X-Evil", SCRIPT)), f"Body={SCRIPT}&{SCRIPT}=1".encode())
    response = Response(201, SCRIPT, (("Content-Type", "text/html"),), SCRIPT.encode())
    miss = Miss(SCRIPT, request, MissReason.DIFFERENT, request, 1, (Difference(SCRIPT, SCRIPT, SCRIPT),))
    words: dict[str, Any] = dict.fromkeys(
        ("method", "resource", "caller", "account", "from_", "to", "result", "hint", "cassette"), SCRIPT
    )
    return exchange(request=request, response=response, miss=miss, code=424001, outcome="missed", why=SCRIPT, **words)


@pytest.mark.parametrize("path", ["/", "/live", "/requests/1", "/errors/424001"])
def test_what_a_client_sends_is_text_and_never_markup(path: str) -> None:
    unplayed = [{"number": 1, "method": SCRIPT, "uri": SCRIPT}]
    cassette = CASSETTE | {"cassette": SCRIPT, "unplayed_interactions": unplayed}
    html = site(evil(), cassettes=[cassette]).get(path).text
    assert "alert(" in html
    assert "<script>alert" not in html
    assert re.findall(r"<script(?! nonce=)", html) == []


@pytest.mark.parametrize("path", ["/", "/live", "/requests/1", "/errors/424001"])
def test_no_secret_is_in_any_page(path: str) -> None:
    request = Request("POST", URL, (("Authorization", BASIC), *FORM), f"Body={PASSWORD}".encode())
    client = site(exchange(request=request, to=PASSWORD, result=PASSWORD, why=PASSWORD, code=424001), seen=[BASIC])
    html = client.get(path).text
    assert PASSWORD not in html
    assert BASIC.split()[1] not in html
    assert SID not in html


def test_a_secret_of_another_request_is_not_in_the_page_of_a_request() -> None:
    request = Request("POST", URL, FORM, f"Body={PASSWORD}".encode())
    html = site(exchange(request=request), seen=[BASIC]).get("/requests/1").text
    assert PASSWORD not in html
    assert "SCRUBBED" in html


def test_what_is_not_there_is_said_in_a_page() -> None:
    answer = site().get("/requests/7")
    assert answer.status_code == 404
    assert "Request 7 is not kept" in answer.text


def test_a_moment_is_shown_as_this_machines_time_of_day() -> None:
    assert clock(1_700_000_000.4) == iso(1_700_000_000.4)[11:19]
    assert iso(1_700_000_000.4)[19:23] == ".400"


@pytest.mark.parametrize(("sid", "shown"), [(SID, "AC…1111"), ("AC123", "AC123"), ("", "")])
def test_a_sid_is_shown_by_its_ends(sid: str, shown: str) -> None:
    assert shortened(sid) == shown
