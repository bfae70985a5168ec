"""What is kept of an exchange: everything but secrets, account SIDs and noise.

One function cleans a request for recording and for matching, so that what was scrubbed still matches.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from twilio_test_proxy.cassettes import accounts as sids
from twilio_test_proxy.cassettes.accounts import Accounts, accounts_of, basic_credentials
from twilio_test_proxy.cassettes.encodings import (
    ContentCodingError,
    decoded,
    kept_headers,
    still_coded,
    unframed_headers,
)
from twilio_test_proxy.cassettes.fields import NOISE_HEADERS, is_secret_header, is_secret_name
from twilio_test_proxy.cassettes.interaction import Headers, Request, Response, first_header, without_headers
from twilio_test_proxy.cassettes.scrubbed_bodies import scrubbed_body, scrubbed_value
from twilio_test_proxy.cassettes.secrets import Found, Learner, Secrets

_CHUNKS = frozenset({"transfer-encoding"})


class Scrubber:
    """Removes secrets and hides account SIDs, remembering each secret for the search afterwards."""

    def __init__(self) -> None:
        self.secrets = Secrets()
        self._from_answers = Secrets()

    def request(self, request: Request, accounts: Accounts | None = None) -> Request:
        """The request as it is kept and shown: decoded, without any secret of this run, its accounts hidden."""
        accounts = accounts_of(request) if accounts is None else accounts
        return self.kept(request, self.compared(request, accounts), accounts)

    def kept(self, request: Request, compared: Request, accounts: Accounts) -> Request:
        """The request as `request` gives it, made of what `compared` gave of it."""
        headers, _ = _decoded(request.headers, request.body)
        body = self._hidden(compared.body, accounts)
        return Request(
            compared.method, self._clean(compared.uri, accounts), self._headers(headers, len(body), accounts), body
        )

    def compared(self, request: Request, accounts: Accounts) -> Request:
        """The request as it is compared: without its own secrets, whatever other requests show to be one.

        So it means the same in whatever order requests come. Only what answers gave away first is replaced too:
        on playback the client gets what stands in its place, and asks with that. Of the headers only what says
        how to read the body is left. It is not for keeping or showing.
        """
        found = Found()
        _learn_from_headers(request.headers, found)
        credentials = basic_credentials(request)
        if credentials is not None:
            found.learn(credentials[1])
        headers, body = _decoded(request.headers, request.body)
        content_type = first_header(headers, "content-type")
        uri = scrubbed_value(request.uri, found)
        body = scrubbed_body(body, content_type, found)
        uri, text = (
            sids.hide(self._from_answers.replaced(found.replaced(text)), accounts)
            for text in (uri, body.decode("latin-1"))
        )
        for secret in found.secrets:
            self.secrets.learn(secret)
        kept = (("Content-Type", content_type),) if content_type else ()
        return Request(request.method.upper(), uri, kept, text.encode("latin-1"))

    def response(self, response: Response, accounts: Accounts) -> Response:
        """The response as it is kept; `accounts` are those of its request."""
        headers, body = _decoded(response.headers, response.body)
        found = Found()
        body = scrubbed_body(body, first_header(headers, "content-type"), found)
        _learn_from_headers(headers, found)
        for _, value in headers:
            scrubbed_value(value, found)
        for secret in found.secrets:
            if secret not in self.secrets:
                self._from_answers.learn(secret)
                self.secrets.learn(secret)
        accounts = sids.with_live(accounts, body.decode("latin-1"))
        body = self._hidden(body, accounts)
        return Response(
            response.status,
            self._clean(response.reason, accounts),
            self._headers(headers, len(body), accounts),
            body,
            scrubbed_facts(response.extra, self.secrets, accounts) if response.extra else response.extra,
        )

    def _clean(self, text: str, accounts: Accounts) -> str:
        return sids.hide(self.secrets.replaced(scrubbed_value(text, self.secrets)), accounts)

    def _hidden(self, body: bytes, accounts: Accounts) -> bytes:
        text = body.decode("latin-1")
        return sids.hide(self.secrets.replaced(text), accounts).encode("latin-1")

    def _headers(self, headers: Headers, length: int, accounts: Accounts) -> Headers:
        return tuple(
            (name, str(length) if length and name.lower() == "content-length" else self._clean(value, accounts))
            for name, value in headers
            if name.lower() not in NOISE_HEADERS and not is_secret_header(name)
        )


def _learn_from_headers(headers: Headers, secrets: Learner) -> None:
    for name, value in headers:
        scheme, _, token = value.strip().partition(" ")
        if name.lower() in ("authorization", "proxy-authorization"):
            credentials = basic_credentials(Request("", "", (("Authorization", value),)))
            if credentials is not None:
                secrets.learn(credentials[1])
            if name.lower() == "authorization":
                secrets.learn(token.strip())
        elif is_secret_name(name):
            secrets.learn(token.strip() or scheme)


def scrubbed_facts(facts: Mapping[str, object], secrets: Secrets, accounts: Accounts) -> Mapping[str, object]:
    """Facts beside requests and responses, of whatever names and depth, as they are kept."""
    text = json.dumps(facts, default=str)
    clean = scrubbed_body(text.encode(), "application/json", secrets).decode()
    clean = sids.hide(secrets.replaced(clean), accounts)
    if clean == text:
        return facts
    kept: dict[str, object] = json.loads(clean)
    return kept


def played(response: Response, accounts: Accounts, method: str = "GET") -> Response:
    """A recorded response as the asking client gets it: its own SIDs, no coding, no length.

    The headers that describe framing and length are left to whoever sends the answer, except for those of an
    answer to HEAD, which speak of a body that is not there. A body that cannot be decoded keeps its coding.
    """
    headers, body = _decoded(response.headers, response.body)
    if method.upper() == "HEAD":
        headers = without_headers(headers, _CHUNKS)
    else:
        headers = unframed_headers(headers, still_coded(body, headers))
    return Response(
        response.status,
        response.reason,
        tuple((name, sids.show(value, accounts)) for name, value in headers),
        sids.show(body.decode("latin-1"), accounts).encode("latin-1"),
    )


def _decoded(headers: Headers, body: bytes) -> tuple[Headers, bytes]:
    """Headers and body without content coding; as they are where the body is not in the coding named."""
    if not any(name.lower() in ("content-encoding", "transfer-encoding") for name, _ in headers):
        return headers, body
    if not body:  # an answer to HEAD: coding and length are those that the body would have
        return without_headers(headers, _CHUNKS), body
    try:
        plain = decoded(body, headers)
    except ContentCodingError:
        return headers, body
    return kept_headers(headers, len(plain)), plain
