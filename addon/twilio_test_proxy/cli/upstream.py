"""The proxy that the user's own connections go through, as in many companies: ours goes through it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from .proxy_process import ProxyError

VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
"""Where it is named, the lower case first, as curl and Python read them."""

FOR_HTTP = ("http_proxy", "HTTP_PROXY")
"""Where one is named for plain http alone. It may refuse all else, so it is not gone through."""


_DIRECT = "what is not answered here is connected to directly. Name an http proxy in HTTPS_PROXY to go through that."


@dataclass(frozen=True)
class UpstreamProxy:
    """How our proxy gets out of this machine."""

    mode: str = "regular"
    """mitmproxy's mode: ``upstream:URL``, or ``regular`` where there is no other proxy."""
    credentials: str = ""
    """``user:password`` for mitmproxy's ``upstream_auth``; empty where none are asked for."""
    warning: str = ""
    """A sentence for the user, where there is a proxy that cannot be gone through."""


def upstream_proxy(base: Mapping[str, str]) -> UpstreamProxy:
    """The user's own proxy.

    One of ours that is still in the environment does not count, nor does one that mitmproxy cannot go through
    (SOCKS).

    Raises:
        ProxyError: a variable holds what is no URL.
    """
    warning = ""
    for name in VARIABLES:
        url = base.get(name, "")
        if not url or url == base.get("TWILIO_TEST_PROXY_URL"):
            continue
        scheme, host, port, user = _parts(name, url)
        if scheme in ("http", "https"):
            return UpstreamProxy(f"upstream:{scheme}://{host}:{port}", user)
        warning = warning or f"{name} names a {scheme} proxy, which mitmproxy cannot go through: {_DIRECT}"
    for name in FOR_HTTP:
        if not warning and base.get(name, "") not in ("", base.get("TWILIO_TEST_PROXY_URL")):
            warning = f"{name} names a proxy for plain http only, which is not gone through: {_DIRECT}"
    return UpstreamProxy(warning=warning)


def _parts(name: str, url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and credentials; the URL itself is in no error, since it may hold a password."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise _no_url(name) from error
    if not parts.hostname:
        raise _no_url(name)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    user = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    return parts.scheme, host, port, user


def _no_url(name: str) -> ProxyError:
    return ProxyError(f"{name} holds no URL of a proxy: write it like http://proxy.example:3128, or unset it.")
