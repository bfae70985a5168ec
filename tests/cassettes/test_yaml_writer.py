import yaml

from cassette_samples import item, kept
from twilio_test_proxy.cassettes.interaction import Interaction, Request, Response
from twilio_test_proxy.cassettes.yaml_writer import file_text, item_digest, item_text

TEXT = """\
version: 1
interactions:
#--
  - request:
      method: POST
      uri: https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json
      headers:
        Content-Type:
          - application/x-www-form-urlencoded
      body: To=%2B14105550000&From=%2B15005550006&Body=Hi
    response:
      status:
        code: 201
        message: CREATED
      headers:
        Content-Type:
          - application/json
      body:
        string: |-
          {"sid": "SM00000000000000000000000000000000", "account_sid": "AC00000000000000000000000000000000",\
 "to": "+14105550000", "uri": "/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages/\
SM00000000000000000000000000000000.json"}
    metadata:
      recorded_at: "2026-11-23T17:00:00.000+00:00"
      index: 2-b1b3bd9ca1b2ae8b2f4b12a7dcb0dbb8-
"""


def test_a_cassette_looks_like_this() -> None:
    text = file_text([item(kept())])
    shown, index = text.rsplit("      index: ", 1)
    assert shown == TEXT.rsplit("      index: ", 1)[0]
    version, key, digest = index.strip().split("-")
    assert version == "2"
    assert digest == item_digest(shown.partition("#--\n")[2].encode(), key)


def test_no_headers_and_no_bodies_are_written_as_such() -> None:
    bare = Interaction(Request("GET", "https://api.twilio.com/"), Response(204))
    [written] = yaml.safe_load(file_text([item_text(bare, None)]))["interactions"]
    assert written == {
        "request": {"method": "GET", "uri": "https://api.twilio.com/", "headers": {}, "body": None},
        "response": {"status": {"code": 204, "message": ""}, "headers": {}, "body": {"string": ""}},
        "metadata": {},
    }


def test_repeated_headers_stay_repeated() -> None:
    headers = (("Link", "a"), ("X", "1"), ("link", "b"))
    repeated = Interaction(Request("GET", "https://api.twilio.com/", headers), Response(200, "OK", headers))
    [written] = yaml.safe_load(file_text([item_text(repeated, None)]))["interactions"]
    assert written["request"]["headers"] == written["response"]["headers"] == {"Link": ["a", "b"], "X": ["1"]}


def test_facts_of_other_recorders_are_kept() -> None:
    extra = {"url": "https://x/é", "protocol": None, "list": ["\U0001f600", 1, {"a": True}]}
    foreign = Interaction(Request("GET", "https://api.twilio.com/"), Response(200, "OK", extra=extra), {}, extra)
    [written] = yaml.safe_load(file_text([item_text(foreign, None)]))["interactions"]
    assert {name: written["response"][name] for name in extra} == extra
    assert {name: written[name] for name in extra} == extra
    assert written.keys() == {"request", "response", "metadata", *extra}


def test_further_top_level_keys_are_kept_in_front() -> None:
    others = {"recorded_with": "VCR", "metadata": {"token": "x", "n": [1]}}
    assert yaml.safe_load(file_text([item(kept())], others)).items() >= others.items()
    assert file_text([item(kept())], others).startswith("version: 1\nrecorded_with: VCR\nmetadata: ")


def test_an_empty_cassette_has_an_empty_list() -> None:
    assert yaml.safe_load(file_text([])) == {"version": 1, "interactions": []}
