"""The plugin, in pytest sessions of its own: which tests fail, and what their reports say."""

from pathlib import Path

import pytest

from pytest_sessions import HEAD, PLUGIN, prepare, recorded, run


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    prepare(monkeypatch, home)


def test_what_is_missed(pytester: pytest.Pytester) -> None:
    for test in (
        "test_swallows",
        "test_raises",
        "test_fails_by_itself",
        "test_expects",
        "test_skips",
        "TestCase.test_it",
    ):
        recorded(pytester.path / "cassettes" / "test_it" / f"{test}.yaml", "one")
    result = run(
        pytester,
        """
pytestmark = pytest.mark.twilio_cassette

def test_swallows():
    send()
    send("another")

def test_raises():
    send()
    send("another").raise_for_status()

def test_fails_by_itself():
    send("another")
    assert 1 == 2, "its own failure"

@pytest.mark.xfail(strict=True)
def test_expects():
    send("another")
    assert not "expected"

def test_skips():
    send("another")
    pytest.skip()

class TestCase(unittest.TestCase):
    def test_it(self):
        send("another")
        self.fail("of its own")
""",
    )
    result.assert_outcomes(failed=4, xfailed=1, skipped=1)
    shown = "POST https://*Messages.json: missed, 424 424001 Cassette *Body: recorded one, asked another*"
    result.stdout.fnmatch_lines(
        [
            "*_ test_swallows _*",
            "1 live request is not in the cassette, and the test went on without an answer:",
            f"  {shown}",
            '*record it: pytest --twilio-record-mode=new_episodes "test_it.py::test_swallows"',
            "*_ test_raises _*",
            "E * 424 *",
            "*- Twilio requests -*",
            "  POST https://*Messages.json: played, 201 SMone",
            f"  {shown}",
            "*_ test_fails_by_itself _*",
            "E *its own failure*",
            "*- Twilio requests -*",
            f"  {shown}",
            "not asked for (unplayed):",
            "  1. POST https://*",
            "*_ TestCase.test_it _*",
            "E *AssertionError: of its own",
            "FAILED test_it.py::test_swallows - Failed: 1 live request is not*",
            "FAILED test_it.py::test_fails_by_itself - AssertionError: its own failure*",
        ]
    )


def test_what_is_unplayed(pytester: pytest.Pytester) -> None:
    for test in (
        "test_passes",
        "test_fails",
        "test_may",
        "test_asks_later",
        "TestMost.test_not",
        "test_asks_never",
        "test_misses_later",
    ):
        recorded(pytester.path / "cassettes" / "test_it" / f"{test}.yaml", "one", "two")
    result = run(
        pytester,
        """
pytestmark = pytest.mark.twilio_cassette

@pytest.fixture
def two_at_the_end():
    yield
    assert send("two").status_code == 201

@pytest.fixture
def nothing_at_the_end():
    yield

@pytest.fixture
def a_miss_at_the_end():
    yield
    send("two")
    send("three")

def test_passes(): send()

def test_fails():
    send()
    assert 0, "its own failure"

@pytest.mark.twilio_cassette(allow_unplayed=True)
def test_may(): send()

@pytest.mark.twilio_cassette(allow_unplayed=True)
class TestMost:
    @pytest.mark.twilio_cassette(allow_unplayed=False)
    def test_not(self): send()

def test_asks_later(two_at_the_end): send()

def test_asks_never(nothing_at_the_end): send()

def test_misses_later(a_miss_at_the_end): send()
""",
    )
    result.assert_outcomes(passed=4, failed=3, errors=2)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_asks_never*",
            "1 recorded interaction was not asked for (unplayed) in */test_asks_never.yaml:",
            "  2. POST https://*",
            "*allow_unplayed=True*",
            "*ERROR at teardown of test_misses_later*",
            "1 live request is not in the cassette*",
            "*_ test_passes _*",
            "1 recorded interaction was not asked for (unplayed) in */test_passes.yaml:",
            "*_ test_fails _*",
            "E *its own failure*",
            "*- Twilio requests -*",
            "  POST https://*: played, 201 SMone",
            "not asked for (unplayed):",
            "  2. POST https://*",
        ]
    )
    # What we complain of ourselves says it all.
    assert result.stdout.str().count("- Twilio requests -") == 1


def test_what_is_asked_for_by_a_finaliser_is_played(pytester: pytest.Pytester) -> None:
    for test in ("test_of_its_own", "test_of_a_fixture", "TestMethod.test_of_its_own", "test_asks_never"):
        recorded(pytester.path / "cassettes" / "test_it" / f"{test}.yaml", "one", "two")
    result = run(
        pytester,
        """
pytestmark = pytest.mark.twilio_cassette

def test_of_its_own(request):
    request.addfinalizer(lambda: send("two"))
    send()

@pytest.fixture
def account(request):
    request.addfinalizer(lambda: send("two"))
    return "AC"

def test_of_a_fixture(account): send()

class TestMethod:
    def test_of_its_own(self, request):
        request.addfinalizer(lambda: send("two"))
        send()

def test_asks_never(request): send()
""",
    )
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_asks_never*",
            "1 recorded interaction was not asked for (unplayed) in */test_asks_never.yaml:",
        ]
    )


@pytest.mark.parametrize(
    ("package", "outcomes"),
    [
        pytest.param("pytest_recording", {"failed": 1}, id="a plugin that asks nothing of Twilio"),
        pytest.param("pytest_of_somebody", {"passed": 1, "errors": 1}, id="a plugin that may ask"),
    ],
)
def test_what_is_unplayed_is_the_failure_of_the_test_where_nothing_can_ask_later(
    pytester: pytest.Pytester, package: str, outcomes: dict[str, int]
) -> None:
    recorded(pytester.path / "cassettes" / "test_it" / "test_passes.yaml", "one", "two")
    around = "@pytest.fixture(autouse=True)\ndef around(): yield\n"
    finaliser = "@pytest.fixture(autouse=True)\ndef finaliser(request): request.addfinalizer(lambda: None)\n"
    (pytester.mkpydir(package) / "plugin.py").write_text(f"import pytest\n{around}{finaliser}")
    tests = "@pytest.mark.twilio_cassette\ndef test_passes(): send()\n"
    # A process of its own: a plugin of that name may be in use here.
    pytester.makepyfile(test_it=HEAD + tests)
    result = pytester.runpytest_subprocess(*PLUGIN, "-p", f"{package}.plugin")
    result.assert_outcomes(**outcomes)
    result.stdout.fnmatch_lines(["1 recorded interaction was not asked for (unplayed) in */test_passes.yaml:"])


def test_a_client_that_goes_past_the_proxy_fails_the_test(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def past():
    session = requests.Session()
    session.trust_env = False
    with session: session.get(URL)

def test_raises(twilio_proxy): past()

def test_swallows(twilio_proxy):
    with pytest.raises(requests.ConnectionError): past()

import httpx
early, session = httpx.Client(), requests.Session()

def test_made_before(twilio_proxy): early.get(URL)

def test_reads_the_variables_at_each_request(twilio_proxy):
    assert session.get(URL).status_code == 401
    session.close()
    early.close()
""",
    )
    result.assert_outcomes(failed=3, passed=1)
    result.stdout.fnmatch_lines(
        ["E *make the client after the fixture*", "A client tried to reach api.twilio.com past*"]
    )


@pytest.mark.parametrize(
    ("last", "lines"),
    [
        pytest.param(
            'assert 0, "its own failure"',
            ["E *its own failure*", "The proxy at http://127.0.0.1:* does not answer*"],
            id="a test that fails",
        ),
        pytest.param("", ["twilio-test-proxy: The proxy at http://127.0.0.1:* does not answer*"], id="one that passes"),
    ],
)
def test_a_proxy_that_ends_is_said_to_have_ended(pytester: pytest.Pytester, last: str, lines: list[str]) -> None:
    result = run(
        pytester,
        f"""
from child_processes import running_children
def test_a(twilio_proxy):
    port = int(twilio_proxy.url.rpartition(":")[2])
    for child in running_children():
        if any(found.laddr.port == port for found in child.net_connections()):
            child.kill()
            child.wait()
    {last}
""",
    )
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(lines)
    assert "control.py" not in result.stdout.str()
