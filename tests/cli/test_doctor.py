import io
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from command_line import PROBES
from twilio_test_proxy.certificates import authority
from twilio_test_proxy.cli import doctor, probes, versions


def shown(table: Table) -> str:
    console = Console(file=io.StringIO(), width=200)
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
