import re
from pathlib import Path

import pytest

from cassette_samples import HIDDEN
from twilio_test_proxy.cassettes.errors import CassetteError
from twilio_test_proxy.cassettes.ruby_vcr import is_ruby_vcr, read_ruby_vcr

CASSETTE = """\
---
http_interactions:
- request:
    method: post
    uri: https://<ACCOUNT_SID>:<TOKEN>@api.twilio.com/2010-04-01/Accounts/<ACCOUNT_SID>/SMS/Messages.json
    body:
      encoding: US-ASCII
      string: To=%2B14105551234&Body=Hi
    headers:
      Accept-Encoding:
      - gzip;q=1.0,deflate;q=0.6,identity;q=0.3
      Content-Type:
      - application/x-www-form-urlencoded
  response:
    status:
      code: 201
      message: CREATED
    headers:
      !binary "U2VydmVy":
      - Apache-Coyote/1.1
      Link:
      - <a>
      - <b>
    body:
      encoding: UTF-8
      string: ! '{"account_sid": "<ACCOUNT_SID>", "body": "é"}'
    http_version:
  recorded_at: Tue, 05 Feb 2013 21:37:31 GMT
- request:
    method: get
    uri: https://api.twilio.com/2010-04-01/Accounts/TWILIO_ACCOUNT_SID.xml
    body:
      encoding: ASCII-8BIT
      base64_string: ''
    headers: {}
  response:
    status:
      code: 200
      message: OK
    headers: {}
    body:
      encoding: ASCII-8BIT
      string: !binary |-
        /wD+
    http_version: '1.1'
    adapter_metadata:
      effective_url: x
  recorded_at: not a date
recorded_with: VCR 2.4.0
"""


def read(text: str | bytes) -> list[object]:
    return list(read_ruby_vcr(Path("old.yml"), text if isinstance(text, bytes) else text.encode()))


def test_a_cassette_of_ruby_is_read() -> None:
    first, second = read_ruby_vcr(Path("old.yml"), CASSETTE.encode())
    assert first.request.method == "POST"
    assert first.request.uri.endswith(f"/Accounts/{HIDDEN}/SMS/Messages.json")
    assert first.request.body == b"To=%2B14105551234&Body=Hi"
    assert ("Content-Type", "application/x-www-form-urlencoded") in first.request.headers
    assert (first.response.status, first.response.reason) == (201, "CREATED")
    assert ("Link", "<a>") in first.response.headers
    assert ("Link", "<b>") in first.response.headers
    assert first.response.body == f'{{"account_sid": "{HIDDEN}", "body": "é"}}'.encode()
    assert first.metadata == {"recorded_at": "2013-02-05T21:37:31+00:00"}
    assert second.request.uri.endswith(f"/Accounts/{HIDDEN}.xml")
    assert second.request.body == b""
    assert second.response.body == b"\xff\x00\xfe"
    assert second.response.extra == {}
    assert second.metadata == {"recorded_at": "not a date"}


def test_symbols_are_names() -> None:
    text = CASSETTE.replace("method: post", "method: :post").replace("method: get", "method: :get")
    for name in ("http_interactions", "request", "response", "method", "uri", "body", "headers", "status", "code",
                 "message", "encoding", "string", "base64_string", "recorded_at", "recorded_with"):  # fmt: skip
        text = re.sub(rf"(^|\s){name}:", rf"\1:{name}:", text)
    assert is_ruby_vcr(text.encode())
    assert read(text) == read(CASSETTE)


@pytest.mark.parametrize(
    ("encoding", "data"),
    [("ISO-8859-1", b"\xe9"), ("UTF-8", b"\xc3\xa9"), ("ASCII-8BIT", b"\xc3\xa9"), ("Windows-31J-odd", b"\xc3\xa9")],
)
def test_text_becomes_the_bytes_that_ruby_saw(encoding: str, data: bytes) -> None:
    body = "encoding: US-ASCII\n      string: To=%2B14105551234&Body=Hi"
    text = CASSETTE.replace(body, f"encoding: {encoding}\n      string: é")
    assert read_ruby_vcr(Path("old.yml"), text.encode())[0].request.body == data


@pytest.mark.parametrize("body", ["''", "", "a=b"], ids=["empty", "null", "text"])
def test_a_body_without_an_encoding_is_read(body: str) -> None:
    text = CASSETTE.replace("\n      encoding: US-ASCII\n      string: To=%2B14105551234&Body=Hi", f" {body}")
    assert read_ruby_vcr(Path("old.yml"), text.encode())[0].request.body == body.strip("'").encode()


@pytest.mark.parametrize(
    ("data", "ruby"),
    [
        (CASSETTE.encode(), True),
        (b"http_interactions: []\n", True),
        (b'{"http_interactions":[],"recorded_with":"VCR 6.0.0"}', True),
        (b'{\n  "http_interactions" : []\n}', True),
        (b'{"recorded_with":"VCR 6.0.0","http_interactions":[]}', True),
        (b"---\n:http_interactions: []\n", True),
        (b'{"interactions": [], "version": 1}', False),
        (b'version: 1\ninteractions:\n- request: "{http_interactions: []}"\n', False),
        (b"interactions: []\nversion: 1\n", False),
        (b"", False),
    ],
)
def test_a_cassette_of_ruby_is_told_from_others(data: bytes, ruby: bool) -> None:
    assert is_ruby_vcr(data) is ruby


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"http_interactions: {}", "`http_interactions` is not a list"),
        (b"http_interactions: [", "this is not YAML"),
        (b"http_interactions: [1]", "an interaction is not a mapping"),
        (b"http_interactions:\n- request: 1\n  response: 2\n", "a request or response is not a mapping"),
        (b"http_interactions:\n- request: {}\n  response: {}\n", "request has no `uri`"),
        (b"http_interactions: \xff", "not UTF-8"),
        (b"http_interactions: !ruby/struct:X []", "the tag !ruby/struct:X"),
    ],
)
def test_an_unreadable_cassette_of_ruby_is_an_error(data: bytes, said: str) -> None:
    with pytest.raises(CassetteError) as raised:
        read(data)
    assert said in str(raised.value)
