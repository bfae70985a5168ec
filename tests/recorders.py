"""Recorders, as tests use them without a cassette around them."""

from pathlib import Path

from cassette_samples import TOKEN, kept
from twilio_test_proxy.cassettes.matching import request_key
from twilio_test_proxy.cassettes.recorder import Recorder
from twilio_test_proxy.cassettes.secrets import Secrets


def recorder(path: Path, secrets: Secrets | None = None, replaces: bool = False) -> Recorder:
    return Recorder(path, Secrets() if secrets is None else secrets, replaces=replaces)


def record(into: Recorder, number: int) -> None:
    interaction = kept(number)
    into.record(interaction.request, interaction.response, request_key(interaction.request))


def with_secret(secret: str = TOKEN) -> Secrets:
    secrets = Secrets()
    secrets.learn(secret)
    return secrets
