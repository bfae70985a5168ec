"""What a request asked for in its own words, for whoever asserts on it: its parameters, without secrets."""

import json
from typing import Any
from urllib.parse import parse_qsl

from mitmproxy import http

from ..cassettes.scrubbed_bodies import scrubbed_body
from ..cassettes.secrets import Secrets
from ..page.scrubbed import secrets_of
from ..twilio.forms import FORM, UnreadableBodyError, parse_form


def read_parameters(request: http.Request) -> Any:
    """The parameters of the body, or of the query where there is no body.

    The values of secret fields are covered, and the secret of the request's own credentials wherever it stands.

    Returns:
        A form (and a query) as an object of strings, with a list where a field is repeated; JSON as it is; null for a
        body that is neither.
    """
    content_type = request.headers.get("content-type", "")
    try:
        body = request.get_content(strict=True) or b""
    except ValueError:
        return None
    if not body:
        query = request.path.partition("?")[2].encode("utf-8", "surrogateescape")
        return _grouped(parse_qsl(_clean(query, FORM, request).decode("utf-8", "replace"), keep_blank_values=True))
    body = _clean(body, content_type, request)
    if content_type.partition(";")[0].strip().lower().endswith("json"):
        try:
            return json.loads(body)
        except ValueError:
            return None
    try:
        pairs = parse_form(content_type, body).pairs()
    except UnreadableBodyError:
        return None
    return _grouped(pairs) if pairs else None


def read_sid(response: http.Response) -> str:
    """The SID in an answer of Twilio's, empty where it has none."""
    try:
        found = json.loads(response.get_content(strict=True) or b"null")
    except ValueError:
        return ""
    sid = found.get("sid") if isinstance(found, dict) else None
    return sid if isinstance(sid, str) else ""


def _clean(body: bytes, content_type: str, request: http.Request) -> bytes:
    secrets = Secrets()
    for secret in secrets_of(request.headers.get("authorization", "")):
        secrets.learn(secret)
    text = scrubbed_body(body, content_type, secrets).decode("latin-1")  # a byte a character
    return secrets.replaced(text).encode("latin-1")


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, str | list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}
