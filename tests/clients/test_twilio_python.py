"""The real twilio-python, unchanged: the newest, and 6.0.0, which trusts a CA bundle of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from examples import EXAMPLES, Example
from running_proxy import ACCOUNT_SID, AUTH_TOKEN, ROOT, RunningProxy

PROGRAM = Path(__file__).with_name("twilio_python_examples.py")
OLD_VERSION = "6.0.0"


@pytest.fixture(scope="session")
def newest(proxy: RunningProxy) -> list[dict[str, object]]:
    return run_examples(proxy.environment())


@pytest.fixture(scope="session")
def oldest(proxy: RunningProxy, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """twilio-python 6.0.0 knows no variable for the CA: it goes where it looks, into its own bundle (of a copy)."""
    packages = tmp_path_factory.mktemp("twilio-python") / "packages"
    shutil.copytree(install_old_version(), packages)
    with (packages / "twilio" / "conf" / "cacert.pem").open("a") as bundle:
        bundle.write(proxy.authority.read_text())
    environment = proxy.environment() | {"PYTHONPATH": str(packages)}
    del environment["REQUESTS_CA_BUNDLE"]
    return run_examples(environment)


def install_old_version() -> Path:
    """Install into a cache directory of the checkout, once for each Python, safely with tests in parallel."""
    target = ROOT / ".venv-clients" / f"twilio-python-{OLD_VERSION}-py{sys.version_info[0]}.{sys.version_info[1]}"
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        partial = target.with_suffix(f".{os.getpid()}")
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(partial), f"twilio=={OLD_VERSION}"],
            check=True,
        )
        try:
            partial.rename(target)
        except OSError:
            shutil.rmtree(partial)
    return target


def run_examples(environment: dict[str, str]) -> list[dict[str, object]]:
    result = subprocess.run(
        [sys.executable, "-W", "ignore", str(PROGRAM), ACCOUNT_SID, AUTH_TOKEN],
        input=json.dumps([[example.resource, example.parameters] for example in EXAMPLES]),
        capture_output=True,
        text=True,
        env=environment,
        timeout=100,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    outcomes: list[dict[str, object]] = json.loads(result.stdout)
    return outcomes


@pytest.mark.parametrize(("number", "example"), list(enumerate(EXAMPLES)), ids=[e.title for e in EXAMPLES])
@pytest.mark.parametrize("version", ["newest", "oldest"])
def test_the_examples_of_the_document(
    version: str, number: int, example: Example, request: pytest.FixtureRequest
) -> None:
    outcome = request.getfixturevalue(version)[number]
    assert outcome["code"] == example.code
    if not example.code:
        assert len(str(outcome["sid"])) == 34
