import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from cassette_samples import ACCOUNT, HIDDEN, TOKEN, basic, vcrpy_interaction, write_cassette, write_vcrpy_cassette
from twilio_test_proxy.cassettes.checks import SCRUB, Finding, Kind, check_cassette
from twilio_test_proxy.cassettes.cleaning import scrub_cassette

CLEAN_URI = f"https://api.twilio.com/2010-04-01/Accounts/{HIDDEN}/Messages.json"


def clean(number: int = 0, answer: str = "{}", headers: dict[str, list[str]] | None = None, **request: Any) -> Any:
    interaction = vcrpy_interaction(number, **({"uri": CLEAN_URI} | request))
    interaction["response"]["body"] = {"string": answer}
    interaction["response"]["headers"] = headers or {"Content-Type": ["application/json"]}
    return interaction


CASES: dict[str, tuple[Any, Kind, str]] = {
    "Authorization": (
        clean(headers={}) | {"request": clean()["request"] | {"headers": {"Authorization": ["Bearer x"]}}},
        Kind.LEAK,
        "the request header Authorization",
    ),
    "Set-Cookie": (clean(headers={"Set-Cookie": ["a=b"]}), Kind.LEAK, "the response header Set-Cookie"),
    "X-Api-Secret": (
        clean(headers={"X-Api-Secret": ["x"]}), Kind.LEAK, "the response header X-Api-Secret"
    ),
    "JSON in a form": (
        clean(body='Attributes={"auth_token":"x"}'), Kind.LEAK, "a secret in the request's body"
    ),
    "JSON in JSON": (
        clean(answer=json.dumps({"attributes": json.dumps({"auth_token": "x"})})),
        Kind.LEAK,
        "a secret in the response's body",
    ),
    "auth_token in the metadata": (
        clean() | {"metadata": {"by": {"auth_token": "x"}}}, Kind.LEAK, "a secret or an account SID in the metadata"
    ),
    "account in the metadata": (
        clean() | {"metadata": {"by": [ACCOUNT]}}, Kind.LEAK, "a secret or an account SID in the metadata"
    ),
    "token in a fact of the response": (
        {**clean(), "response": clean()["response"] | {"url": "/?token=x"}},
        Kind.LEAK,
        "a secret or an account SID in the metadata",
    ),
    "user info": (clean(uri="https://u:p@api.twilio.com/"), Kind.LEAK, "a secret in the request's URI"),
    "credentials in the URI": (
        clean(uri=f"https://{ACCOUNT}:{TOKEN}@api.twilio.com/"), Kind.LEAK, "credentials in the request's URI"
    ),
    "auth_token in JSON": (clean(answer='{"auth_token": "x"}'), Kind.LEAK, "a secret in the response's body"),
    "password in a form": (clean(body="SipAuthPassword=x"), Kind.LEAK, "a secret in the request's body"),
    "token in a redirect": (clean(headers={"Location": ["/?token=x"]}), Kind.LEAK, "a secret in a response header"),
    "account in the path": (
        clean(uri=CLEAN_URI.replace(HIDDEN, ACCOUNT)), Kind.LEAK, "an account SID in the request's URI"
    ),
    "account in an answer": (
        clean(answer=json.dumps({"account_sid": ACCOUNT})), Kind.LEAK, "an account SID in the response's body"
    ),
    "credentials in base64": (
        clean(answer=base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()),
        Kind.LEAK,
        "credentials in the response's body",
    ),
    "noise": (
        clean(headers={"Twilio-Request-Id": ["RQ1"], "Connection": ["close"]}),
        Kind.NOISE,
        "response headers that change every time: Connection, Twilio-Request-Id",
    ),
    "compressed": (
        clean(headers={"Content-Encoding": ["identity"]}), Kind.NOISE, "the response's body is stored compressed"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("interaction", "kind", "problem"), CASES.values(), ids=CASES)
def test_what_is_wrong_is_found_and_scrubbing_cures_it(
    tmp_path: Path, interaction: Any, kind: Kind, problem: str
) -> None:
    path = write_vcrpy_cassette(tmp_path / "a.yaml", [clean(7), interaction])
    assert check_cassette(path) == [Finding(kind, 2, problem, SCRUB)]
    scrub_cassette(path)
    assert check_cassette(path) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"auth_token": "x"},
        {"by": {"a": [ACCOUNT]}},
        {"url": f"https://u:{TOKEN}@h/"},
        {"note": json.dumps({"pwd": "x"})},
    ],
    ids=["auth_token", "account", "user info", "JSON"],
)
def test_what_stands_beside_the_interactions_is_looked_into(tmp_path: Path, facts: dict[str, Any]) -> None:
    path = tmp_path / "a.yaml"
    kept = {"version": 1, "interactions": [clean()], "metadata": {"when": "2026", "n": [1, None]}, "more": facts}
    path.write_text(yaml.safe_dump(kept))
    assert check_cassette(path) == [Finding(Kind.LEAK, 0, "a secret or an account SID beside the interactions", SCRUB)]
    scrub_cassette(path)
    assert check_cassette(path) == []
    assert yaml.safe_load(path.read_text())["metadata"] == kept["metadata"]
    assert yaml.safe_load(path.read_text())["more"].keys() == facts.keys()


def test_a_clean_cassette_has_no_findings(tmp_path: Path) -> None:
    assert check_cassette(write_cassette(tmp_path / "a.yaml", 3)) == []
    assert check_cassette(write_vcrpy_cassette(tmp_path / "b.yaml", [clean()])) == []
    bodyless = clean(answer="", headers={"Content-Encoding": ["gzip"]}, method="HEAD")
    unknown = clean(headers={"Content-Encoding": ["aws-chunked"]})
    assert check_cassette(write_vcrpy_cassette(tmp_path / "c.yaml", [bodyless, unknown])) == []


def test_a_secret_that_another_interaction_gives_away_is_found(tmp_path: Path) -> None:
    hidden = clean(answer=json.dumps({"data": TOKEN.encode().hex()}))
    shown = clean(1)
    shown["request"]["headers"] = {"Authorization": [basic()[1]]}
    findings = check_cassette(write_vcrpy_cassette(tmp_path / "a.yaml", [hidden, shown]))
    assert findings[0] == Finding(Kind.LEAK, 1, "a secret that another interaction shows to be one", SCRUB)
    assert TOKEN not in str(findings)


def test_equal_requests_with_equal_answers_are_duplicates(tmp_path: Path) -> None:
    path = write_vcrpy_cassette(tmp_path / "a.yaml", [clean(1), clean(2), clean(1), clean(1, answer="[]")])
    [finding] = check_cassette(path)
    assert (finding.kind, finding.number) == (Kind.DUPLICATE, 3)
    assert finding.problem == "the same request and answer as number 1"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "there is no such file"),
        ("version: 1\n<<<<<<< HEAD\n", "line 2: a merge conflict is not resolved"),
    ],
)
def test_an_unreadable_file_is_a_finding(tmp_path: Path, text: str | None, problem: str) -> None:
    path = tmp_path / "a.yaml"
    if text is not None:
        path.write_text(text)
    [finding] = check_cassette(path)
    assert (finding.kind, finding.number, finding.problem) == (Kind.UNREADABLE, 0, problem)


def test_a_cut_file_is_a_finding(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml", 2)
    path.write_text(path.read_text()[:-200])
    [finding] = check_cassette(path)
    assert finding.kind is Kind.UNREADABLE
    assert "cut short" in finding.problem
