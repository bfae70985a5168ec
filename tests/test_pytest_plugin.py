"""The plugin, in pytest sessions of its own: which proxy and which cassette a test gets."""

import os
from pathlib import Path

import pytest

from child_processes import running_children
from pytest_sessions import PLUGIN, prepare, recorded, run


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    prepare(monkeypatch, home)


def test_each_test_sees_its_own_requests_and_the_variables_are_restored(pytester: pytest.Pytester) -> None:
    before = dict(os.environ)
    result = run(
        pytester,
        """
def test_first(twilio_proxy):
    assert twilio_proxy.requests == []
    assert send().status_code == 201
    (sent,) = twilio_proxy.requests
    assert (sent.method, sent.url, sent.outcome, sent.status) == ("POST", URL, "answered", 201)
    assert sent.sid.startswith("SM") and sent.parameters["Body"] == "one"
    assert os.environ["HTTPS_PROXY"] == twilio_proxy.url == twilio_proxy.environment["https_proxy"]
    assert (twilio_proxy.cassette, twilio_proxy.record_mode) == (None, "none")

def test_between():
    assert "HTTPS_PROXY" not in os.environ

def test_second(twilio_proxy):
    assert send(method="GET").json()["code"] == 20008
    assert [sent.method for sent in twilio_proxy.requests] == ["GET"]

def test_a_child(twilio_proxy):
    program = "import test_it; print(test_it.send('from a child').json()['sid'])"
    printed = subprocess.check_output([sys.executable, "-c", program], text=True)
    (sent,) = twilio_proxy.requests
    assert (sent.sid, sent.parameters["Body"]) == (printed.strip(), "from a child")
""",
    )
    result.assert_outcomes(passed=4)
    assert {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} == {
        name: value for name, value in before.items() if not name.startswith("PYTEST_")
    }


def test_no_proxy_is_started_for_tests_that_need_none_and_none_is_left(pytester: pytest.Pytester) -> None:
    children = running_children()
    result = run(
        pytester,
        f"""
from child_processes import running_children
def test_none(): assert len(running_children()) == {len(children)}
def test_one(twilio_proxy): assert len(running_children()) == {len(children) + 1}
def test_still(twilio_proxy): assert len(running_children()) == {len(children) + 1}
""",
    )
    result.assert_outcomes(passed=3)
    assert running_children() == children


def test_live_requests_without_a_marker_are_refused(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_TEST_ACCOUNT_SID", "AC" + "7" * 32)
    monkeypatch.setenv("TWILIO_TEST_AUTH_TOKEN", "7" * 32)
    result = run(
        pytester,
        """
def test_refused(twilio_proxy):
    assert send().json()["code"] == 424002
    assert [sent.outcome for sent in twilio_proxy.requests] == ["refused"]
    print("refused as it should be")

@pytest.mark.twilio_cassette
def test_test_credentials_are_answered_beside_a_cassette():
    credentials = os.environ["TWILIO_TEST_ACCOUNT_SID"], os.environ["TWILIO_TEST_AUTH_TOKEN"]
    answer = requests.post(URL.replace("9" * 32, "7" * 32), auth=credentials, data={"To": "+1"})
    assert answer.headers["X-Twilio-Test-Proxy"] == "test-credentials"
""",
    )
    # A test that swallows the exception would pass although nothing was sent.
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "1 live request was refused, and the test went on without an answer:",
            "  POST https://*Messages.json: refused, 424 424002 *",
            "refused as it should be",
        ]
    )


def test_the_marker_plays_the_cassette_named_after_the_test(pytester: pytest.Pytester) -> None:
    folder = pytester.path / "cassettes" / "test_it"
    names = (
        "test_a",
        "TestB.test_b",
        "TestB.TestIn.test_b",
        "TestOut.TestIn.test_b",
        "TestC.test_c",
        "test_d-x",
        "named",
        "deep/er",
    )
    for name in names:
        recorded(folder / f"{name}.yaml", "one")
    result = run(
        pytester,
        """
@pytest.mark.twilio_cassette
def test_a(): assert send().json()["sid"] == "SMone"

@pytest.mark.twilio_cassette()
class TestB:
    def test_b(self, twilio_proxy):
        assert send().json()["sid"] == "SMone"
        assert [sent.outcome for sent in twilio_proxy.requests] == ["played"]
        assert [sent.sid for sent in twilio_proxy.requests] == ["SMone"]

    class TestIn:
        def test_b(self, twilio_proxy):
            assert send().json()["sid"] == "SMone"
            assert twilio_proxy.cassette.name == "TestB.TestIn.test_b.yaml"

class TestOut:
    class TestIn:
        @pytest.mark.twilio_cassette
        def test_b(self): assert send().json()["sid"] == "SMone"

class TestC(unittest.TestCase):
    @pytest.mark.twilio_cassette
    def test_c(self): self.assertEqual(send().status_code, 201)

@pytest.mark.twilio_cassette
@pytest.mark.parametrize("letter", "x")
def test_d(letter): assert send().status_code == 201

@pytest.mark.twilio_cassette("named")
def test_e(twilio_proxy):
    assert send().status_code == 201
    assert twilio_proxy.cassette.name == "named.yaml" and twilio_proxy.cassette.exists()

@pytest.mark.twilio_cassette("deep/er.yaml", record_mode="once")
def test_f(twilio_proxy):
    assert send().status_code == 201
    assert twilio_proxy.record_mode == "none"
""",
    )
    result.assert_outcomes(passed=8)


def test_other_directories_and_names(pytester: pytest.Pytester) -> None:
    recorded(pytester.path / "given" / "named.yaml", "one")
    recorded(pytester.path / "given" / "test_it" / "test_a.yaml", "one")
    recorded(pytester.path / "mine" / "MY-test_a.yaml", "one")
    tests = """
@pytest.mark.twilio_cassette
def test_a(): assert send().status_code == 201
"""
    named = '@pytest.mark.twilio_cassette("named")\ndef test_b(): assert send().status_code == 201\n'
    fixtures = """
@pytest.fixture(scope="session")
def twilio_cassette_dir(request): return str(request.config.rootpath / "mine")

@pytest.fixture
def twilio_default_cassette_name(request): return f"MY-{request.node.name}"
"""
    outside = fixtures.replace('request.config.rootpath / "mine"', '"/outside"')
    run(pytester, tests + named, "--twilio-cassette-dir=given").assert_outcomes(passed=2)
    run(pytester, fixtures + tests).assert_outcomes(passed=1)
    result = run(pytester, outside + tests)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*The cassette directory /outside lies outside *: name it with --twilio-cassette-dir.*"]
    )


@pytest.mark.parametrize(
    ("tests", "message"),
    [
        pytest.param("@pytest.mark.twilio_cassette(mode=1)", "has arguments that it does not know", id="argument"),
        pytest.param("@pytest.mark.twilio_cassette('../a')", "an empty part, '.' or '..'", id="name"),
        pytest.param("@pytest.mark.twilio_cassette('torn')", "torn.yaml", id="file"),
        pytest.param(
            "@pytest.fixture\ndef twilio_record_mode(): return 'some'\n@pytest.mark.twilio_cassette",
            "The fixture twilio_record_mode has record mode 'some'",
            id="record mode",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(pytester: pytest.Pytester, tests: str, message: str) -> None:
    torn = recorded(pytester.path / "cassettes" / "test_it" / "torn.yaml", "one")
    torn.write_text("<<<<<<< HEAD\n" + torn.read_text())
    result = run(pytester, f"{tests}\ndef test_a(): send()")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"twilio-test-proxy: *{message}*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_session_without_twilio_does_not_import_mitmproxy(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import sys\ndef test_a(): assert not {'mitmproxy', 'click', 'vcr'} & sys.modules.keys()")
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)


def test_the_help_says_what_opens_the_lock(pytester: pytest.Pytester) -> None:
    printed = " ".join(pytester.runpytest_inprocess(*PLUGIN, "--help").stdout.str().split())
    assert "--twilio-record-mode={none,once,new_episodes,all}" in printed
    assert "opens the lock: live requests of these tests go to Twilio, cost money and reach people" in printed
