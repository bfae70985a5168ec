"""What is installed here: our own version, and what the proxy stands on."""

from __future__ import annotations

import platform
import ssl
import sys
from dataclasses import dataclass
from importlib import metadata

H2_FIXED = (4, 3)
"""The first h2 that cannot be made to smuggle requests from HTTP/2 into HTTP/1.

https://github.com/advisories/GHSA-847f-9342-265h
"""


@dataclass(frozen=True)
class Part:
    """Something that is installed."""

    name: str
    version: str
    remark: str = ""


def own_version() -> str:
    """Our version; ``source`` where the package runs from its source tree."""
    return package_version("twilio-test-proxy") or "source"


def package_version(name: str) -> str:
    """The version of a Python package beside us; empty where it is missing."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def parts() -> list[Part]:
    """All that the proxy stands on, with a remark where something should be done about it."""
    h2 = package_version("h2")
    return [
        Part("twilio-test-proxy", own_version()),
        Part("Python", platform.python_version(), sys.executable),
        Part("mitmproxy", package_version("mitmproxy") or "missing"),
        Part("h2", h2 or "missing", h2_remark(h2)),
        Part("vcrpy", package_version("vcrpy") or "missing"),
        Part("cryptography", package_version("cryptography") or "missing"),
        Part("OpenSSL", ssl.OPENSSL_VERSION.removeprefix("OpenSSL "), "Python's own"),
    ]


def h2_remark(version: str) -> str:
    """What to do about a version of h2; empty where nothing is to be done."""
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if not numbers or numbers >= H2_FIXED:
        return ""
    return (
        "lets a client smuggle requests to the upstream (GHSA-847f-9342-265h): "
        "Python 3.12 or later brings mitmproxy 12, which is mended"
    )
