"""Whole cassettes scrubbed: in place, or on the way from another format."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from twilio_test_proxy.cassettes.accounts import Accounts, accounts_of
from twilio_test_proxy.cassettes.disk import replace_file
from twilio_test_proxy.cassettes.documents import read_bytes, read_document
from twilio_test_proxy.cassettes.errors import CassetteError, SecretSurvivedError
from twilio_test_proxy.cassettes.interaction import Interaction
from twilio_test_proxy.cassettes.locks import RecorderLock
from twilio_test_proxy.cassettes.matching import request_key
from twilio_test_proxy.cassettes.ruby_vcr import is_ruby_vcr, read_ruby_vcr
from twilio_test_proxy.cassettes.scrub import Scrubber, scrubbed_facts
from twilio_test_proxy.cassettes.secrets import Secrets
from twilio_test_proxy.cassettes.survivors import holds_secret
from twilio_test_proxy.cassettes.yaml_writer import file_text, item_text

Progress = Callable[[list[Interaction]], Iterable[Interaction]]
"""Hands the interactions on, showing how far it is."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What scrubbing did: interactions in the file, how many of them changed, sentences about what was left out."""

    interactions: int
    changed: int
    notices: tuple[str, ...]


def scrub_cassette(path: Path, progress: Progress = iter) -> Cleaned:
    """Scrub a cassette in place, atomically; afterwards the file has our shape. Blocks on the disk.

    Raises:
        CassetteError: the file is missing, unreadable, JSON or in use by a recorder; it stays as it was.
        SecretSurvivedError: a secret could not be removed; the file stays as it was.
    """
    if path.suffix.lower() == ".json":
        raise CassetteError(path, "a JSON cassette is not rewritten", "use `scripts/cassette import OLD.json NEW.yaml`")
    real = path.resolve()
    if not real.exists():
        raise CassetteError(path, "there is no such file", "check the name")
    lock = RecorderLock(real)
    try:
        document = read_document(real)
        before = [entry.interaction for entry in document.entries]
        # A key that was stored with an interaction is that of the request as it was before it was scrubbed.
        keys = [entry.key or key for entry, key in zip(document.entries, _keys(before), strict=True)]
        after = _written(real, before, keys, document.others, progress)
    finally:
        lock.release()
    changed = sum(
        (old.request, old.response, old.metadata) != (new.request, new.response, new.metadata)
        for old, new in zip(before, after, strict=True)
    )
    return Cleaned(len(after), changed, tuple(document.notices))


def import_cassette(old: Path, new: Path, progress: Progress = iter) -> Cleaned:
    """Convert a cassette of Ruby's VCR, or of vcrpy in YAML or JSON, to ours, scrubbed. Blocks on the disk.

    Raises:
        CassetteError: the old file is unreadable, or the new one exists or is no YAML by its name.
        SecretSurvivedError: a secret could not be removed; nothing was written.
    """
    if new.suffix.lower() not in (".yaml", ".yml"):
        raise CassetteError(new, "the new cassette is no YAML file by its name", "name a .yaml file")
    data = read_bytes(old)
    if data is None:
        raise CassetteError(old, "there is no such file", "check the name")
    notices: tuple[str, ...] = ()
    if is_ruby_vcr(data):
        interactions = read_ruby_vcr(old, data)
    else:
        document = read_document(old)
        interactions = [entry.interaction for entry in document.entries]
        notices = tuple(document.notices)
    try:
        new.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CassetteError(new, f"its directory cannot be made: {error.strerror}", "choose another") from error
    real = new.resolve()
    lock = RecorderLock(real)
    try:
        if real.exists():
            raise CassetteError(new, "the file exists already", "remove it or choose another name")
        after = _written(real, interactions, _keys(interactions), {}, progress)
    finally:
        lock.release()
    return Cleaned(len(after), len(after), notices)


def cleaned(interactions: list[Interaction], progress: Progress = iter) -> tuple[list[Interaction], Secrets]:
    """The interactions scrubbed, and the secrets that were in them."""
    scrubber = Scrubber()
    for interaction in interactions:  # first learn every secret, then remove them everywhere
        _scrubbed(scrubber, interaction)
    return [_scrubbed(scrubber, interaction) for interaction in progress(interactions)], scrubber.secrets


def _scrubbed(scrubber: Scrubber, interaction: Interaction) -> Interaction:
    """The interaction without what others kept beside it, which nobody can tell to be free of secrets."""
    accounts = accounts_of(interaction.request)
    return Interaction(
        scrubber.request(interaction.request, accounts),
        scrubber.response(interaction.response, accounts),
        scrubbed_facts(interaction.metadata, scrubber.secrets, accounts),
    )


def _keys(interactions: list[Interaction]) -> list[str]:
    """The keys under which the interactions would be found, had they just been recorded one after another."""
    scrubber = Scrubber()
    keys = []
    for one in interactions:
        accounts = accounts_of(one.request)
        keys.append(request_key(scrubber.compared(one.request, accounts)))
        scrubber.response(one.response, accounts)
    return keys


def _written(
    path: Path, before: list[Interaction], keys: list[str], others: dict[str, object], progress: Progress
) -> list[Interaction]:
    after, secrets = cleaned(before, progress)
    kept = scrubbed_facts(others, secrets, Accounts())

    def refuse_survivors(data: bytes) -> None:
        if holds_secret(data, secrets):
            raise SecretSurvivedError(
                path, "a secret is left after scrubbing, so nothing was written", "remove it by hand and try again"
            )

    items = (item_text(one, key) for one, key in zip(after, keys, strict=True))
    replace_file(path, file_text(items, kept), refuse_survivors)
    return after
