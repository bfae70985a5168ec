"""What a run's requests came to: the summary on the terminal, and reports in JSON and JUnit form.

The proxy's own report, which all of this is made from, is an object with ``summary`` (a number for each of
`COUNTERS`), ``requests`` (objects with ``method``, ``url``, ``status``, ``outcome`` and, where something went
wrong, ``message``) and ``cassettes``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

COUNTERS = ("answered", "played", "forwarded", "missed", "unplayed", "refused", "dialled")
"""What is counted: answered as test credentials, played from a cassette, forwarded to Twilio, not in the
cassette, in the cassette and not asked for, refused; and connections opened to Twilio, those to other hosts not
among them."""

FAILURES = ("missed", "refused")
"""Outcomes with which a request has not got what it asked for."""

FORMATS = (".json", ".xml")


class ReportError(Exception):
    """A report cannot be written; the message says why."""


def summary_line(report: Mapping[str, Any]) -> str:
    """The counters in words, without the noughts: ``3 answered, 1 missed, 0 connections to Twilio``."""
    counts = counters(report)
    words = [f"{counts[name]} {name}" for name in COUNTERS if counts[name] and name != "dialled"]
    dialled = counts["dialled"]
    return ", ".join([*(words or ["no request"]), f"{dialled} connection{'s' * (dialled != 1)} to Twilio"])


def counters(report: Mapping[str, Any]) -> dict[str, int]:
    """All counters, 0 where the proxy gave none."""
    given = report.get("summary") or {}
    return {name: int(given.get(name) or 0) for name in COUNTERS}


def check_path(path: Path) -> None:
    """Refuse a report's path before the run, rather than after it.

    Raises:
        ReportError: its name ends otherwise, or its directory is missing.
    """
    if path.suffix not in FORMATS:
        raise ReportError(f"{path}: a report's name ends with .json, or with .xml for JUnit.")
    if not path.absolute().parent.is_dir():
        raise ReportError(f"{path}: make the directory {path.absolute().parent} first.")


def write(path: Path, report: Mapping[str, Any], exit_code: int, complaints: Sequence[str] = ()) -> None:
    """Write the report in the form that the path's suffix names.

    Args:
        path: where to.
        report: the proxy's own, which may be empty.
        exit_code: that of the whole run.
        complaints: what is wrong with the run as a whole.

    Raises:
        ReportError: it cannot be written.
    """
    try:
        if path.suffix == ".json":
            text = json.dumps(as_json(report, exit_code, complaints), indent=2, ensure_ascii=False) + "\n"
            path.write_bytes(text.encode("utf-8", "replace"))  # a request may name what is no text
        else:
            path.write_bytes(as_junit(report, complaints))
    except OSError as error:
        raise ReportError(f"{path}: the report cannot be written ({error.strerror}).") from error


def as_json(report: Mapping[str, Any], exit_code: int, complaints: Sequence[str] = ()) -> dict[str, Any]:
    """The proxy's report with the run's exit code, the complaints and every counter."""
    return {
        "exit_code": exit_code,
        "complaints": list(complaints),
        "summary": counters(report),
        "requests": list(report.get("requests") or []),
        "cassettes": list(report.get("cassettes") or []),
    }


def as_junit(report: Mapping[str, Any], complaints: Sequence[str] = ()) -> bytes:
    """One test case a request, failed where the request was missed or refused; the counters are properties.

    Each complaint is a failed test case more, so that no run that failed shows green.

    https://github.com/testmoapp/junitxml describes the form that CI servers read.
    """
    requests = list(report.get("requests") or [])
    failed = sum(request.get("outcome") in FAILURES for request in requests) + len(complaints)
    tests = len(requests) + len(complaints)
    head = {"name": "twilio-test-proxy", "tests": str(tests), "failures": str(failed)}
    suite = ElementTree.Element("testsuite", {**head, "errors": "0", "skipped": "0"})
    properties = ElementTree.SubElement(suite, "properties")
    for name, count in counters(report).items():
        ElementTree.SubElement(properties, "property", {"name": name, "value": str(count)})
    for number, request in enumerate(requests, 1):
        suite.append(_test_case(number, request))
    for number, complaint in enumerate(complaints, 1):
        suite.append(_failed_case(f"complaint {number}", complaint))
    ElementTree.indent(suite)
    text: bytes = ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _test_case(number: int, request: Mapping[str, Any]) -> ElementTree.Element:
    host, path = _host_and_path(str(request.get("url") or ""))
    name = f"{number}. {request.get('method', '')} {path}"
    case = ElementTree.Element("testcase", {"classname": _xml(host), "name": _xml(name), "time": "0"})
    outcome, message = str(request.get("outcome") or ""), str(request.get("message") or "")
    if outcome in FAILURES:
        _fail(case, outcome, message)
    output = ElementTree.SubElement(case, "system-out")
    output.text = _xml(f"{outcome}: HTTP {request.get('status', '')}".strip())
    return case


def _host_and_path(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:  # a client asked for a host that is none
        return "", url
    return parts.hostname or "", parts.path


def _failed_case(name: str, complaint: str) -> ElementTree.Element:
    case = ElementTree.Element("testcase", {"classname": "twilio-test-proxy", "name": name, "time": "0"})
    _fail(case, "complaint", complaint)
    return case


def _fail(case: ElementTree.Element, kind: str, message: str) -> None:
    failure = ElementTree.SubElement(case, "failure", {"type": kind, "message": _xml(message)})
    failure.text = _xml(message)


def _xml(text: str) -> str:
    """Text without the characters that XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets."""
    return "".join(c if _is_xml(c) else "\ufffd" for c in text)


def _is_xml(char: str) -> bool:
    return char in "\t\n" or " " <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd" or char > "\uffff"
