"""Live requests, recorded from a stand-in for Twilio by a real mitmdump, and replayed by another without it."""

import json
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from live import API, LIVE, LIVE_SID, LIVE_TOKEN, ONE, TWO, header, recording, replaying
from running_proxy import recording_proxy, running_proxy
from stand_in import AUTH_TOKEN_IN_BODY, BIG_LIST_BYTES, MEDIA, TOKEN_IN_REDIRECT, Twilio


def test_what_is_recorded_once_is_replayed_without_twilio(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    cassette = tmp_path / "cassette.yaml"
    with recording_proxy(tmp_path, twilio, *recording(cassette), confdir=confdir) as proxy:
        with proxy.client(auth=LIVE) as client:
            sent = client.post(f"{API}/Messages.json", data=ONE)
            fetched = [client.get(f"https://api.twilio.com{sent.json()['uri']}") for _ in range(3)]
            refused = client.post(f"{API}/Messages.json", data=ONE | {"To": "12"})
            deleted = client.delete(f"https://api.twilio.com{sent.json()['uri']}")
        assert proxy.stop() == 0
    recorded = [sent, *fetched, refused, deleted]
    assert [answer.status_code for answer in recorded] == [201, 200, 200, 200, 400, 204]
    assert {header(answer) for answer in recorded} == {"live"}
    assert proxy.lines[-1] == "twilio-test-proxy: 6 forwarded; connections to Twilio: 6"

    other_sid, other = "AC" + "5" * 32, f"https://api.twilio.com/2010-04-01/Accounts/AC{'5' * 32}"
    with running_proxy(tmp_path, *replaying(cassette), confdir=confdir) as proxy:
        with proxy.client(auth=(other_sid, "no-real-token")) as client:
            played = [client.post(f"{other}/Messages.json", data=dict(reversed(ONE.items())))]
            uri = played[0].json()["uri"]
            played += [client.get(f"https://api.twilio.com{uri}") for _ in range(3)]
            played += [client.post(f"{other}/Messages.json", data=ONE | {"To": "12"})]
            played += [client.delete(f"https://api.twilio.com{uri}")]
        assert proxy.stop() == 0
    assert {header(answer) for answer in played} == {"cassette"}
    assert [answer.status_code for answer in played] == [answer.status_code for answer in recorded]
    assert [answer.text for answer in played] == [answer.text.replace(LIVE_SID, other_sid) for answer in recorded]
    assert [answer.json()["status"] for answer in played[1:4]] == ["sending", "sent", "delivered"]
    assert "6 played" in proxy.lines[-2]
    assert proxy.lines[-1].endswith("6 played; connections to Twilio: 0")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("gzip", "grüße".encode()),
        ("brotli", b"hello" * 100),
        ("deflate", b"hello" * 100),
        ("zstd", b"hello" * 100),
        ("unknown-coding", b"hello"),
        ("not-modified", b""),
        ("media", MEDIA),
        ("latin-1", "Größe".encode("latin-1")),
        ("redirect", b""),
        ("cookies", b""),
        ("chunked", b"hello world"),
        ("slow", b'{"slow": true}'),
        ("big", None),
    ],
)
def test_every_kind_of_answer_comes_back(
    tmp_path: Path, confdir: Path, twilio: Twilio, name: str, body: bytes | None
) -> None:
    cassette = tmp_path / "cassette.yaml"
    with (
        recording_proxy(tmp_path, twilio, *recording(cassette), confdir=confdir) as proxy,
        proxy.client(auth=LIVE, headers={"Accept-Encoding": "gzip, br, deflate, zstd"}) as client,
    ):
        live = client.get(f"{API}/{name}")
    with (
        running_proxy(tmp_path, *replaying(cassette), confdir=confdir) as proxy,
        proxy.client(auth=LIVE, headers={"Accept-Encoding": "gzip, br, deflate, zstd"}, http2=True) as client,
    ):
        played = client.get(f"{API}/{name}")
    assert (header(live), header(played)) == ("live", "cassette")
    assert (live.status_code, live.content) == (played.status_code, played.content)
    if body is None:
        assert len(played.content) > BIG_LIST_BYTES
    else:
        assert played.content == body
    if name == "cookies":
        assert played.headers.get_list("X-Many") == ["1", "2"]
    if name == "unknown-coding":
        assert played.headers["Content-Encoding"] == "aws-chunked"
    if name == "not-modified":
        assert (played.status_code, played.headers["ETag"]) == (304, '"x"')


@pytest.mark.parametrize("http2", [False, True], ids=["HTTP/1.1", "HTTP/2"])
def test_an_answer_to_head_speaks_of_the_body_that_get_would_have(
    tmp_path: Path, confdir: Path, twilio: Twilio, http2: bool
) -> None:
    cassette = tmp_path / "cassette.yaml"
    with (
        recording_proxy(tmp_path, twilio, *recording(cassette), confdir=confdir) as proxy,
        proxy.client(auth=LIVE, http2=http2) as client,
    ):
        live = client.head(f"{API}/media")
    with (
        running_proxy(tmp_path, *replaying(cassette), confdir=confdir) as proxy,
        proxy.client(auth=LIVE, http2=http2) as client,
    ):
        played = [client.head(f"{API}/media"), client.head(f"{API}/media")]
    assert [header(answer) for answer in (live, *played)] == ["live", "cassette", "refused"]
    assert live.headers["Content-Length"] == played[0].headers["Content-Length"] == str(len(MEDIA))
    assert played[0].headers["Content-Type"] == "image/png"
    assert played[0].content == b""


def test_no_secret_is_kept_anywhere(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    cassette = tmp_path / "cassettes" / "cassette.yaml"
    key = ("SK" + "8" * 32, "deadbeef" * 4)
    with recording_proxy(tmp_path, twilio, *recording(cassette), confdir=confdir) as proxy:
        with proxy.client(auth=LIVE) as client:
            account = client.get(f"https://api.twilio.com/2010-04-01/Accounts/{LIVE_SID}.json")
            redirect = client.get(f"{API}/redirect")
            client.post(f"{API}/Messages.json", data=ONE | {"SipAuthPassword": "planted-password"})
            client.get(f"{API}/gzip", auth=key)
        assert proxy.stop() == 0
    assert account.json()["auth_token"] == AUTH_TOKEN_IN_BODY  # the client's answer is Twilio's, untouched
    assert TOKEN_IN_REDIRECT in redirect.headers["location"]
    written = cassette.read_bytes() + proxy.output.read_bytes()
    assert b"friendly_name" in written
    basic = httpx.BasicAuth(*LIVE)._auth_header.split()[1]
    secrets = (LIVE_TOKEN, AUTH_TOKEN_IN_BODY, TOKEN_IN_REDIRECT, key[1], "planted-password", basic)
    assert [secret for secret in secrets if secret.encode() in written] == []
    assert LIVE_SID.encode() not in cassette.read_bytes()


def test_a_secret_shown_by_a_later_request_is_removed_and_said(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    cassette = tmp_path / "cassette.yaml"
    tells, shows = ONE | {"Body": "PIN hunter22-horse"}, TWO | {"SipAuthPassword": "hunter22-horse"}
    with recording_proxy(tmp_path, twilio, *recording(cassette), confdir=confdir) as proxy:
        with proxy.client(auth=LIVE) as client:
            answers = [client.post(f"{API}/Messages.json", data=data) for data in (TWO, tells, shows)]
        proxy.stop()
    assert [header(answer) for answer in answers] == ["live"] * 3
    assert "a secret was found in an interaction of this run, which was removed" in proxy.output.read_text()
    assert "hunter22" not in cassette.read_text()
    assert cassette.read_text().count("- request:") == 2


def test_a_miss_says_what_differs(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    cassette = tmp_path / "cassette.yaml"
    with (
        recording_proxy(tmp_path, twilio, *recording(cassette), confdir=confdir) as proxy,
        proxy.client(auth=LIVE) as client,
    ):
        client.post(f"{API}/Messages.json", data=ONE)
    with running_proxy(tmp_path, *replaying(cassette), confdir=confdir) as proxy:
        with proxy.client(auth=LIVE) as client:
            different = client.post(f"{API}/Messages.json", data=ONE | {"To": "+14108675310"})
            assert client.post(f"{API}/Messages.json", data=ONE).status_code == 201
            again = client.post(f"{API}/Messages.json", data=ONE)
            xml = client.get(f"{API}/Messages")
        assert proxy.stop() == 0
    assert different.status_code == 424
    body = different.json()
    assert (body["code"], body["status"]) == (424001, 424)
    assert body["more_info"] == "http://twilio-test-proxy.test/errors/424001"
    assert str(cassette) in body["message"]
    assert "To: recorded +14108675309, asked +14108675310" in body["message"]
    assert "already played" in again.json()["message"]
    assert ElementTree.fromstring(xml.content).findtext("RestException/Code") == "424001"  # noqa: S314 - our own
    line = next(line for line in proxy.lines if "424001" in line)
    assert "live AC…9999" in line
    assert "1 played, 3 missed" in proxy.lines[-2]


def test_playback_repeats_where_they_are_allowed(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    cassette = tmp_path / "cassette.yaml"
    with (
        recording_proxy(tmp_path, twilio, *recording(cassette), confdir=confdir) as proxy,
        proxy.client(auth=LIVE) as client,
    ):
        client.post(f"{API}/Messages.json", data=ONE)
    options = (*replaying(cassette), "--set", "twilio_allow_playback_repeats=true")
    with running_proxy(tmp_path, *options, confdir=confdir) as proxy, proxy.client(auth=LIVE) as client:
        answers = [client.post(f"{API}/Messages.json", data=ONE).status_code for _ in range(3)]
    assert answers == [201, 201, 201]


@pytest.mark.parametrize(
    ("mode", "known", "unknown"),
    [
        ("none", "cassette", "refused"),
        ("once", "cassette", "refused"),
        ("new_episodes", "cassette", "live"),
        ("all", "live", "live"),
    ],
)
def test_record_modes(tmp_path: Path, confdir: Path, twilio: Twilio, mode: str, known: str, unknown: str) -> None:
    cassette = tmp_path / "cassette.yaml"
    with (
        recording_proxy(tmp_path, twilio, *recording(cassette), confdir=confdir) as proxy,
        proxy.client(auth=LIVE) as client,
    ):
        client.post(f"{API}/Messages.json", data=ONE)
    with (
        recording_proxy(tmp_path, twilio, *recording(cassette, mode), confdir=confdir) as proxy,
        proxy.client(auth=LIVE) as client,
    ):
        assert header(client.post(f"{API}/Messages.json", data=ONE)) == known
        assert header(client.post(f"{API}/Messages.json", data=TWO)) == unknown


def test_test_credentials_are_answered_locally_in_every_mode_and_never_recorded(
    tmp_path: Path, confdir: Path, twilio: Twilio
) -> None:
    cassette = tmp_path / "cassette.yaml"
    sid = "AC" + "7" * 32
    credentials = ("--set", f"twilio_test_account_sid={sid}", "--set", "twilio_test_auth_token=the-test-token")
    before = len(twilio.requests)
    with (
        recording_proxy(tmp_path, twilio, *recording(cassette, "all"), *credentials, confdir=confdir) as proxy,
        proxy.client(auth=(sid, "the-test-token")) as client,
    ):
        form = {"To": "+14108675309", "From": "+15005550006", "Body": "x"}
        answer = client.post(f"https://api.twilio.com/2010-04-01/Accounts/{sid}/Messages.json", data=form)
    assert (answer.status_code, header(answer)) == (201, "test-credentials")
    assert len(twilio.requests) == before
    assert not cassette.exists()


def test_what_twilio_is_sent_is_the_request_and_nothing_of_the_proxy(
    tmp_path: Path, confdir: Path, twilio: Twilio
) -> None:
    with (
        recording_proxy(tmp_path, twilio, *recording(tmp_path / "a.yaml"), confdir=confdir) as proxy,
        proxy.client("checkout", auth=LIVE, http2=True) as client,
    ):
        client.post(f"{API}/Messages.json?x=1", data=ONE, headers={"Proxy-Authorization": "Basic cGxhbnRlZA=="})
    method, path, headers, body = twilio.requests[-1]
    assert (method, path) == ("POST", f"{API.removeprefix('https://api.twilio.com')}/Messages.json?x=1")
    assert body == b"To=%2B14108675309&From=%2B15017122661&Body=one"
    names = {name.lower() for name in headers}
    assert headers["Host"] == "api.twilio.com"
    assert "authorization" in names
    assert not names & {"proxy-authorization", "x-twilio-test-proxy", "proxy-connection"}


def test_the_user_of_the_proxy_url_names_the_cassette(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    directory = tmp_path / "cassettes"
    options = ("--set", f"twilio_cassette_dir={directory}", "--set", "twilio_record_mode=once")
    with recording_proxy(tmp_path, twilio, *options, confdir=confdir) as proxy:
        for user, form in (("checkout", ONE), ("sign-up/first", TWO)):
            with proxy.client(user.replace("/", "%2F"), auth=LIVE) as client:
                assert header(client.post(f"{API}/Messages.json", data=form)) == "live"
                plain = f"{API.replace('https', 'http')}/Messages.json"
                assert header(client.get(plain)) == "live"
    assert {str(path.relative_to(directory)) for path in directory.rglob("*.yaml")} == {
        "checkout.yaml",
        "sign-up/first.yaml",
    }
    with running_proxy(tmp_path, "--set", f"twilio_cassette_dir={directory}", confdir=confdir) as proxy:
        with proxy.client("checkout", auth=LIVE) as client:
            assert header(client.post(f"{API}/Messages.json", data=ONE)) == "cassette"
            assert client.post(f"{API}/Messages.json", data=TWO).json()["code"] == 424001
        with proxy.client("..%2Fescape", auth=LIVE) as client:
            refused = client.post(f"{API}/Messages.json", data=ONE).json()
    assert refused["code"] == 424002
    assert "cassette name" in refused["message"]


def test_a_vcrpy_cassette_is_played(tmp_path: Path, confdir: Path) -> None:
    interactions = [
        {
            "request": {
                "method": "POST",
                "uri": f"{API}/Messages.json",
                "body": "Body=one&From=%2B15017122661&To=%2B14108675309",
                "headers": {"Content-Type": ["application/x-www-form-urlencoded"]},
            },
            "response": {
                "status": {"code": 201, "message": "CREATED"},
                "headers": {"Content-Type": ["application/json"]},
                "body": {"string": json.dumps({"sid": "SM1", "account_sid": LIVE_SID})},
            },
        }
    ]
    cassette = tmp_path / "cassette.json"
    cassette.write_text(json.dumps({"version": 1, "interactions": interactions}))
    asking = "AC" + "4" * 32
    with (
        running_proxy(tmp_path, *replaying(cassette), confdir=confdir) as proxy,
        proxy.client(auth=(asking, "x")) as client,
    ):
        answer = client.post(API.replace(LIVE_SID, asking) + "/Messages.json", data=ONE)
    assert (answer.status_code, answer.json()) == (201, {"sid": "SM1", "account_sid": asking})
