"""Exchanges as they may be shown: without secrets and with the account hidden, as a cassette would keep them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from twilio_test_proxy.cassettes.accounts import accounts_of, basic_credentials
from twilio_test_proxy.cassettes.encodings import ContentCodingError, decoded
from twilio_test_proxy.cassettes.interaction import Headers, Request, Response, first_header
from twilio_test_proxy.cassettes.scrub import Scrubber
from twilio_test_proxy.page.bodies import ShownBody, shown_body, visible
from twilio_test_proxy.page.exchanges import Exchange, Summary

MAX_DECODED = 1024 * 1024
"""Bytes that a compressed body may decode to; nobody waits for the scrubbing of a larger one."""

WITHHELD = "Withheld: it holds a secret in a spelling that cannot be taken out."

_Message = TypeVar("_Message", Request, Response)


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """One half of an exchange: its first line, its header fields, its body."""

    line: str
    headers: Headers
    body: ShownBody


class Cleaner:
    """Takes secrets out of what is shown. It learns them from the requests."""

    def __init__(self) -> None:
        self._scrubber = Scrubber()
        self._learned: frozenset[str] = frozenset()

    def learn(self, authorizations: Iterable[str]) -> None:
        """Learn the secrets in values of the Authorization header."""
        values = frozenset(authorizations)
        for value in values:
            for secret in () if value in self._learned else secrets_of(value):
                self._scrubber.secrets.learn(secret)
        self._learned = values

    def text(self, text: str) -> str:
        """The text without secrets."""
        # Secrets are looked for a byte a character, as in bodies.
        as_bytes = visible(text).encode().decode("latin-1")
        return self._scrubber.secrets.replaced(as_bytes).encode("latin-1").decode()

    def summary(self, summary: Summary) -> Summary:
        """The line without secrets that a client has put into its parameters."""
        clean = self.text
        return replace(
            summary,
            method=clean(summary.method),
            resource=clean(summary.resource),
            account=clean(summary.account),
            from_=clean(summary.from_),
            to=clean(summary.to),
            result=clean(summary.result),
            hint=clean(summary.hint),
            why=clean(summary.why),
        )

    def exchange(self, exchange: Exchange) -> tuple[ShownMessage, ShownMessage]:
        """The request and the response as they may be shown."""
        accounts = accounts_of(exchange.request)
        request = self._scrubber.request(_decodable(exchange.request), accounts)
        response = self._scrubber.response(_decodable(exchange.response), accounts)
        first = f"{request.method} {request.uri}"
        last = f"{response.status} {response.reason}".strip()
        return (
            self._message(first, request.headers, request.body, exchange.request_size),
            self._message(last, response.headers, response.body, exchange.response_size),
        )

    def _message(self, line: str, headers: Headers, body: bytes, size: int) -> ShownMessage:
        content_type = first_header(headers, "content-type")
        shown = shown_body(body, content_type, size) if self._is_clean(body) else ShownBody(WITHHELD)
        fields = tuple((visible(name), self._line(value)) for name, value in headers)
        return ShownMessage(self._line(line), fields, shown)

    def _line(self, text: str) -> str:
        shown = visible(text)
        return shown if self._is_clean(shown.encode()) else WITHHELD

    def _is_clean(self, shown: bytes) -> bool:
        """Whether no secret is left, in any of the spellings in which one could have slipped in."""
        return not self._scrubber.secrets.survivors(shown)


def secrets_of(authorization: str) -> Iterator[str]:
    """What is secret in a value of the Authorization header.

    That is the password of Basic credentials, and the whole of any others, such as a bearer token.
    """
    credentials = basic_credentials(Request("", "", (("Authorization", authorization),)))
    if credentials:
        yield credentials[1]
    yield authorization.partition(" ")[2].strip()


def _decodable(message: _Message) -> _Message:
    """The message without its body, where that cannot be decoded into a size that can be scrubbed."""
    try:
        fits = len(decoded(message.body, message.headers)) <= MAX_DECODED
    except ContentCodingError:
        fits = False
    return message if fits else replace(message, body=b"")
