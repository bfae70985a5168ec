"""Cassettes are vcrpy's: what the proxy records stock vcrpy replays, and the other way round, without a network."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import vcr
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

import sdk_suite
from connect_proxy import connect_proxy
from live import API, LIVE, LIVE_SID, LIVE_TOKEN, ONE, TWO, header, recording, replaying
from network_namespace import run_without_network
from running_proxy import recording_proxy, running_proxy
from stand_in import MEDIA, Twilio, stand_in

STRICT = {"record_mode": "none", "match_on": ["method", "uri", "body"], "allow_playback_repeats": False}
HIDDEN_SID = "AC" + "0" * 32  # what stands in a cassette for the account
HIDDEN_API = API.replace(LIVE_SID, HIDDEN_SID)
BODIES = {"gzip": "grüße".encode(), "brotli": b"hello" * 100, "media": MEDIA, "chunked": b"hello world"}


def test_vcrpy_replays_what_the_proxy_recorded(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    path = tmp_path / "a.yaml"
    with recording_proxy(tmp_path, twilio, *recording(path), confdir=confdir) as proxy:
        with proxy.client(auth=LIVE) as client:
            sent = [client.post(f"{API}/Messages.json", data=form).json() for form in (ONE, TWO)]
            client.get(f"https://api.twilio.com{sent[0]['uri']}")
            client.post(f"{API}/Messages.json", data=ONE | {"To": "12"})
            for name in BODIES:
                client.get(f"{API}/{name}", headers={"Accept-Encoding": "gzip, br"})
        assert proxy.stop() == 0
    hidden = json.loads(json.dumps(sent).replace(LIVE_SID, HIDDEN_SID))
    with vcr.use_cassette(str(path), **STRICT) as cassette:
        replayed = [requests.post(f"{HIDDEN_API}/Messages.json", form, timeout=5).json() for form in (ONE, TWO)]
        fetched = requests.get(f"https://api.twilio.com{hidden[0]['uri']}", timeout=5).json()
        bodies = {name: requests.get(f"{HIDDEN_API}/{name}", timeout=5).content for name in BODIES}
        assert cassette.play_count == 7
    assert replayed == hidden
    assert fetched["status"] == "sending"
    assert bodies == BODIES
    # The SDK sends its form in another order than requests did, which vcrpy compares decoded.
    with vcr.use_cassette(str(path), **STRICT) as cassette:
        messages = Client(HIDDEN_SID, "no-token-of-anybody").messages
        created = messages.create(to=ONE["To"], from_=ONE["From"], body=ONE["Body"])
        assert (created.sid, created.account_sid) == (hidden[0]["sid"], HIDDEN_SID)
        assert messages(created.sid).fetch().status == "sending"
        with pytest.raises(TwilioRestException) as refused:
            messages.create(to="12", from_=ONE["From"], body=ONE["Body"])
        assert refused.value.code == 21211


RECORD_WITH_VCRPY = """
import sys, vcr, sdk_suite
path = sys.argv.pop(1)
serializer = "json" if path.endswith(".json") else "yaml"
with vcr.use_cassette(path, serializer=serializer, record_mode="once"):
    sdk_suite.main()
"""


def record_with_vcrpy(path: Path, directory: Path) -> str:
    """What the suite printed while vcrpy, which knows nothing of us, recorded it."""
    with stand_in(directory) as twilio, connect_proxy(twilio.port) as company:
        clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        environment = clean | {
            "HTTPS_PROXY": company.url,
            "REQUESTS_CA_BUNDLE": str(twilio.authority),
            "TWILIO_ACCOUNT_SID": LIVE_SID,
            "TWILIO_AUTH_TOKEN": LIVE_TOKEN,
            "PYTHONPATH": str(Path(sdk_suite.__file__).parent),
        }
        command = [sys.executable, "-W", "ignore", "-c", RECORD_WITH_VCRPY, str(path)]
        result = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


REPLAY_WITHOUT_NETWORK = """
import os, subprocess, tempfile
import sdk_suite
from live import LIVE_SID
from running_proxy import running_proxy
directory = Path(tempfile.mkdtemp())
with running_proxy(directory, "--set", "twilio_cassette_dir={directory}", confdir=directory / "conf") as proxy:
    for name in {names!r}:
        environment = proxy.environment(name) | {{"TWILIO_ACCOUNT_SID": LIVE_SID, "TWILIO_AUTH_TOKEN": "none"}}
        command = [sys.executable, "-W", "ignore", sdk_suite.__file__]
        print(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout, end="")
    assert proxy.stop() == 0
for line in proxy.lines[-len({names!r}) - 1 :]:
    print(line)
"""


def test_the_proxy_replays_without_a_network_what_vcrpy_and_it_recorded(tmp_path: Path, confdir: Path) -> None:
    directory = tmp_path / "cassettes"
    directory.mkdir()
    names = ["theirs.yaml", "theirs.json", "ours.yaml"]
    said = [record_with_vcrpy(directory / name, tmp_path) for name in names[:2]]
    options = ("--set", f"twilio_cassette_dir={directory}", "--set", "twilio_record_mode=once")
    with stand_in(tmp_path) as twilio, recording_proxy(tmp_path, twilio, *options, confdir=confdir) as proxy:
        credentials = {"TWILIO_ACCOUNT_SID": LIVE_SID, "TWILIO_AUTH_TOKEN": LIVE_TOKEN}
        command = [sys.executable, "-W", "ignore", sdk_suite.__file__]
        environment = proxy.environment("ours.yaml") | credentials
        said.append(subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout)
    before = {name: (directory / name).read_bytes() for name in names}
    program = REPLAY_WITHOUT_NETWORK.format(directory=directory, names=names)
    *replayed, first, second, third, summary = run_without_network(program, tmp_path).splitlines(keepends=True)
    assert replayed == said
    for name, line in zip(names, (first, second, third), strict=True):
        assert line.strip() == f"cassette {directory / name}: 8 played"
    assert summary.strip() == "twilio-test-proxy: 24 played; connections to Twilio: 0"
    assert {name: (directory / name).read_bytes() for name in names} == before


def test_a_cassette_is_replayed_for_every_way_to_ask(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    """HTTP/1.1 and HTTP/2, https and plain http, fields in another order, another account: one recording."""
    path = tmp_path / "a.yaml"
    with (
        recording_proxy(tmp_path, twilio, *recording(path), confdir=confdir) as proxy,
        proxy.client(auth=LIVE) as client,
    ):
        for _ in range(4):
            client.post(f"{API}/Messages.json?a=1&b=2", data=ONE)
    other = ("AC" + "5" * 32, "x")
    backwards = dict(reversed(ONE.items()))
    with running_proxy(tmp_path, *replaying(path), confdir=confdir) as proxy:
        with proxy.client(auth=LIVE, http2=True) as modern, proxy.client(auth=other) as old:
            url = f"{API}/Messages.json?b=2&a=1"
            answers = [
                modern.post(url, data=backwards),
                old.post(url.replace(LIVE_SID, other[0]), data=backwards),
                old.post(url.replace("https", "http"), data=ONE, auth=LIVE),
                modern.post(url, files={name: (None, value) for name, value in ONE.items()}),
            ]
        assert proxy.stop() == 0
    assert [header(answer) for answer in answers[:3]] == ["cassette"] * 3
    assert [answer.json()["account_sid"] for answer in answers[:3]] == [LIVE_SID, other[0], LIVE_SID]
    assert [answer.http_version for answer in answers[:3]] == ["HTTP/2", "HTTP/1.1", "HTTP/1.1"]
    # A multipart body is another body than a form.
    assert answers[3].json()["code"] == 424001
