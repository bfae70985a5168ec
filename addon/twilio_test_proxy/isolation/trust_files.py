"""The files from which programs on this machine learn which certificate authorities to trust."""

import glob
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from twilio_test_proxy.certificates import bundle

# Beside what the bundle is made from: where distributions and source-built OpenSSL, GnuTLS and LibreSSL keep theirs.
SYSTEM_FILES = (
    *bundle.SYSTEM_FILES,
    "/etc/pki/tls/cert.pem",
    "/etc/ssl/certs/ca-bundle.crt",
    "/etc/ca-certificates/extracted/tls-ca-bundle.pem",
    "/usr/lib/ssl/cert.pem",
    "/usr/local/ssl/cert.pem",
    "/usr/local/etc/openssl/cert.pem",
    "/usr/share/ssl/certs/ca-bundle.crt",
    "/var/lib/ca-certificates/ca-bundle.pem",
)

# Directories in which OpenSSL looks an authority up by the hash of its name (X509_LOOKUP_hash_dir(3)).
HASHED_DIRECTORIES = (
    "/etc/ssl/certs",
    "/etc/pki/tls/certs",
    "/etc/pki/ca-trust/extracted/pem/directory-hash",
    "/usr/lib/ssl/certs",
    "/usr/local/ssl/certs",
    "/var/lib/ca-certificates/openssl",
)

# Where Java runtimes are installed, and where in them the trust store is (before and since Java 9).
_JAVA_HOMES = ("/usr/lib/jvm/*", "/opt/java/*", "/opt/jdk*", "~/.jdks/*", "~/.sdkman/candidates/java/*")
_JAVA_STORES = ("lib/security/cacerts", "jre/lib/security/cacerts")
_SYSTEM_JAVA_STORES = ("/etc/ssl/certs/java/cacerts", "/etc/pki/ca-trust/extracted/java/cacerts")

# Installations with bin/ and lib/ in them: of Python, virtual environments, Conda.
_HOME_PREFIXES = (
    "~/.local",
    "~/.pyenv/versions/*",
    "~/.asdf/installs/python/*",
    "~/.local/pipx/venvs/*",
    "~/.local/share/pipx/venvs/*",
    "~/.local/share/uv/tools/*",
    "~/.local/share/uv/python/*",
    "~/.local/share/virtualenvs/*",
    "~/.virtualenvs/*",
    "~/.cache/pypoetry/virtualenvs/*",
    "~/*conda3",
    "~/*conda3/envs/*",
)
_PROJECT_PREFIXES = ("*", ".*", ".tox/*", ".nox/*", ".venv*/*")
_PREFIX_VARIABLES = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "JAVA_HOME")

# Directories with one directory a package: Python's, Ruby's, Perl's.
_SITES_IN_PREFIX = (
    "lib/python*/site-packages",
    "lib/python*/dist-packages",
    "lib64/python*/site-packages",
    "lib/ruby/gems/*/gems",
    "share/perl5",
    "share/perl/*",
)
_OTHER_SITES = (
    "/usr/lib/python3/dist-packages",
    "/var/lib/gems/*/gems",
    "~/.gem/ruby/*/gems",
    "~/.local/share/gem/ruby/*/gems",
    "~/.rbenv/versions/*/lib/ruby/gems/*/gems",
    "~/.rvm/gems/*/gems",
)
_HOME_SITES = (
    "~/.local/share/gem/ruby/*/gems",
    "~/.rbenv/versions/*/lib/ruby/gems/*/gems",
    "~/.rvm/gems/*/gems",
)

# A file that ships inside a package, and the directories in which it lies there: certifi's and that of those
# who vendor it, twilio-python 3 to 6 and twilio-ruby 3 (conf/cacert.pem), httplib2, boto, Mozilla::CA.
_BUNDLE_NAME = re.compile(r"(cacerts?|(curl-)?ca-?bundle|ca-certificates)\.(pem|crt|txt)", re.IGNORECASE)
_BUNDLE_DIRECTORIES = frozenset(
    ("_vendor", "CA", "cacerts", "certifi", "conf", "data", "packages", "requests", "third_party", "vendored")
)
# Dependency trees of a project, read as a whole up to a number of directories.
_PROJECT_TREES = ("vendor", "local/lib/perl5")
_MAX_TREE_DIRECTORIES = 4000


@dataclass(frozen=True)
class TrustFiles:
    """What there is to replace, each path without symbolic links and only once."""

    bundles: tuple[Path, ...]
    """Files of PEM certificates."""
    java_stores: tuple[Path, ...]
    """Java key stores."""
    hashed_directories: tuple[Path, ...]
    """Directories of OpenSSL's."""


def find_trust_files(command: str, environment: Mapping[str, str], directory: Path) -> TrustFiles:
    """Find the trust files that a command may read, without searching the whole machine.

    Args:
        command: the program to be started, as the user named it.
        environment: the environment that it will have.
        directory: the working directory that it will have.
    """
    home = environment.get("HOME") or os.path.expanduser("~")  # noqa: PTH111 - Path.expanduser raises without one
    prefixes = list(dict.fromkeys(_prefixes(command, environment, directory, home)))
    return TrustFiles(
        bundles=_existing(_bundles(prefixes, environment, directory, home), Path.is_file),
        java_stores=_existing(_java_stores(prefixes, home), Path.is_file),
        hashed_directories=_existing(_directories(prefixes, environment), _is_hashed),
    )


def _prefixes(command: str, environment: Mapping[str, str], directory: Path, home: str) -> Iterator[Path]:
    path = environment.get("PATH", os.defpath)
    found = command if os.sep in command else shutil.which(command, path=path)
    if found:
        # A virtual environment's interpreter is a link: its own place counts, and the place that it leads to.
        program = directory / found
        yield from (program.parent.parent, program.resolve().parent.parent)
    for entry in path.split(os.pathsep):
        yield (directory / entry).parent
    for variable in _PREFIX_VARIABLES:
        if environment.get(variable):
            yield Path(environment[variable])
    if environment.get("PYENV_ROOT"):
        yield from _glob(["versions/*"], Path(environment["PYENV_ROOT"]))
    yield from (Path("/usr"), Path("/usr/local"))
    yield from _glob(_HOME_PREFIXES, Path(home))
    yield from _glob(_PROJECT_PREFIXES, directory)


def _bundles(prefixes: list[Path], environment: Mapping[str, str], directory: Path, home: str) -> Iterator[Path]:
    yield from map(Path, SYSTEM_FILES)
    sites = [directory, *_glob(_OTHER_SITES, Path(home))]
    sites += [directory / entry for entry in environment.get("PYTHONPATH", "").split(os.pathsep) if entry]
    for prefix in prefixes:
        yield from (prefix / name for name in ("ssl/cacert.pem", "ssl/cert.pem", "openssl/ssl/cert.pem"))
        sites += _glob(_SITES_IN_PREFIX, prefix)
    for site in _existing(sites, Path.is_dir):
        for package in _subdirectories(site):
            yield from _bundles_in_package(package)
    for tree in _PROJECT_TREES:
        yield from _bundles_in_tree(directory / tree)


def _bundles_in_package(package: str) -> Iterator[Path]:
    try:
        with os.scandir(package) as entries:
            for entry in entries:
                if _BUNDLE_NAME.fullmatch(entry.name):
                    yield Path(entry.path)
                elif entry.name in _BUNDLE_DIRECTORIES and entry.is_dir():
                    yield from _bundles_in_package(entry.path)
    except OSError:
        return  # not readable for us, so not for the command


def _bundles_in_tree(tree: Path) -> Iterator[Path]:
    for number, (directory, _, names) in enumerate(os.walk(tree)):
        if number == _MAX_TREE_DIRECTORIES:
            return
        yield from (Path(directory, name) for name in names if _BUNDLE_NAME.fullmatch(name))


def _java_stores(prefixes: list[Path], home: str) -> Iterator[Path]:
    yield from map(Path, _SYSTEM_JAVA_STORES)
    for java_home in (*prefixes, *_glob(_JAVA_HOMES, Path(home))):
        yield from (java_home / store for store in _JAVA_STORES)


def _directories(prefixes: list[Path], environment: Mapping[str, str]) -> Iterator[Path]:
    yield from map(Path, HASHED_DIRECTORIES)
    yield from map(Path, filter(None, environment.get("SSL_CERT_DIR", "").split(os.pathsep)))
    for prefix in prefixes:
        yield from (prefix / name for name in ("ssl/certs", "openssl/ssl/certs"))


def _is_hashed(directory: Path) -> bool:
    try:
        return any(re.fullmatch(r"[0-9a-f]{8}\.\d+", name) for name in os.listdir(directory))  # noqa: PTH208 - names are wanted
    except OSError:
        return False


def _subdirectories(site: Path) -> list[str]:
    try:
        with os.scandir(site) as entries:
            return [entry.path for entry in entries if entry.is_dir()]
    except OSError:
        return []


def _glob(patterns: Iterable[str], base: Path) -> list[Path]:
    """The paths that match: "~/" stands for the base, relative patterns begin there too."""
    return [
        base / found
        for pattern in patterns
        for found in sorted(glob.glob(pattern.removeprefix("~/"), root_dir=base))  # noqa: PTH207 - with absolute ones
    ]


def _existing(paths: Iterable[Path], is_wanted: Callable[[Path], bool]) -> tuple[Path, ...]:
    wanted = {}
    for path in paths:
        try:
            real = path.resolve()
            if real not in wanted and is_wanted(real):
                wanted[real] = True
        except (OSError, RuntimeError):  # no permission, or a loop of symbolic links
            continue
    return tuple(wanted)
