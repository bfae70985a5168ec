import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console
from rich.table import Table

from command_line import PROBES
from twilio_test_proxy.certificates import authority
from twilio_test_proxy.cli import doctor, probes, versions


def shown(table: Table, width: int = 200) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_clients_are_tried_through_a_real_proxy(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find(environment: object) -> list[probes.Probe]:
        curl = probes.Probe("curl", "8", ("sh", str(PROBES / "curl.sh")))
        # Names the host by an address where nothing is: as a client that reads no proxy variable.
        beside = "curl -sS --noproxy '*' --resolve api.twilio.com:443:127.0.0.1 https://api.twilio.com:443/ 2>&1"
        return [curl, probes.Probe("another", "1", ("sh", "-c", f"{beside}; echo Could not resolve host"))]

    monkeypatch.setattr(probes, "find", find)
    findings = doctor.examine(tmp_path, authority.ensure(home))
    assert [finding.verdict for finding in findings] == ["caught", "bypasses the proxy"]


def test_client_table() -> None:
    probe = probes.Probe("Some client", "1.2", ())
    text = shown(doctor.client_table([probes.Finding(probe, "distrusts the CA", "self-signed [certificate]")]))
    for word in ("Some client", "1.2", "distrusts the CA", "exec --isolated", "self-signed [certificate]"):
        assert word in text


def test_installed_table(home: Path) -> None:
    text = shown(doctor.installed_table([versions.Part("h2", "4.1.0", "is old")], authority.ensure(home)))
    assert "is old" in text
    assert str(home) in text


def test_no_path_is_cut_short_in_a_narrow_terminal(home: Path) -> None:
    text = shown(doctor.installed_table([], authority.ensure(home)), width=60)
    assert "…" not in text
    pieces = [line.split()[-1] for line in text.splitlines()[1:]]
    assert len(pieces) > 1
    assert "".join(pieces) == str(home / "mitmproxy-ca-cert.pem")


def test_whole_rows_where_there_is_no_terminal(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_TEST_PROXY_HOME", str(home))
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(doctor, "examine", lambda folder, confined: [])
    done = CliRunner().invoke(doctor.doctor)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("CA")]
    assert line.rstrip().endswith(str(home / "mitmproxy-ca-cert.pem"))
