"""What is wrong with a cassette: secrets in it, files that cannot be read, duplicates, noise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from twilio_test_proxy.cassettes.accounts import Accounts, names_accounts
from twilio_test_proxy.cassettes.cleaning import cleaned
from twilio_test_proxy.cassettes.credentials import names_credentials
from twilio_test_proxy.cassettes.documents import read_document
from twilio_test_proxy.cassettes.errors import CassetteError
from twilio_test_proxy.cassettes.fields import NOISE_HEADERS, is_secret_header
from twilio_test_proxy.cassettes.interaction import Headers, Interaction, first_header
from twilio_test_proxy.cassettes.matching import request_key
from twilio_test_proxy.cassettes.scrub import scrubbed_facts

SCRUB = "run `scripts/cassette scrub` on it"


class Kind(StrEnum):
    """What a finding is about."""

    LEAK = "leak"
    UNREADABLE = "unreadable"
    DUPLICATE = "duplicate"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: in which interaction (from 1, 0 for the whole file), what, and what to do. No secret in it."""

    kind: Kind
    number: int
    problem: str
    cure: str


def check_cassette(path: Path) -> list[Finding]:
    """Everything wrong with the cassette at `path`. A file that does not exist is unreadable."""
    if not path.exists():
        return [Finding(Kind.UNREADABLE, 0, "there is no such file", "check the name")]
    try:
        document = read_document(path)
        interactions = [entry.interaction for entry in document.entries]
    except CassetteError as error:
        where = "" if error.line is None else f"line {error.line}: "
        return [Finding(Kind.UNREADABLE, 0, where + error.problem, error.cure)]
    findings = [Finding(Kind.UNREADABLE, 0, notice, "record again what is missing") for notice in document.notices]
    scrubbed, secrets = cleaned(interactions)
    for number, (before, after) in enumerate(zip(interactions, scrubbed, strict=True), 1):
        found = list(_leaks(number, before, after))
        if not found and secrets.survivors(_everything(before)):
            found = [Finding(Kind.LEAK, number, "a secret that another interaction shows to be one", SCRUB)]
        findings += found
        findings += _noise(number, before, after)
    if scrubbed_facts(document.others, secrets, Accounts()) != document.others:
        findings.append(Finding(Kind.LEAK, 0, "a secret or an account SID beside the interactions", SCRUB))
    findings += _duplicates(scrubbed)
    return findings


def _leaks(number: int, before: Interaction, after: Interaction) -> Iterator[Finding]:
    for side, headers in (("request", before.request.headers), ("response", before.response.headers)):
        for name, value in headers:
            if is_secret_header(name) and value:
                yield Finding(Kind.LEAK, number, f"the {side} header {name}", SCRUB)
    pairs = (
        ("the request's URI", before.request.uri, after.request.uri),
        ("the request's body", _text(before.request.body), _text(after.request.body)),
        ("the response's body", _text(before.response.body), _text(after.response.body)),
        ("a response header", _lines(before.response.headers), _lines(after.response.headers)),
    )
    for where, old, new in pairs:
        if names_credentials(old):
            yield Finding(Kind.LEAK, number, f"credentials in {where}", SCRUB)
        elif first_header(before.response.headers, "content-encoding") and where == "the response's body":
            continue
        elif _sids_hidden(old) != _sids_hidden(new):
            yield Finding(Kind.LEAK, number, f"a secret in {where}", SCRUB)
        elif names_accounts(old):
            yield Finding(Kind.LEAK, number, f"an account SID in {where}", SCRUB)
    if (before.metadata, before.response.extra) != (after.metadata, after.response.extra):
        yield Finding(Kind.LEAK, number, "a secret or an account SID in the metadata", SCRUB)


def _noise(number: int, before: Interaction, after: Interaction) -> Iterator[Finding]:
    for side, headers in (("request", before.request.headers), ("response", before.response.headers)):
        names = sorted({name for name, _ in headers if name.lower() in NOISE_HEADERS})
        if names:
            shown = ", ".join(names)
            yield Finding(Kind.NOISE, number, f"{side} headers that change every time: {shown}", SCRUB)
    # A coding that stays after scrubbing is that of a body which is not there (HEAD) or cannot be decoded.
    if first_header(before.response.headers, "content-encoding") and not first_header(
        after.response.headers, "content-encoding"
    ):
        yield Finding(Kind.NOISE, number, "the response's body is stored compressed", SCRUB)


def _duplicates(interactions: list[Interaction]) -> Iterator[Finding]:
    seen: dict[tuple[str, int, bytes], int] = {}
    for number, interaction in enumerate(interactions, 1):
        response = interaction.response
        same = (request_key(interaction.request), response.status, response.body)
        first = seen.setdefault(same, number)
        if first != number:
            problem = f"the same request and answer as number {first}"
            yield Finding(Kind.DUPLICATE, number, problem, "remove it if the client asks only once")


def _sids_hidden(text: str) -> str:
    """The text with every account SID hidden alike, so that only secrets make a difference."""
    return re.sub(r"(?i)(AC|SK)[0-9a-f]{32}", r"\1", text)


def _everything(interaction: Interaction) -> bytes:
    request, response = interaction.request, interaction.response
    parts = (request.uri, _lines(request.headers), _lines(response.headers))
    return "\n".join(parts).encode("utf-8", "replace") + b"\n" + request.body + b"\n" + response.body


def _text(body: bytes) -> str:
    return body.decode("latin-1")


def _lines(headers: Headers) -> str:
    dropped = NOISE_HEADERS | {"content-length", "content-encoding", "transfer-encoding"}
    return "\n".join(
        f"{name}: {value}" for name, value in headers if name.lower() not in dropped and not is_secret_header(name)
    )
