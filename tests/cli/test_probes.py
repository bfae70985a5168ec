import sys
from pathlib import Path

import pytest

from twilio_test_proxy.cli import probes

SURVEYED = (
    '{"version": "3.9.1", "prefix": "/v", "found": {"requests": "2.31.0", "twilio": "5.7.0", "aiohttp": "3.9.0"}}'
)


@pytest.mark.parametrize(
    ("printed", "verdict"),
    [
        pytest.param("SM" + "0a" * 16, "caught", id="SID"),
        pytest.param('{"sid": "SM' + "0a" * 16 + '"}', "caught", id="SID in JSON"),
        pytest.param("SM" + "0a" * 17, "cannot be tried", id="no SID"),
        pytest.param("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate", "distrusts the CA", id="Python"),
        pytest.param("PKIX path building failed: unable to find valid path", "distrusts the CA", id="Java"),
        pytest.param("tls: failed to verify certificate: x509: unknown authority", "distrusts the CA", id="Go"),
        pytest.param("self-signed certificate in certificate chain", "distrusts the CA", id="Node"),
        pytest.param("curl: (6) Could not resolve host: api.twilio.com", "bypasses the proxy", id="curl offline"),
        pytest.param("getaddrinfo ENOTFOUND api.twilio.com", "bypasses the proxy", id="Node offline"),
        pytest.param("java.net.UnknownHostException: api.twilio.com", "bypasses the proxy", id="Java offline"),
        pytest.param("Unable to find the server at api.twilio.com", "bypasses the proxy", id="httplib2 offline"),
        pytest.param('{"code": 20003, "message": "Authenticate"}', "bypasses the proxy", id="asked Twilio itself"),
        pytest.param("ModuleNotFoundError: No module named 'socks'", "cannot be tried", id="incomplete client"),
        pytest.param("Call to undefined function curl_init()", "cannot be tried", id="PHP without curl"),
        pytest.param("", "cannot be tried", id="silence"),
    ],
)
def test_judge(printed: str, verdict: probes.Verdict) -> None:
    assert probes.judge(printed) == verdict


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for PATH, and a working directory without virtual environments."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin"


def install(machine: Path, name: str, printed: str) -> None:
    (machine / name).write_text(f"#!/bin/sh\nprintf '%s\\n' '{printed}'\n")
    (machine / name).chmod(0o755)


def test_find_nothing(machine: Path) -> None:
    assert list(probes.find({"PATH": str(machine)})) == []


def test_find(machine: Path) -> None:
    install(machine, "curl", "curl 8.1.2 (x86_64)")
    install(machine, "python3", SURVEYED)
    install(machine, "python", SURVEYED)
    install(machine, "python2", "pyenv: python2: command not found")
    install(machine, "node", '{"node": "v8.17.0", "fetch": false, "at": "/n/twilio/package.json", "version": "2.11.1"}')
    install(machine, "go", "go version go1.19.8 linux/amd64")
    found = [
        (probe.client, probe.version, Path(probe.command[-1]).name) for probe in probes.find({"PATH": str(machine)})
    ]
    assert found == [
        ("curl", "8.1.2", "curl.sh"),
        ("urllib", "Python 3.9.1", "python_urllib.py"),
        ("requests", "2.31.0 on Python 3.9.1", "python_requests.py"),
        ("aiohttp", "3.9.0 on Python 3.9.1", "python_aiohttp.py"),
        ("twilio-python", "5.7.0 on Python 3.9.1", "twilio_python_old.py"),
        ("Node https", "8.17.0", "node_https.js"),
        ("twilio-node", "2.11.1 on Node 8.17.0", "n"),
        ("Go", "1.19.8", "go_http.go"),
    ]


def test_find_this_environment_s_own_python(machine: Path) -> None:
    install(machine.parent, "python", SURVEYED)
    (machine.parent / "bin" / "python").symlink_to(machine.parent / "python")
    found = list(probes.find({"PATH": "", "VIRTUAL_ENV": str(machine.parent)}))
    assert found[0].command[0] == str(machine / "python")


def test_every_program_is_there(machine: Path) -> None:
    for name in ("curl", "wget", "php", "ruby", "perl", "java", "go", "node"):
        install(machine, name, '{"node": "v20.1.0", "fetch": true, "at": "", "version": ""}')
    found = list(probes.find({"PATH": str(machine)}))
    assert len(found) == 10
    assert [probe.client for probe in found if not Path(probe.command[-1]).is_file()] == []


@pytest.mark.parametrize(
    ("program", "verdict", "detail"),
    [
        pytest.param("print('SM' + '0' * 32)", "caught", "", id="caught"),
        pytest.param(
            "print('x'); print('certificate verify failed'); print()",
            "distrusts the CA",
            "certificate verify failed",
            id="the last line is shown",
        ),
    ],
)
def test_run(program: str, verdict: probes.Verdict, detail: str) -> None:
    probe = probes.Probe("a client", "1", (sys.executable, "-c", program))
    assert probes.run(probe, {}) == probes.Finding(probe, verdict, detail)


def test_run_what_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "SECONDS", 0.2)
    probe = probes.Probe("a client", "1", (sys.executable, "-c", "import time; time.sleep(600)"))
    assert probes.run(probe, {}).detail == "no answer within 0.2 seconds"


def test_run_what_is_gone() -> None:
    probe = probes.Probe("a client", "1", ("/no/such/program",))
    assert probes.run(probe, {}).verdict == "cannot be tried"
