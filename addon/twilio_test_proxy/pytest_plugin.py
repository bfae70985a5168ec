"""The pytest plugin: fixture `twilio_proxy`, marker `twilio_cassette`. Installing the package registers it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from .cassettes.names import cassette_path
from .testing import complaints, configuration, names
from .testing.configuration import CommandLine
from .testing.control import ControlError
from .testing.proxy import InForce, TwilioProxy, TwilioRequest

if TYPE_CHECKING:
    from .testing.processes import Processes

# For annotations; the rest is found by pytest.
__all__ = ["TwilioProxy", "TwilioRequest"]

# Where fixtures are defined that have something to do when a test is over, but nothing to ask of Twilio. Only what is
# known for it: a plugin of the user's own may well do so.
_ASK_NOTHING = ("_pytest.", "anyio.", "pytest_asyncio.", "pytest_django.", "pytest_mock.", "pytest_recording.")

_PROXY = pytest.StashKey[TwilioProxy]()
_PASSED = pytest.StashKey[bool]()
_ASKS_LATER = pytest.StashKey[bool]()  # a fixture of the test, or the test itself, may do something after it
_WARNING = pytest.StashKey[str]()
_COMPLAINED = pytest.StashKey[bool]()  # the test fails by a complaint of ours, which says all there is to say


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("twilio-test-proxy")
    group.addoption(
        "--twilio-record-mode",
        choices=configuration.RECORD_MODES,
        help="Record mode of all tests with the marker twilio_cassette, whatever they say themselves. Any but 'none', "
        "which is the default, opens the lock: live requests of these tests go to Twilio, cost money and reach people.",
    )
    group.addoption(
        "--twilio-forward-live",
        action="store_true",
        help="Open the lock for the record modes that fixtures (twilio_record_mode) and markers name.",
    )
    group.addoption(
        "--twilio-cassette-dir",
        metavar="DIR",
        type=Path,
        help="Where cassettes lie: NAME.yaml, and MODULE/TEST.yaml for those named after tests. Else each module's lie "
        "beside it, in cassettes/MODULE/.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers",
        "twilio_cassette(name='', record_mode='none', allow_unplayed=False): live Twilio requests of this test are "
        "played from, or recorded into, this cassette; by default one named after the test.",
    )


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say when the lock is open."""
    line = _command_line(config)
    if not line.lock_open:
        return []
    mode = line.record_mode or "as fixtures and markers say"
    return [f"twilio-test-proxy: LIVE REQUESTS of tests with a cassette GO TO TWILIO, record mode: {mode}"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say once what the proxies of the session had to say; no Python warning, which fails sessions with -W error."""
    if warning := config.stash.get(_WARNING, ""):
        terminalreporter.write_line(f"twilio-test-proxy: {warning}", yellow=True)


@pytest.hookimpl(trylast=True)  # after the last fixtures, where a session is cut short
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Give it to xdist's controller, where this is one of its workers: these have no terminal."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output[__name__] = session.config.stash.get(_WARNING, "")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take it from one of xdist's workers; each of them says the same. One that crashed says nothing."""
    if warning := getattr(node, "workeroutput", {}).get(__name__, ""):
        node.config.stash[_WARNING] = warning


def _command_line(config: pytest.Config) -> CommandLine:
    return CommandLine(config.getoption("--twilio-record-mode"), config.getoption("--twilio-forward-live"))


@pytest.fixture(scope="module")
def twilio_cassette_dir(request: pytest.FixtureRequest) -> Path:
    """The directory of the module's cassettes; override it to keep them elsewhere below pytest's rootdir."""
    return names.cassette_directory(request.path, request.config.getoption("--twilio-cassette-dir"))


@pytest.fixture(scope="session")
def twilio_record_mode() -> str | None:
    """The record mode where the command line names none; override it to have another one than the markers'."""
    return None


@pytest.fixture
def twilio_default_cassette_name(request: pytest.FixtureRequest) -> str:
    """The name of a cassette for which the marker names none; override it for names of your own."""
    outer = [node.name for node in request.node.listchain() if isinstance(node, pytest.Class)][:-1]
    test = names.default_name(request.node.name, ".".join((*outer, request.cls.__name__)) if request.cls else "")
    if request.config.getoption("--twilio-cassette-dir") is None:
        return test
    return f"{names.without_suffix(request.path, request.config.rootpath)}/{test}"


@pytest.fixture(scope="session")
def _twilio_processes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """The proxies of this session; with xdist each worker has a session, and so a proxy, of its own."""
    # Imported late, so that a session without Twilio is not made slower by it.
    from .testing.processes import Processes

    processes = Processes(tmp_path_factory.mktemp("twilio-test-proxy"), _root(request.config))
    yield processes
    processes.stop()
    request.config.stash[_WARNING] = processes.warning


def _root(config: pytest.Config) -> Path:
    given: Path | None = config.getoption("--twilio-cassette-dir")
    return given.absolute() if given is not None else config.rootpath


@pytest.fixture(autouse=True)
def _twilio_cassette(request: pytest.FixtureRequest) -> None:
    """The marker alone is enough; the fixture need not be named."""
    if request.node.get_closest_marker("twilio_cassette"):
        request.getfixturevalue("twilio_proxy")


@pytest.fixture
def twilio_proxy(request: pytest.FixtureRequest, _twilio_processes: Processes) -> Iterator[TwilioProxy]:
    """A proxy for all Twilio traffic of the test: the variables that clients read are set, for children too.

    Test credentials are answered as Twilio does. Live requests are played from the cassette of the marker
    `twilio_cassette`, and refused where there is no marker.

    requests and twilio-python read the variables at each request. httpx.Client reads them when it is made: make it
    after this fixture.
    """
    from .certificates.directory import DirectoryError
    from .cli.proxy_process import ProxyError
    from .testing.clients import led_through

    try:
        in_force = _cassette_of(request)
    except ValueError as error:
        raise pytest.fail.Exception(f"twilio-test-proxy: {error}", pytrace=False) from None
    bypasses: list[str] = []
    try:
        lock_open = in_force is not None and in_force.record_mode != "none"
        running = _twilio_processes.get(lock_open)
        with led_through(running.process.url, running.trust, bypasses) as environment:
            proxy = TwilioProxy(running.process.url, running.trust.certificate, environment, in_force, bypasses)
            proxy.insert_cassette()
            request.node.stash[_PROXY] = proxy
            request.node.stash[_COMPLAINED] = False
            try:
                yield proxy
                complaint = _complaint(request.node, proxy, last=True)
            finally:
                proxy.eject_cassette()
    except (ControlError, DirectoryError, ProxyError) as error:
        raise pytest.fail.Exception(f"twilio-test-proxy: {error}", pytrace=False) from None
    if complaint and request.node.stash.get(_PASSED, False):
        _fail(request.node, complaint)


def _fail(item: pytest.Item, complaint: str) -> NoReturn:
    item.stash[_COMPLAINED] = True
    pytest.fail(complaint, pytrace=False)


def _cassette_of(request: pytest.FixtureRequest) -> InForce | None:
    """The cassette that the test's marker asks for; None without a marker."""
    markers = list(request.node.iter_markers("twilio_cassette"))
    if not markers:
        return None
    keywords = {name: value for marker in reversed(markers) for name, value in marker.kwargs.items()}
    marker = configuration.read_marker(markers[0].args, keywords)
    fixture = request.getfixturevalue("twilio_record_mode")
    if fixture is not None:
        configuration.check_record_mode(fixture, "The fixture twilio_record_mode")
    mode = _command_line(request.config).choose_record_mode(fixture, marker)
    name = marker.name or request.getfixturevalue("twilio_default_cassette_name")
    root = _root(request.config)
    name = names.name_below(root, Path(request.getfixturevalue("twilio_cassette_dir")), name)
    return InForce(cassette_path(root, name), name, mode, marker.allow_unplayed)


def _complaint(item: pytest.Item, proxy: TwilioProxy, *, last: bool = False) -> str:
    """Why a test that passed has failed all the same; empty where it has not."""
    missed, refused = proxy.unanswered()
    found = [
        complaints.bypasses(proxy.bypasses, proxy),
        complaints.misses(missed, item.nodeid),
        complaints.refusals(refused),
    ]
    # What a fixture asks for when the test is over is recorded, too.
    if last or not item.stash.get(_ASKS_LATER, False):
        found.append(complaints.unplayed(*proxy.unplayed(), proxy))
    return "\n".join(filter(None, found))


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Note which tests have fixtures that may ask Twilio for something when the test is over."""
    function = inspect.unwrap(fixturedef.func)
    module = getattr(function, "__module__", None) or ""
    asks_nothing = module.startswith((__name__, *_ASK_NOTHING)) and not fixturedef.argname.startswith("_xunit")
    if not asks_nothing and (_yields(function) or _takes_request(function)):
        request.node.stash[_ASKS_LATER] = True
    return (yield)


def _yields(function: Callable[..., object]) -> bool:
    return inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)


def _takes_request(function: Callable[..., object]) -> bool:
    """Whether it may call `request.addfinalizer`, by itself or through what it gives `request` to."""
    return "request" in inspect.signature(function).parameters


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail a test that passed though it got no answer; one that fails by itself fails by itself."""
    if isinstance(item, pytest.Function) and _takes_request(item.function):
        item.stash[_ASKS_LATER] = True
    yield
    proxy = item.stash.get(_PROXY, None)
    if not proxy:
        return
    try:
        complaint = _complaint(item, proxy)
    except ControlError as error:
        complaint = f"twilio-test-proxy: {error}"
    if complaint:
        _fail(item, complaint)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what was asked for to the report of a failed test."""
    report = yield
    if report.when == "call":
        item.stash[_PASSED] = report.passed
    proxy = item.stash.get(_PROXY, None)
    if proxy and report.failed and not item.stash.get(_COMPLAINED, False):
        try:
            shown = complaints.section(proxy.requests, *proxy.unplayed())
        except ControlError as error:
            shown = str(error)
        if shown:
            report.sections.append(("Twilio requests", shown))
    return report
