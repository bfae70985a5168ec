import os
import sys
from pathlib import Path

import pytest

from twilio_test_proxy.isolation import trust_files
from twilio_test_proxy.isolation.trust_files import find_trust_files

VENV = "lib/python3.11/site-packages"


def make(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def find(tmp_path: Path, command: str = "true", **environment: str) -> trust_files.TrustFiles:
    """What is found below the test's own directory."""
    project = tmp_path / "project"
    project.mkdir(exist_ok=True)
    found = find_trust_files(command, {"HOME": str(tmp_path / "home"), "PATH": "", **environment}, project)
    return trust_files.TrustFiles(
        *(
            tuple(path for path in paths if path.is_relative_to(tmp_path))
            for paths in (found.bundles, found.java_stores, found.hashed_directories)
        )
    )


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(f"project/.venv/{VENV}/certifi/cacert.pem", id="certifi in the project's virtual environment"),
        pytest.param(f"project/.venv/{VENV}/twilio/conf/cacert.pem", id="twilio-python 3.8 to 5.7"),
        pytest.param(f"project/.venv/{VENV}/httplib2/cacerts.txt", id="httplib2"),
        pytest.param(f"project/.venv/{VENV}/requests/cacert.pem", id="requests before certifi"),
        pytest.param(f"project/.venv/{VENV}/botocore/cacert.pem", id="botocore"),
        pytest.param(f"project/.venv/{VENV}/boto/cacerts/cacerts.txt", id="boto"),
        pytest.param(f"project/.venv/{VENV}/pip/_vendor/certifi/cacert.pem", id="certifi as pip vendors it"),
        pytest.param(f"project/.venv/{VENV}/x/packages/requests/cacert.pem", id="requests as a library vendors it"),
        pytest.param(f"project/.tox/py27/{VENV}/certifi/cacert.pem", id="tox"),
        pytest.param(f"project/.nox/tests/{VENV}/certifi/cacert.pem", id="nox"),
        pytest.param(f"project/env/{VENV}/certifi/cacert.pem", id="virtual environment of another name"),
        pytest.param("project/twilio/conf/cacert.pem", id="SDK copied into the project"),
        pytest.param("project/vendor/composer/ca-bundle/res/cacert.pem", id="PHP's composer"),
        pytest.param("project/vendor/bundle/ruby/3.1.0/gems/twilio-ruby-3.16/conf/cacert.pem", id="Ruby's bundler"),
        pytest.param("project/local/lib/perl5/Mozilla/CA/cacert.pem", id="Perl's carton"),
        pytest.param(f"home/.pyenv/versions/2.7.18/{VENV}/twilio/conf/cacert.pem", id="pyenv"),
        pytest.param(f"home/.local/{VENV}/certifi/cacert.pem", id="pip install --user"),
        pytest.param(f"home/.local/share/pipx/venvs/apprise/{VENV}/certifi/cacert.pem", id="pipx"),
        pytest.param(f"home/.local/share/uv/tools/apprise/{VENV}/certifi/cacert.pem", id="uv tool"),
        pytest.param(f"home/.cache/pypoetry/virtualenvs/a-1/{VENV}/certifi/cacert.pem", id="poetry"),
        pytest.param("home/miniconda3/ssl/cacert.pem", id="conda's OpenSSL"),
        pytest.param("home/.gem/ruby/2.7.0/gems/twilio-ruby-3.16/conf/cacert.pem", id="gem install --user-install"),
        pytest.param("home/.rbenv/versions/2.7.8/lib/ruby/gems/2.7.0/gems/t-1/conf/cacert.pem", id="rbenv"),
    ],
)
def test_bundle_is_found(tmp_path: Path, path: str) -> None:
    expected = make(tmp_path / path)
    assert find(tmp_path).bundles == (expected,)


@pytest.mark.parametrize("variable", ["VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME"])
def test_bundle_in_the_environment_that_a_variable_names(tmp_path: Path, variable: str) -> None:
    expected = make(tmp_path / f"elsewhere/{VENV}/certifi/cacert.pem")
    assert find(tmp_path, **{variable: str(tmp_path / "elsewhere")}).bundles == (expected,)


def test_bundle_beside_the_programs_on_path(tmp_path: Path) -> None:
    expected = make(tmp_path / f"elsewhere/{VENV}/certifi/cacert.pem")
    assert find(tmp_path, PATH=f"/nonexistent:{tmp_path}/elsewhere/bin").bundles == (expected,)


def test_bundle_on_pythonpath(tmp_path: Path) -> None:
    expected = make(tmp_path / "libraries/certifi/cacert.pem")
    assert find(tmp_path, PYTHONPATH=f":{tmp_path}/libraries").bundles == (expected,)


def test_bundle_of_pyenv_elsewhere(tmp_path: Path) -> None:
    expected = make(tmp_path / f"pyenv/versions/3.7.16/{VENV}/certifi/cacert.pem")
    assert find(tmp_path, PYENV_ROOT=str(tmp_path / "pyenv")).bundles == (expected,)


def test_bundles_of_a_virtual_environment_and_of_the_interpreter_that_it_links_to(tmp_path: Path) -> None:
    own = make(tmp_path / f"elsewhere/{VENV}/certifi/cacert.pem")
    base = make(tmp_path / f"python/{VENV}/certifi/cacert.pem")
    interpreter = make(tmp_path / "python/bin/python3.11")
    interpreter.chmod(0o755)
    (tmp_path / "elsewhere/bin").mkdir()
    (tmp_path / "elsewhere/bin/python").symlink_to(interpreter)
    assert set(find(tmp_path, str(tmp_path / "elsewhere/bin/python")).bundles) == {own, base}


def test_command_named_relative_to_its_working_directory(tmp_path: Path) -> None:
    own = make(tmp_path / f"elsewhere/{VENV}/certifi/cacert.pem")
    program = make(tmp_path / "elsewhere/bin/program")
    program.chmod(0o755)
    (tmp_path / "project").mkdir()
    assert find(tmp_path, "../elsewhere/bin/program").bundles == (own,)


def test_file_reached_in_two_ways_is_found_once_and_where_it_really_is(tmp_path: Path) -> None:
    real = make(tmp_path / "shared/cacert.pem")
    for name in ("certifi", "requests"):
        package = tmp_path / f"project/.venv/{VENV}/{name}"
        package.mkdir(parents=True)
        (package / "cacert.pem").symlink_to(real)
    assert find(tmp_path).bundles == (real,)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(f"project/.venv/{VENV}/certifi/core.py", id="not a bundle"),
        pytest.param(f"project/.venv/{VENV}/mine/server.pem", id="somebody's own certificate"),
        pytest.param("project/tests/fixtures/tls/cacert.pem", id="deep in the project's own tests"),
        pytest.param("project/node_modules/a/b/cacert.pem", id="Node's packages, which nobody reads one from"),
    ],
)
def test_other_files_are_left_alone(tmp_path: Path, path: str) -> None:
    make(tmp_path / path)
    assert find(tmp_path).bundles == ()


def test_links_that_lead_nowhere_or_in_circles(tmp_path: Path) -> None:
    site = tmp_path / f"project/.venv/{VENV}"
    for name, target in (("gone", "/nonexistent"), ("circle", "cacert.pem")):
        (site / name).mkdir(parents=True)
        (site / name / "cacert.pem").symlink_to(target)
    assert find(tmp_path).bundles == ()


def test_dependency_tree_is_read_only_up_to_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "project/vendor/a/b/c/cacert.pem")
    monkeypatch.setattr(trust_files, "_MAX_TREE_DIRECTORIES", 3)
    assert find(tmp_path).bundles == ()
    monkeypatch.setattr(trust_files, "_MAX_TREE_DIRECTORIES", 4)
    assert len(find(tmp_path).bundles) == 1


@pytest.mark.parametrize(
    "path",
    ["jdk/lib/security/cacerts", "jdk/jre/lib/security/cacerts"],
    ids=["since Java 9", "before Java 9"],
)
def test_java_store_in_java_home(tmp_path: Path, path: str) -> None:
    expected = make(tmp_path / path)
    assert find(tmp_path, JAVA_HOME=str(tmp_path / "jdk")).java_stores == (expected,)


@pytest.mark.parametrize(
    "path", ["home/.sdkman/candidates/java/17.0.9-tem/lib/security/cacerts", "home/.jdks/a/lib/security/cacerts"]
)
def test_java_store_of_an_installation_at_home(tmp_path: Path, path: str) -> None:
    expected = make(tmp_path / path)
    assert find(tmp_path).java_stores == (expected,)


def test_hashed_directory_of_an_installation(tmp_path: Path) -> None:
    expected = make(tmp_path / "home/miniconda3/ssl/certs/0a775a30.0").parent
    make(tmp_path / "home/.local/ssl/certs/README")
    assert find(tmp_path).hashed_directories == (expected,)


def test_hashed_directories_that_the_user_names(tmp_path: Path) -> None:
    expected = tuple(make(tmp_path / name / "0a775a30.0").parent for name in ("one", "two"))
    assert find(tmp_path, SSL_CERT_DIR=f"{tmp_path}/one:{tmp_path}/two:").hashed_directories == expected


def test_system_files_of_this_machine() -> None:
    found = find_trust_files(sys.executable, os.environ, Path.cwd())
    existing = {Path(name).resolve() for name in trust_files.SYSTEM_FILES if Path(name).is_file()}
    assert existing
    assert existing <= set(found.bundles)
