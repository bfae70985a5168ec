"""The plugin, in pytest sessions of its own: recording, and several workers."""

import socket
from pathlib import Path

import pytest

from pytest_sessions import HEAD, PLUGIN, prepare, record, record_at, recorded
from twilio_test_proxy.cassettes.cassette import Cassette


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    prepare(monkeypatch, home)


RECORDED = """
@pytest.mark.twilio_cassette
def test_marked(): assert send("marked").status_code == 201

@pytest.mark.twilio_cassette(record_mode="once")
def test_marked_once(): assert send("once").status_code == 201

def test_unmarked(twilio_proxy):
    assert send("unmarked").headers["X-Twilio-Test-Proxy"] == "test-credentials"
"""


SWALLOWED = """
@pytest.mark.twilio_cassette
def test_swallows(): send()
"""


@pytest.mark.parametrize(
    ("options", "passed", "sent"),
    [
        pytest.param((), 1, [], id="the marker alone opens no lock"),
        pytest.param(("--twilio-record-mode=once",), 3, ["marked", "once"], id="record mode on the command line"),
        pytest.param(("--twilio-forward-live",), 2, ["once"], id="lock on the command line, mode of the marker"),
        pytest.param(("--twilio-forward-live", "--twilio-record-mode=none"), 1, [], id="none wins"),
    ],
)
def test_recording_needs_the_command_line(
    pytester: pytest.Pytester, options: tuple[str, ...], passed: int, sent: list[str]
) -> None:
    result, asked = record(pytester, RECORDED, *options)
    result.assert_outcomes(passed=passed, failed=3 - passed)
    assert asked == sent
    assert ("GO TO TWILIO" in result.stdout.str()) is bool(sent)
    folder = pytester.path / "cassettes" / "test_it"
    assert sorted(path.stem for path in folder.glob("*.yaml")) == [
        f"test_marked{'_once' * (it == 'once')}" for it in sent
    ]
    # What was recorded is replayed, without the options and with nobody to ask.
    replayed = pytester.runpytest_subprocess(*PLUGIN)
    replayed.assert_outcomes(passed=passed, failed=3 - passed)


def test_the_fixture_s_record_mode_and_recording_anew(pytester: pytest.Pytester) -> None:
    path = recorded(pytester.path / "cassettes" / "test_it" / "test_a.yaml", "old", "one")
    tests = """
@pytest.fixture
def twilio_record_mode(): return "new_episodes"

@pytest.mark.twilio_cassette(record_mode="none")
def test_a(twilio_proxy):
    send("old"), send("one"), send("new")
    assert [sent.outcome for sent in twilio_proxy.requests] == ["played", "played", "forwarded"]
"""
    result, asked = record(pytester, tests, "--twilio-forward-live")
    result.assert_outcomes(passed=1)
    assert asked == ["new"]
    anew, asked = record(pytester, tests.replace('"played"', '"forwarded"'), "--twilio-record-mode=all")
    anew.assert_outcomes(passed=1)
    assert asked == ["old", "one", "new"]
    assert Cassette(path).status().interactions == 3


def test_recording_what_cannot_be_reached_fails_the_test(pytester: pytest.Pytester) -> None:
    # Where nobody listens: what the tests of recording are led to, when it is gone.
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        result = record_at(pytester, reserved.getsockname()[1], SWALLOWED, "--twilio-record-mode=once")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "1 live request was refused, and the test went on without an answer:",
            "  POST https://*Messages.json: refused, 424 424003 *",
        ]
    )


def test_workers_of_xdist_have_a_proxy_each(pytester: pytest.Pytester) -> None:
    for number in range(4):
        recorded(pytester.path / "cassettes" / "test_it" / f"test_it-{number}.yaml", f"number{number}")
    pytester.makepyfile(
        test_it=HEAD
        + """
@pytest.mark.twilio_cassette
@pytest.mark.parametrize("number", range(4))
def test_it(number, twilio_proxy, worker_id):
    assert send(f"number{number}").json()["sid"] == f"SMnumber{number}"
    assert [sent.sid for sent in twilio_proxy.requests] == [f"SMnumber{number}"]
    with open(f"url-{worker_id}-{number}", "w") as file: file.write(twilio_proxy.url)
"""
    )
    result = pytester.runpytest_subprocess(*PLUGIN, "-p", "xdist", "-n", "2", "--dist", "each")
    result.assert_outcomes(passed=8)
    urls = [{path.read_text() for path in pytester.path.glob(f"url-{worker}-*")} for worker in ("gw0", "gw1")]
    assert [len(found) for found in urls] == [1, 1]
    assert urls[0] != urls[1]
