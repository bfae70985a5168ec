"""The proxy that the user's own connections go through, as in many companies: ours goes through it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
"""Where it is named, the lower case first, as curl and Python read them."""


@dataclass(frozen=True)
class UpstreamProxy:
    """How our proxy gets out of this machine."""

    mode: str = "regular"
    """mitmproxy's mode: ``upstream:URL``, or ``regular`` where there is no other proxy."""
    credentials: str = ""
    """``user:password`` for mitmproxy's ``upstream_auth``; empty where none are asked for."""


def upstream_proxy(base: Mapping[str, str]) -> UpstreamProxy:
    """The user's own proxy.

    One of ours that is still in the environment does not count, nor does one that mitmproxy cannot go through
    (SOCKS).
    """
    for name in VARIABLES:
        url = base.get(name, "")
        if not url or url == base.get("TWILIO_TEST_PROXY_URL"):
            continue
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            continue
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        port = parts.port or (443 if parts.scheme == "https" else 80)
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
        return UpstreamProxy(f"upstream:{parts.scheme}://{host}:{port}", user)
    return UpstreamProxy()
