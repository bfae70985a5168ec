import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import pytest

from twilio_test_proxy.twilio import errors
from twilio_test_proxy.twilio.errors import TwilioError
from twilio_test_proxy.twilio.responses import (
    REASONS,
    Format,
    Response,
    Value,
    envelope,
    failure,
    new_sid,
    rfc2822,
    success,
)

from .asking import error_body, parse_xml

DECLARATION = b"<?xml version='1.0' encoding='UTF-8'?>\n"


def headers(response: Response) -> dict[str, str]:
    assert len({name.lower() for name, _ in response.headers}) == len(response.headers)
    return dict(response.headers)


def make(fields: dict[str, Value], format_: Format = Format.JSON) -> Response:
    return success("Message", fields, format_, charset_asked=False, seconds=0.0424)


def refuse(error: errors.Error = errors.MESSAGE_BODY_REQUIRED, format_: Format = Format.JSON) -> Response:
    return failure(TwilioError(error), format_, charset_asked=False, seconds=0.0424)


def test_json_is_written_as_python_writes_it() -> None:
    body = make({"sid": "SM1", "price": None, "beta": False, "n": 3, "uris": {"media": "/a"}, "body": 'é😀/"\\\n'}).body

    assert body == (
        b'{"sid": "SM1", "price": null, "beta": false, "n": 3, "uris": {"media": "/a"}, '
        b'"body": "\\u00e9\\ud83d\\ude00/\\"\\\\\\n"}'
    )


def test_xml_is_one_line_below_its_declaration() -> None:
    body = make({"date_created": "now", "price": None, "beta": True, "body": "", "n": 3}, Format.XML).body

    assert body == (
        DECLARATION + b"<TwilioResponse><Message><DateCreated>now</DateCreated><Price/><Beta>true</Beta><Body/><N>3</N>"
        b"</Message></TwilioResponse>"
    )


def test_line_ends_come_back_out_of_xml() -> None:
    body = make({"body": "one\r\ntwo\nthree\rfour"}, Format.XML).body
    assert b"<Body>one&#13;\ntwo\nthree&#13;four</Body>" in body
    assert parse_xml(body).findtext("Message/Body") == "one\r\ntwo\nthree\rfour"


def test_xml_nests_and_spells_the_capabilities_in_upper_case() -> None:
    fields: dict[str, Value] = {
        "capabilities": {"voice": False, "sms": True, "mms": False, "fax": False},
        "sms_url": "",
        "subresource_uris": {"media": "/x", "user_defined_messages": "/y", "sms": "/z"},
    }

    assert make(fields, Format.XML).body == (
        DECLARATION + b"<TwilioResponse><Message>"
        b"<Capabilities><Voice>false</Voice><SMS>true</SMS><MMS>false</MMS><Fax>false</Fax></Capabilities><SmsUrl/>"
        b"<SubresourceUris><Media>/x</Media><UserDefinedMessages>/y</UserDefinedMessages>"
        b"<Sms>/z</Sms></SubresourceUris>"
        b"</Message></TwilioResponse>"
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ('it\'s "quoted"', 'it\'s "quoted"'),
        ("</Body></Message>", "&lt;/Body&gt;&lt;/Message&gt;"),
        ("é😀", "é😀"),
        ("nul \x00, bell \x07, escape \x1b", "nul \ufffd, bell \ufffd, escape \ufffd"),
        ("\ud800 \ufffe", "\ufffd \ufffd"),
        ("tab\tline\n", "tab\tline\n"),
    ],
    ids=["markup", "quotes", "tags", "UTF-8", "control characters", "surrogates", "whitespace"],
)
def test_xml_text_is_escaped_and_stays_well_formed(text: str, written: str) -> None:
    body = make({"body": text}, Format.XML).body

    assert f"<Body>{written}</Body>".encode() in body
    assert parse_xml(body).findtext("Message/Body") == text.translate(
        str.maketrans("\0\7\x1b\ud800\ufffe", "\ufffd" * 5)
    )


@pytest.mark.parametrize(("format_", "extension"), [(Format.JSON, ".json"), (Format.XML, ".xml")])
def test_error_envelope(format_: Format, extension: str) -> None:
    plain = refuse(errors.MESSAGE_QUEUE_FULL, format_)
    detailed = refuse(errors.AUTHENTICATE, format_)

    assert plain.body == error_body(extension, 429, 21611, "SMS queue is full.")
    assert detailed.body == error_body(
        extension, 401, 20003, "Authenticate", "Your AccountSid or AuthToken was incorrect."
    )


@pytest.mark.parametrize(("format_", "extension"), [(Format.JSON, ".json"), (Format.XML, ".xml")])
def test_the_proxy_speaks_in_the_same_envelope(format_: Format, extension: str) -> None:
    response = envelope(20003, 424, "<no>", "https://www.twilio.com/docs/errors/20003", format_)

    assert (response.status, response.reason) == (424, "FAILED DEPENDENCY")
    assert response.body == error_body(extension, 424, 20003, "<no>")
    assert headers(response)["Content-Type"] == format_


def test_error_keys_are_in_alphabetical_order() -> None:
    keys = list(json.loads(refuse(errors.AUTHENTICATE).body))

    assert keys == ["code", "detail", "message", "more_info", "status"]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (201, "CREATED"),
        (400, "BAD REQUEST"),
        (401, "UNAUTHORIZED"),
        (403, "FORBIDDEN"),
        (404, "NOT FOUND"),
        (405, "METHOD NOT ALLOWED"),
        (429, "TOO MANY REQUESTS"),
    ],
)
def test_reasons_are_in_upper_case(status: int, reason: str) -> None:
    assert REASONS[status] == reason


# Recorded with test credentials in 2020-09.
FIXED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, "
    "If-None-Match, If-Unmodified-Since",
    "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
    "Access-Control-Expose-Headers": "ETag",
    "Access-Control-Allow-Credentials": "true",
    "X-Powered-By": "AT-5000",
    "X-Shenanigans": "none",
    "X-Home-Region": "us1",
    "X-Api-Domain": "api.twilio.com",
    "Strict-Transport-Security": "max-age=31536000",
    "Twilio-Request-Duration": "0.042",
}


@pytest.mark.parametrize("respond", [lambda: make({"a": 1}), refuse], ids=["success", "failure"])
def test_headers(respond: Callable[[], Response]) -> None:
    response = respond()
    sent = headers(response)

    assert FIXED.items() <= sent.items()
    assert sent["Content-Length"] == str(len(response.body))
    assert re.fullmatch("RQ[0-9a-f]{32}", sent["Twilio-Request-Id"])
    assert sent["Date"].endswith(" GMT")
    assert abs(parsedate_to_datetime(sent["Date"]) - datetime.now(UTC)) < timedelta(minutes=5)


def test_concurrent_requests_are_counted_on_successes_only() -> None:
    assert headers(make({}))["Twilio-Concurrent-Requests"] == "1"
    assert "Twilio-Concurrent-Requests" not in headers(refuse())


@pytest.mark.parametrize("error", errors.CATALOGUE, ids=lambda error: f"{error.code} {error.status}")
def test_only_a_401_carries_a_challenge(error: errors.Error) -> None:
    placeholders = ("path", "to", "from_", "to_e164", "channel", "name", "value", "number", "reason", "limit")
    response = failure(TwilioError(error, **dict.fromkeys(placeholders, "?")), Format.JSON, False, 0.0)

    assert headers(response).get("WWW-Authenticate") == ('Basic realm="Twilio API"' if error.status == 401 else None)
    assert response.reason == REASONS[error.status]


@pytest.mark.parametrize(
    ("format_", "charset_asked", "content_type"),
    [
        (Format.JSON, False, "application/json"),
        (Format.XML, False, "application/xml"),
        (Format.JSON, True, "application/json; charset=utf-8"),
        (Format.XML, True, "application/xml; charset=utf-8"),
    ],
)
def test_content_type(format_: Format, charset_asked: bool, content_type: str) -> None:
    created = success("Message", {}, format_, charset_asked, 0.0)
    refused = failure(TwilioError(errors.MESSAGE_BODY_REQUIRED), format_, charset_asked, 0.0)

    assert headers(created)["Content-Type"] == content_type
    assert headers(refused)["Content-Type"] == content_type


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2012, 10, 10, 17, 57, 42, 999999, tzinfo=UTC), "Wed, 10 Oct 2012 17:57:42 +0000"),
        (datetime(2024, 2, 29, 0, 0, 0, tzinfo=timezone(timedelta(hours=2))), "Wed, 28 Feb 2024 22:00:00 +0000"),
        (datetime(2025, 1, 1, 0, 0, 0, tzinfo=UTC), "Wed, 01 Jan 2025 00:00:00 +0000"),
    ],
)
def test_dates_are_rfc_2822_in_utc(moment: datetime, text: str) -> None:
    assert rfc2822(moment) == text


def test_sids_are_fresh() -> None:
    sids = {new_sid("SM") for _ in range(1000)}

    assert len(sids) == 1000
    assert all(re.fullmatch("SM[0-9a-f]{32}", sid) for sid in sids)


def test_sids_of_forked_processes_differ() -> None:
    # In a process of its own: this one may have threads.
    program = """
import os
from twilio_test_proxy.twilio.responses import new_sid
child = os.fork()
os.write(1, f"{new_sid('SM')} ".encode())  # in one piece, which print does not promise
if child:
    os.wait()
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert len(set(ran.stdout.split())) == 2
