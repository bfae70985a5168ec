"""Which fields and header fields carry secrets, and which are noise that no replay needs.

Sources: Twilio's API reference (`auth_token` of an account, `secret` of a key, `SipAuthPassword` of a call,
`credential` and `password` of a Network Traversal token, `token` of a Verify access token, `PrivateKey` and
`ApiKey` of a push credential), RFC 6750 and RFC 6749 (bearer and OAuth tokens), and the query strings of
signed storage URLs to which Twilio's media redirect.
"""

from __future__ import annotations

import re
from functools import lru_cache

SCRUBBED = "SCRUBBED"
"""What stands in place of a secret: it needs no escaping in a URL, a form, JSON, XML or YAML."""

# Compared without case and punctuation. Endings catch prefixes such as `secondary_auth_token`.
_SECRET_ENDINGS = (
    "authtoken",
    "authtokens",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "bearertoken",
    "securitytoken",
    "privatekey",
    "apikey",
    "signature",
)
_SECRET_NAMES = frozenset(
    {
        "authorization",
        "awsaccesskeyid",
        "bearer",
        "credential",
        "jwt",
        "pwd",
        "sig",
        "token",
        "xamzcredential",
        "xgoogcredential",
    }
)
_PUNCTUATION = re.compile(r"[^a-z0-9]")

SECRET_HEADERS = frozenset(
    {
        "authentication-info",
        "authorization",
        "cookie",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-authorization",
        "set-cookie",
    }
)
"""Besides those that are named like a secret field (see `is_secret_header`)."""

# Hop by hop (RFC 9110, section 7.6.1), or new in every answer and of no use to a client. `Date` and `ETag`
# stay: clients compute with the one, and send the other back in If-Match.
NOISE_HEADERS = frozenset(
    {
        "age",
        "alt-svc",
        "baggage",
        "cf-ray",
        "connection",
        "i-twilio-idempotency-token",
        "keep-alive",
        "proxy-connection",
        "sentry-trace",
        "te",
        "trailer",
        "traceparent",
        "tracestate",
        "twilio-request-duration",
        "twilio-request-id",
        "upgrade",
        "via",
        "x-amz-cf-id",
        "x-amz-cf-pop",
        "x-amzn-trace-id",
        "x-b3-sampled",
        "x-b3-spanid",
        "x-b3-traceid",
        "x-cache",
        "x-request-id",
    }
)


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a form, JSON, XML or query field of this name holds a secret."""
    bare = _PUNCTUATION.sub("", name.lower())
    return bare in _SECRET_NAMES or bare.endswith(_SECRET_ENDINGS)


def is_secret_header(name: str) -> bool:
    """Whether a header field of this name holds a secret."""
    return name.lower() in SECRET_HEADERS or is_secret_name(name)
