"""The clients that this machine has, and a real message sent with each of them.

The credentials are made up, so only the proxy answers them with a SID; a client that goes past the proxy
fails to find Twilio where there is no network, and is told that it is not authorised where there is one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

PROGRAMS = Path(__file__).resolve().parent.parent / "probes"

SECONDS = 90
"""How long one client may take: Go compiles its program first."""

Verdict = Literal["caught", "bypasses the proxy", "distrusts the CA", "cannot be tried"]

CURES: Mapping[Verdict, str] = {
    "caught": "",
    "bypasses the proxy": "use exec --isolated, or name the proxy in the client's own settings",
    "distrusts the CA": "use exec --isolated, or name SSL_CERT_FILE's bundle in the client's own settings",
    "cannot be tried": "",
}

MISSING = re.compile(r"No module named|Can't locate|undefined function|Cannot find module|cannot load such file")
DISTRUST = re.compile(r"certificate|PKIX path|x509|self.signed|unknown CA|unknown_ca", re.IGNORECASE)
BYPASS = re.compile(
    r"resolve|resolution|getaddrinfo|ENOTFOUND|EAI_AGAIN|name or service|nodename|UnknownHost|no such host|"
    r"find the server|reach host|Can't connect|unreachable|Unauthorized|authenticat|UnresolvedAddress|401",
    re.IGNORECASE,
)

PYTHON_SURVEY = """
import json, sys
found = {}
for name in ("requests", "httpx", "aiohttp", "twilio"):
    try:
        found[name] = getattr(__import__(name), "__version__", "")
    except Exception:
        pass
print(json.dumps({"version": "%d.%d.%d" % sys.version_info[:3], "prefix": sys.prefix, "found": found}))
"""

NODE_SURVEY = """
let at = ""; let version = "";
try { at = require.resolve("twilio/package.json"); version = require(at).version; } catch (error) {}
console.log(JSON.stringify({node: process.version, fetch: typeof fetch === "function", at, version}));
"""


@dataclass(frozen=True)
class Probe:
    """A client, and the command that sends a message with it."""

    client: str
    version: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """What became of a probe."""

    probe: Probe
    verdict: Verdict
    detail: str = ""
    """The last line that the client printed, where its message was not answered."""


def find(environment: Mapping[str, str]) -> Iterator[Probe]:
    """The clients that this machine has, as the user's shell would find them."""
    path = environment.get("PATH", "")
    for client, program in (("curl", "curl.sh"), ("wget", "wget.sh")):
        if at := shutil.which(client, path=path):
            yield Probe(client, _version(at, "--version"), ("sh", str(PROGRAMS / program)))
    yield from _python_probes(_pythons(environment))
    yield from _node_probes(path)
    for client, words, version, program in (
        ("Java HttpURLConnection", ("java",), "-version", "UrlConnection.java"),
        ("Java HttpClient", ("java",), "-version", "NetHttp.java"),
        ("PHP", ("php",), "-v", "php_curl.php"),
        ("Ruby", ("ruby",), "-v", "ruby_net_http.rb"),
        ("Go", ("go", "run"), "version", "go_http.go"),
        ("Perl LWP", ("perl",), "-v", "perl_lwp.pl"),
    ):
        if at := shutil.which(words[0], path=path):
            yield Probe(client, _version(at, version), (at, *words[1:], str(PROGRAMS / program)))


def run(probe: Probe, environment: Mapping[str, str]) -> Finding:
    """Send the message. The environment leads to the proxy and holds its test credentials."""
    try:
        done = subprocess.run(
            probe.command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return Finding(probe, "cannot be tried", f"no answer within {SECONDS} seconds")
    except OSError as error:
        return Finding(probe, "cannot be tried", str(error))
    printed = done.stdout.decode(errors="replace")
    verdict = judge(printed)
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    return Finding(probe, verdict, "" if verdict == "caught" else "".join(lines[-1:]))


def judge(printed: str) -> Verdict:
    """What a client's output says of the way that its message went."""
    if re.search(r"\bSM[0-9a-f]{32}\b", printed):
        return "caught"
    if MISSING.search(printed):
        return "cannot be tried"
    # In this order: an error of TLS often tells of the host that could not be reached, too.
    if DISTRUST.search(printed):
        return "distrusts the CA"
    return "bypasses the proxy" if BYPASS.search(printed) else "cannot be tried"


def _pythons(environment: Mapping[str, str]) -> list[str]:
    """The interpreters that the user may mean: the active environment's, this directory's, PATH's."""
    own = [
        Path(folder) / "bin" / "python" for folder in (environment.get("VIRTUAL_ENV", ""), ".venv", "venv") if folder
    ]
    path = environment.get("PATH", "")
    named = (shutil.which(name, path=path) for name in ("python", "python3", "python2"))
    found = [str(path.absolute()) for path in own if path.exists()] + [name for name in named if name]
    return list(dict.fromkeys(found))


def _python_probes(pythons: Iterable[str]) -> Iterator[Probe]:
    """One of each environment: ``python`` and ``python3`` are often the same."""
    seen = set()
    for python in pythons:
        survey = _survey([python, "-c", PYTHON_SURVEY])
        if survey and survey["prefix"] not in seen:
            seen.add(survey["prefix"])
            yield from _library_probes(python, survey["version"], survey["found"])


def _library_probes(python: str, version: str, found: Mapping[str, str]) -> Iterator[Probe]:
    def probe(client: str, own: str, program: str) -> Probe:
        return Probe(client, f"{own} on Python {version}", (python, str(PROGRAMS / program)))

    if not version.startswith("2."):
        yield Probe("urllib", f"Python {version}", (python, str(PROGRAMS / "python_urllib.py")))
    for name in ("requests", "httpx", "aiohttp"):
        if name in found:
            yield probe(name, found[name], f"python_{name}.py")
    if twilio := found.get("twilio"):
        major = int(twilio.partition(".")[0] or 0)
        yield probe("twilio-python", twilio, "twilio_python.py" if major >= 6 else "twilio_python_old.py")
        if major >= 8 and "aiohttp" in found:
            yield probe("twilio-python, async", twilio, "twilio_python_async.py")


def _node_probes(path: str) -> Iterator[Probe]:
    node = shutil.which("node", path=path)
    survey = _survey([node, "-e", NODE_SURVEY]) if node else None
    if not node or not survey:
        return
    version = survey["node"].removeprefix("v")
    yield Probe("Node https", version, (node, str(PROGRAMS / "node_https.js")))
    if survey["fetch"]:
        yield Probe("Node fetch", version, (node, str(PROGRAMS / "node_fetch.js")))
    if survey["version"]:
        folder = str(Path(survey["at"]).parent.parent)
        major = int(survey["version"].partition(".")[0] or 0)
        program = str(PROGRAMS / ("twilio_node.js" if major >= 3 else "twilio_node_old.js"))
        yield Probe("twilio-node", f"{survey['version']} on Node {version}", (node, program, folder))


def _survey(command: list[str]) -> dict[str, Any] | None:
    """The JSON object that a command prints; None where it does not (pyenv's shims of absent versions)."""
    try:
        printed = subprocess.run(command, capture_output=True, timeout=30, env=os.environ).stdout
        found = json.loads(printed.decode().strip().splitlines()[-1])
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError):
        return None
    return found if isinstance(found, dict) else None


def _version(program: str, option: str) -> str:
    """The version in what a program says of itself."""
    try:
        done = subprocess.run([program, option], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else ""
