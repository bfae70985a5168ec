"""The variables that lead a command's Twilio traffic through the proxy, whatever it is written in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from twilio_test_proxy.certificates import bundle
from twilio_test_proxy.certificates.trust import TrustFiles

HOOKS = Path(__file__).resolve().parent.parent / "launch_hooks"

LOCAL = ("localhost", "127.0.0.1")
"""Hosts that are always asked directly. Not ``::1``: httpx before 0.24.1 fails at every request with it."""


def variables(proxy_url: str, trust: TrustFiles, base: Mapping[str, str]) -> dict[str, str]:
    """The variables to set, in the order in which a reader wants to see them.

    Args:
        proxy_url: ``http://[cassette:x@]host:port``.
        trust: the files that name the proxy's certificate.
        base: the environment that they are added to; what the user set there for other hosts stays in force.
    """
    return {
        **_proxy(proxy_url, base),
        **_certificates(trust),
        **_java(proxy_url, trust, base),
        **_hooks(proxy_url, trust, base),
        "PHP_INI_SCAN_DIR": _php(trust, base),
        "WGETRC": str(trust.wgetrc),
    }


def isolated_variables(proxy_url: str, trust: TrustFiles, base: Mapping[str, str]) -> dict[str, str]:
    """The variables to set where a command runs isolated, in which every client meets the proxy anyway.

    They replace the user's own, which lead where nothing can be reached, and tell Node of the certificate: its
    authorities are compiled in.

    Args:
        proxy_url: as for `variables`.
        trust: as for `variables`.
        base: as for `variables`.
    """
    return {**_proxy(proxy_url, base), **_certificates(trust), "TWILIO_TEST_PROXY_URL": proxy_url}


def _proxy(proxy_url: str, base: Mapping[str, str]) -> dict[str, str]:
    """Both cases, because clients disagree; HTTP_PROXY too: twilio-node and Ruby look there for https."""
    names = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
    direct = no_proxy(base)
    return {
        **{spelling: proxy_url for name in names for spelling in (name, name.lower())},
        "NO_PROXY": direct,
        "no_proxy": direct,
        # LWP::UserAgent reads the others only when it is told to, and Node's own fetch and https from Node 24
        # on.
        "PERL_LWP_ENV_PROXY": "1",
        "NODE_USE_ENV_PROXY": "1",
    }


def no_proxy(base: Mapping[str, str]) -> str:
    """The user's NO_PROXY less what would let Twilio's hosts past the proxy, with this machine's names."""
    listed = ",".join(base.get(name, "") for name in ("no_proxy", "NO_PROXY"))
    # Commas by convention; curl and wget take blanks too.
    own = [entry for entry in listed.replace(",", " ").split() if not _excludes_twilio(entry)]
    return ",".join(dict.fromkeys([*own, *LOCAL]))


def _excludes_twilio(entry: str) -> bool:
    """Whether an entry of NO_PROXY takes in a name at or below twilio.com, or the proxy's own page."""
    if entry == "*":
        return True
    name = entry.lower().rsplit(":", 1)[0] if entry.count(":") == 1 else entry.lower()
    name = name.removeprefix("*").strip(".")
    if not name:
        return False
    ours = ("twilio.com", "twilio-test-proxy.test")
    return any(f".{host}".endswith(f".{name}") or name.endswith(f".{host}") for host in ours)


def _certificates(trust: TrustFiles) -> dict[str, str]:
    return dict.fromkeys(bundle.CA_FILE_VARIABLES, str(trust.bundle))


def _java(proxy_url: str, trust: TrustFiles, base: Mapping[str, str]) -> dict[str, str]:
    """Java reads no proxy variable, but every JVM reads this one.

    https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/net/doc-files/net-properties.html;
    direct hosts are left to ``http.nonProxyHosts``, whose default is this machine's own names.
    """
    proxy = urlsplit(proxy_url)
    options = [
        f"-Dhttps.proxyHost={proxy.hostname}",
        f"-Dhttps.proxyPort={proxy.port}",
        f"-Dhttp.proxyHost={proxy.hostname}",
        f"-Dhttp.proxyPort={proxy.port}",
        f"-Djavax.net.ssl.trustStore={trust.truststore}",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
    ]
    # The JVM splits at blanks and takes quotes off, as a shell does but for the backslash, which it keeps.
    quoted = [f'"{option}"' if any(c.isspace() for c in option) else option for option in options]
    return {"JAVA_TOOL_OPTIONS": _after(base.get("JAVA_TOOL_OPTIONS", ""), " ".join(quoted))}


def _hooks(proxy_url: str, trust: TrustFiles, base: Mapping[str, str]) -> dict[str, str]:
    """What the clients need that read no variable: a path hook for Python, a preload for Node."""
    preload = str(HOOKS / "node" / "preload.js")
    if any(c.isspace() or c in '"\\' for c in preload):
        preload = '"' + preload.replace("\\", "\\\\").replace('"', '\\"') + '"'
    python = [str(HOOKS / "python"), *filter(None, base.get("PYTHONPATH", "").split(":"))]
    return {
        "TWILIO_TEST_PROXY_URL": proxy_url,
        "TWILIO_TEST_PROXY_CA": str(trust.certificate),
        "PYTHONPATH": ":".join(dict.fromkeys(python)),
        "NODE_OPTIONS": _after(base.get("NODE_OPTIONS", ""), f"--require {preload}"),
    }


def _php(trust: TrustFiles, base: Mapping[str, str]) -> str:
    """PHP reads the directory that it was compiled with where an item is empty.

    https://www.php.net/manual/configuration.file.php
    """
    before = base.get("PHP_INI_SCAN_DIR", "").split(":")
    return ":".join([*(item for item in before if item != str(trust.php)), str(trust.php)])


def _after(before: str, own: str) -> str:
    """The user's options with our own behind them, once even where one run starts another."""
    kept = before.replace(own, "").strip()
    return f"{kept} {own}".strip()
