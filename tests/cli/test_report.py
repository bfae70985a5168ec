import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from twilio_test_proxy.cli import report

FOUND: dict[str, Any] = {
    "summary": {"answered": 1, "played": 2, "missed": 1, "dialled": 0},
    "requests": [
        {"method": "POST", "url": "https://api.twilio.com/a.json?x=1", "status": 201, "outcome": "answered"},
        {
            "method": "GET",
            "url": "https://verify.twilio.com/v2/b",
            "status": 424,
            "outcome": "missed",
            "message": "To: recorded <+14105550100>, asked \x00",
        },
    ],
    "cassettes": [{"path": "c.yaml", "unplayed": 0}],
}


def read(xml: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(xml)  # noqa: S314 - our own


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        pytest.param({}, "no request, 0 connections to Twilio", id="nothing"),
        pytest.param({"answered": 2}, "2 answered, 0 connections to Twilio", id="answered"),
        pytest.param({"dialled": 1, "forwarded": 1}, "1 forwarded, 1 connection to Twilio", id="forwarded"),
        pytest.param(
            {"missed": 1, "played": 3, "unplayed": 4, "refused": 5},
            "3 played, 1 missed, 4 unplayed, 5 refused, 0 connections to Twilio",
            id="all in order",
        ),
    ],
)
def test_summary_line(summary: dict[str, int], expected: str) -> None:
    assert report.summary_line({"summary": summary}) == expected


def test_json(tmp_path: Path) -> None:
    report.write(tmp_path / "r.json", FOUND, 3)
    written = json.loads((tmp_path / "r.json").read_text())
    assert written["exit_code"] == 3
    assert written["summary"] == dict.fromkeys(report.COUNTERS, 0) | FOUND["summary"]
    assert written["requests"] == FOUND["requests"]
    assert written["cassettes"] == FOUND["cassettes"]


def test_junit(tmp_path: Path) -> None:
    report.write(tmp_path / "r.xml", FOUND, 0)
    suite = read((tmp_path / "r.xml").read_bytes())
    assert {name: suite.get(name) for name in ("name", "tests", "failures")} == {
        "name": "twilio-test-proxy",
        "tests": "2",
        "failures": "1",
    }
    properties = {item.get("name"): item.get("value") for item in suite.iter("property")}
    assert properties["played"] == "2"
    assert properties["dialled"] == "0"
    first, second = suite.iter("testcase")
    assert (first.get("classname"), first.get("name")) == ("api.twilio.com", "1. POST /a.json")
    assert first.find("failure") is None
    failure = second.find("failure")
    assert failure is not None
    assert failure.get("message") == "To: recorded <+14105550100>, asked \ufffd"


def test_each_complaint_is_a_failed_test_case_more(tmp_path: Path) -> None:
    report.write(tmp_path / "r.xml", FOUND, 1, ["One.\n  and its lines", "Another."])
    suite = read((tmp_path / "r.xml").read_bytes())
    assert (suite.get("tests"), suite.get("failures")) == ("4", "3")
    cases = list(suite.iter("testcase"))
    assert len(cases) == 4
    assert len({case.get("name") for case in cases}) == 4
    failures = [case.find("failure") for case in cases[2:]]
    assert [failure is not None and failure.text for failure in failures] == ["One.\n  and its lines", "Another."]


def test_empty_report_is_a_suite_without_tests() -> None:
    assert read(report.as_junit({})).get("tests") == "0"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("r.txt", "ends with .json, or with .xml", id="another format"),
        pytest.param("missing/r.json", "make the directory", id="no directory"),
    ],
)
def test_a_path_that_cannot_be_is_refused_before_the_run(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(report.ReportError, match=message):
        report.check_path(tmp_path / name)


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "r.json").mkdir()
    with pytest.raises(report.ReportError, match="cannot be written"):
        report.write(tmp_path / "r.json", FOUND, 0)


ODD = [
    {"method": "GET", "url": "https://api.twilio.com/\udcff\uffff", "status": 404, "outcome": "answered"},
    {"method": "GET", "url": "https://[x.twilio.com/a", "status": 401, "outcome": "answered"},
    {"method": "GET", "url": "https://a\x01b.twilio.com/a", "status": 401, "outcome": "answered"},
]


@pytest.mark.parametrize("name", ["r.json", "r.xml"])
def test_requests_for_what_is_no_url_are_reported_too(tmp_path: Path, name: str) -> None:
    report.write(tmp_path / name, {"requests": ODD}, 0)
    data = (tmp_path / name).read_bytes()
    assert len(json.loads(data)["requests"] if name == "r.json" else list(read(data).iter("testcase"))) == len(ODD)
