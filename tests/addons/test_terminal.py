import os
import pty
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import requests

from running_proxy import ACCOUNT_SID, ACCOUNT_URL, AUTH_TOKEN, MITMDUMP, SCRIPT, running_proxy
from twilio_test_proxy.addons.dial_guard import TwilioDialGuard
from twilio_test_proxy.addons.outcomes import Outcome
from twilio_test_proxy.addons.settings import Settings
from twilio_test_proxy.addons.terminal import (
    describe_cassette,
    describe_end,
    describe_request,
    describe_start,
    plain,
    urls,
)

SID = "AC" + "1" * 28 + "abcd"


@pytest.mark.parametrize(
    ("outcome", "status", "line"),
    [
        (
            Outcome("test-credentials", "test", SID, "Messages", "+14108675309", "+15005550006", result="SM12"),
            201,
            "12:00:00  test AC…abcd    POST Messages              +15005550006 → +14108675309   201 SM12",
        ),
        (
            Outcome("test-credentials", "nobody", "", "Calls", code=20003, result="Authenticate"),
            401,
            "12:00:00  nobody          POST Calls                 401 20003 Authenticate",
        ),
        (
            Outcome("test-credentials", "nobody", SID, "Calls", code=20003, result="Authenticate"),
            401,
            "12:00:00  nobody AC…abcd  POST Calls                 401 20003 Authenticate",
        ),
        (
            Outcome("test-credentials", "test", SID, "Usage", code=20008, result="Not", hint="why"),
            403,
            "12:00:00  test AC…abcd    POST Usage                 403 20008 Not (why)",
        ),
        (
            Outcome("cassette", "live", SID, "Recordings", cassette="/b/a.yaml", hint="played from a.yaml"),
            200,
            "12:00:00  live AC…abcd    POST Recordings            200 (played from a.yaml)",
        ),
    ],
)
def test_the_line_of_a_request(outcome: Outcome, status: int, line: str) -> None:
    assert plain(describe_request("12:00:00", "POST", status, outcome)) == line


def test_control_characters_of_a_client_do_not_reach_the_terminal() -> None:
    outcome = Outcome("test-credentials", "test", SID, "Messages", "\x1b[2J\n+1", "\x07", result="\x1b]0;x\x07")
    line = plain(describe_request("12:00:00", "PO\x1bST", 400, outcome))
    assert line.isprintable()


def test_long_values_are_cut() -> None:
    outcome = Outcome("test-credentials", "test", SID, "Messages", "1" * 5000, result="x" * 5000)
    assert len(plain(describe_request("12:00:00", "POST", 400, outcome))) < 300


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (Settings(), "test credentials: any well-formed pair · live requests: refused"),
        (Settings(SID, "token"), "test credentials: AC…abcd · live requests: refused"),
        (Settings(cassette="a.yaml"), "test credentials: none configured · live requests: played from a.yaml"),
        (
            Settings(cassette="a.yaml", record_mode="once", forward_live=True),
            "test credentials: none configured · live requests: forwarded to Twilio and recorded in a.yaml (once)",
        ),
    ],
)
def test_the_line_at_the_start(settings: Settings, said: str) -> None:
    line = plain(describe_start(settings, [("127.0.0.1", 8080)], "/conf"))
    assert line == f"twilio-test-proxy at http://127.0.0.1:8080 · {said} · CA /conf/mitmproxy-ca-cert.pem"


def test_a_refusal_is_said_to_its_end() -> None:
    why = "x" * 990 + " To: recorded +1, asked +2"
    line = plain(describe_request("12:00:00", "POST", 424, Outcome("refused", "live", SID, "Messages", result=why)))
    assert line.endswith(why)


@pytest.mark.parametrize(
    ("counts", "said", "style"),
    [
        ({}, "0 played", "green"),
        ({"played": 2}, "2 played", "green"),
        ({"recorded": 2}, "2 recorded", "green"),
        ({"played": 1, "unplayed": 1}, "1 played, 1 unplayed: 7. GET https://x", "yellow"),
        ({"missed": 1, "unplayed": 5}, "1 missed, 5 unplayed: 7. GET https://x; …", "red"),
    ],
)
def test_the_line_of_a_cassette(counts: dict[str, int], said: str, style: str) -> None:
    state: dict[str, object] = {"cassette": "a.yaml", "played": 0, "recorded": 0, "missed": 0, "unplayed": 0} | counts
    if counts.get("unplayed"):
        state["unplayed_interactions"] = [{"number": 7, "method": "GET", "uri": "https://x"}]
    line = describe_cassette(state)
    assert plain(line) == f"cassette a.yaml: {said}"
    assert line[1][1] == style


def test_what_is_unplayed_is_named_below_the_account() -> None:
    uri = f"https://api.twilio.com/2010-04-01/Accounts/AC{'0' * 32}/Messages.json"
    row = {"number": 7, "method": "POST", "uri": uri}
    state = {"cassette": "a.yaml", "played": 0, "recorded": 0, "missed": 0, "unplayed": 1}
    assert plain(describe_cassette(state | {"unplayed_interactions": [row]})).endswith(": 7. POST Messages.json")


def test_the_summary() -> None:
    counts = Counter({"test-credentials": 3, "missed": 2, "refused": 1})
    end = plain(describe_end(counts, TwilioDialGuard()))
    assert end == "twilio-test-proxy: 3 answered for test credentials, 2 missed, 1 refused; connections to Twilio: 0"
    assert plain(describe_end(Counter(), TwilioDialGuard())).startswith("twilio-test-proxy: no requests;")


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ([("127.0.0.1", 8080)], ["http://127.0.0.1:8080"]),
        ([("::1", 8080, 0, 0)], ["http://[::1]:8080"]),
        ([("127.0.0.1", 8080), ("127.0.0.1", 8080)], ["http://127.0.0.1:8080"]),
        ([("0.0.0.0", 8080), ("::", 8080, 0, 0)], ["http://127.0.0.1:8080", "http://[::1]:8080"]),  # noqa: S104
    ],
    ids=["IPv4", "IPv6", "TCP and UDP", "every interface"],
)
def test_the_urls_are_those_that_reach_it(addresses: list[tuple[str, int]], expected: list[str]) -> None:
    assert urls(addresses) == expected
    shown = plain(describe_start(Settings(), addresses, "~/.mitmproxy"))
    assert ("(and on every interface)" in shown) is (len(expected) > 1)


def test_mitmdump_prints_one_line_at_the_start_one_a_request_and_a_summary(tmp_path: Path, confdir: Path) -> None:
    with running_proxy(tmp_path, confdir=confdir) as proxy, requests.Session() as session:
        session.trust_env = False
        session.proxies = {"https": proxy.url}
        session.verify = str(proxy.authority)
        for to in ("+14108675309", "+15005550009"):
            form = {"From": "+15005550006", "To": to, "Body": "hello"}
            session.post(f"{ACCOUNT_URL}/Messages.json", form, auth=(ACCOUNT_SID, AUTH_TOKEN))
        assert proxy.stop() == 0
    lines = [line for line in proxy.lines if "Loading script" not in line]
    assert len(lines) == 4
    assert lines[0].startswith("twilio-test-proxy at http://127.0.0.1:")
    assert re.search(r"test AC…1111 +POST Messages +\+15005550006 → \+14108675309 +201 SM[0-9a-f]{32}$", lines[1])
    assert lines[2].endswith("400 21614 To number: +15005550009, is not a mobile number")
    assert lines[3].startswith("twilio-test-proxy: 2 answered for test credentials")
    assert "\x1b" not in "".join(lines)
    assert AUTH_TOKEN not in "".join(lines)


@pytest.mark.parametrize("quiet", [True, False])
def test_quiet_prints_nothing(tmp_path: Path, confdir: Path, quiet: bool) -> None:
    result = subprocess.run(
        [str(MITMDUMP), *["-q"][:quiet], "-s", str(SCRIPT), "-n", "-r", os.devnull, "--set", f"confdir={confdir}"],
        capture_output=True,
        timeout=60,
        check=False,
        input=b"",
    )
    assert result.returncode == 0
    assert (b"twilio-test-proxy at" in result.stdout) is not quiet
    assert (result.stdout == b"") is quiet


def test_colour_only_on_a_terminal(confdir: Path) -> None:
    controller, terminal = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm-256color"}
    process = subprocess.Popen(
        [str(MITMDUMP), "-s", str(SCRIPT), "-p", "0", "--set", f"confdir={confdir}"],
        stdout=terminal,
        stderr=terminal,
        stdin=terminal,
        env=environment,
    )
    os.close(terminal)
    seen = b""
    while b"mitmproxy-ca-cert.pem" not in seen:
        seen += os.read(controller, 4096)
    process.terminate()
    process.wait(30)
    os.close(controller)
    assert b"\x1b[1mtwilio-test-proxy\x1b[0m" in seen
