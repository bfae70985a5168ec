"""README: `pip install .` gives the addon, the command and the pytest plugin. From what is installed, not from here."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from running_proxy import ACCOUNT_SID, ACCOUNT_URL, AUTH_TOKEN, ROOT, running_proxy


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project alone, as pip installs it; what it needs is where the tests run."""
    folder = tmp_path_factory.mktemp("installed")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "addon", source / "addon", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--target", str(folder / "site")]
    subprocess.run([*pip, *options, str(source)], check=True)
    return folder / "site"


def test_every_file_of_the_addon_is_installed(installed: Path) -> None:
    listed = subprocess.check_output(["git", "ls-files", "addon"], cwd=ROOT, text=True).splitlines()
    wanted = [Path(name).relative_to("addon") for name in listed]
    assert wanted
    assert [path for path in wanted if not (installed / path).is_file()] == []


def test_mitmdump_answers_from_what_is_installed(installed: Path, tmp_path: Path, confdir: Path) -> None:
    with (
        running_proxy(tmp_path, confdir=confdir, script=installed / "twilio_test.py") as proxy,
        proxy.client(auth=(ACCOUNT_SID, AUTH_TOKEN)) as client,
    ):
        form = {"From": "+15005550006", "To": "+14108675309", "Body": "hello"}
        assert client.post(f"{ACCOUNT_URL}/Messages.json", data=form).status_code == 201
        assert "Magic numbers" in client.get(f"{proxy.url}/tables").text


@pytest.mark.parametrize("words", [["tables"], ["ca"], ["env"]], ids=" ".join)
def test_the_command_runs_from_what_is_installed(installed: Path, tmp_path: Path, words: list[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed), "TWILIO_TEST_PROXY_HOME": str(tmp_path / "home")}
    where = "import twilio_test_proxy; print(*twilio_test_proxy.__path__)"
    printed = [
        subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=True).stdout
        for command in (
            ["-c", where],
            ["-m", "twilio_test_proxy", *words],
            [str(installed / "bin" / "twilio-test-proxy"), *words],
        )
    ]
    assert printed[0].strip() == str(installed / "twilio_test_proxy")
    assert printed[1] == printed[2] != ""


def test_pytest_finds_the_plugin(installed: Path) -> None:
    (distribution,) = Distribution.discover(path=[str(installed)])
    names = {point.value for point in distribution.entry_points if point.group == "pytest11"}
    assert names == {"twilio_test_proxy.pytest_plugin"}
