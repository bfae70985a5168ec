import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from command_line import START
from twilio_test_proxy.cli.conclusion import Demands, Ended, conclude, failures


def found(**summary: int) -> dict[str, Any]:
    missed = {"method": "GET", "url": "https://api.twilio.com/x", "outcome": "missed", "message": "not recorded"}
    return {"summary": summary, "requests": [missed] * summary.get("missed", 0)}


@pytest.mark.parametrize(
    ("demands", "summary", "complaints"),
    [
        pytest.param(Demands(), {"missed": 1, "unplayed": 1}, [], id="nothing asked"),
        pytest.param(
            Demands(fail_on_miss=True),
            {"missed": 1},
            ["1 request is not in the cassette (--fail-on-miss):\n  GET https://api.twilio.com/x: not recorded"],
            id="miss",
        ),
        pytest.param(Demands(fail_on_miss=True), {"unplayed": 1, "refused": 1}, [], id="no miss"),
        pytest.param(
            Demands(fail_on_unplayed=True),
            {"unplayed": 2},
            ["2 recorded interactions were not asked for (--fail-on-unplayed)."],
            id="unplayed",
        ),
        pytest.param(
            Demands(), {"dialled": 1}, ["1 connection was opened to Twilio, and none was allowed."], id="leak"
        ),
        pytest.param(Demands(forward_live=True), {"dialled": 1}, [], id="allowed connection"),
    ],
)
def test_failures(demands: Demands, summary: dict[str, int], complaints: Sequence[str]) -> None:
    assert failures(found(**summary), demands) == complaints


def test_only_the_first_misses_are_shown() -> None:
    (complaint,) = failures(found(missed=7), Demands(fail_on_miss=True))
    assert complaint.count("not recorded") == 5
    assert complaint.endswith("\n  …")


@pytest.mark.parametrize(
    ("code", "final"), [pytest.param(0, 1, id="command succeeded"), pytest.param(5, 5, id="command failed")]
)
def test_a_miss_fails_only_what_succeeded(
    code: int, final: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demands = Demands(fail_on_miss=True, reports=[tmp_path / "r.json"])
    assert conclude(Ended(code, found(missed=1)), demands) == final
    assert json.loads((tmp_path / "r.json").read_text())["exit_code"] == final
    assert ("--fail-on-miss" in capsys.readouterr().err) == (code == 0)


@pytest.mark.parametrize(
    ("code", "final"), [pytest.param(0, 1, id="command succeeded"), pytest.param(7, 7, id="command failed")]
)
def test_a_report_that_cannot_be_written_costs_neither_the_exit_code_nor_the_summary_nor_another_report(
    code: int, final: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.json", "c.xml"):
        (tmp_path / name).mkdir()
    reports = [tmp_path / name for name in ("a.json", "b.json", "c.xml", "d.xml")]
    assert conclude(Ended(code, found(answered=1)), Demands(reports=reports)) == final
    summary, *errors = capsys.readouterr().err.splitlines()
    assert summary == "twilio-test-proxy: 1 answered, 0 connections to Twilio"
    assert [error.partition(": the report cannot be written")[0] for error in errors] == [
        f"twilio-test-proxy: {path}" for path in (reports[0], reports[2])
    ]
    assert json.loads(reports[1].read_text())["summary"]["answered"] == 1
    assert reports[3].exists()


@pytest.mark.parametrize(
    ("code", "final"), [pytest.param(0, 1, id="command succeeded"), pytest.param(7, 7, id="command failed")]
)
def test_without_the_proxy_s_report_nothing_is_counted_and_the_reports_say_why(
    code: int, final: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = [tmp_path / "r.json", tmp_path / "r.xml"]
    assert conclude(Ended(code, trouble="The proxy has died."), Demands(reports=reports)) == final
    assert capsys.readouterr().err == "twilio-test-proxy: The proxy has died.\n"
    written = json.loads(reports[0].read_text())
    assert (written["exit_code"], written["complaints"]) == (final, ["The proxy has died."])
    assert 'tests="1" failures="1"' in reports[1].read_text()


def test_the_report_of_a_run_that_failed_is_not_green(tmp_path: Path) -> None:
    reports = [tmp_path / "r.xml"]
    demands = Demands(fail_on_unplayed=True, reports=reports)
    assert conclude(Ended(0, found(answered=1, unplayed=2, dialled=1)), demands) == 1
    text = reports[0].read_text()
    assert 'tests="2" failures="2"' in text
    assert "1 connection was opened to Twilio" in text
    assert "2 recorded interactions were not asked for" in text


FULL = """
from twilio_test_proxy.cli.conclusion import *
raise SystemExit(conclude(Ended(int(sys.argv[1]), {"summary": {"answered": 1}}), Demands()))
"""


@pytest.mark.parametrize("code", [0, 6])
def test_a_full_disk_below_standard_error_does_not_cost_the_exit_code(code: int) -> None:
    with Path("/dev/full").open("w") as full:
        assert (
            subprocess.run([sys.executable, "-c", START + FULL, str(code)], stderr=full, check=False).returncode == code
        )
