"""Clients in the test process and its children are led through the proxy for the length of a test."""

from __future__ import annotations

import importlib
import os
import socket
import ssl
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest

from twilio_test_proxy.certificates.trust import TrustFiles
from twilio_test_proxy.cli.environment import variables
from twilio_test_proxy.twilio.routes import is_twilio_host

_PAST_THE_PROXY = "{} is to be reached through the proxy only: make the client after the fixture twilio_proxy"


@contextmanager
def led_through(url: str, trust: TrustFiles, bypasses: list[str]) -> Iterator[Mapping[str, str]]:
    """Set the environment variables, and see to clients of this process that do not read them.

    Args:
        url: the proxy.
        trust: the files that make clients trust it.
        bypasses: gets the name of each host at Twilio that a client of this process looks up, which a client that
            uses the proxy leaves to the proxy. The look-up fails.
    """
    with pytest.MonkeyPatch.context() as patch:
        added = variables(url, trust, os.environ)
        for name, value in added.items():
            patch.setenv(name, value)
        _refuse_look_ups(patch, bypasses)
        if client := _aiohttp():
            _lead_aiohttp(patch, client, url, trust)
        yield added


def _refuse_look_ups(patch: pytest.MonkeyPatch, bypasses: list[str]) -> None:
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **keywords: Any) -> Any:
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
        if not is_twilio_host(name):
            return look_up(host, *arguments, **keywords)
        bypasses.append(name)
        raise socket.gaierror(socket.EAI_FAIL, _PAST_THE_PROXY.format(name))

    patch.setattr(socket, "getaddrinfo", getaddrinfo)


def _aiohttp() -> ModuleType | None:
    """The client of aiohttp, imported where it is installed: a test that imports it later would miss the proxy."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module("aiohttp.client")
        except ImportError:
            return None


def _lead_aiohttp(patch: pytest.MonkeyPatch, client: ModuleType, url: str, trust: TrustFiles) -> None:
    """Give aiohttp, and so twilio's AsyncTwilioHttpClient, a proxy, which it takes from no variable by default.

    It makes its TLS context when it is imported (`aiohttp.connector`), so it needs another one, too.
    """
    request = client.ClientSession._request
    context = ssl.create_default_context(cafile=str(trust.certificate))

    def through_proxy(session: Any, method: str, str_or_url: Any, *arguments: Any, **keywords: Any) -> Any:
        whole = str(str_or_url)
        if "://" not in whole:
            whole = str(getattr(session, "_base_url", None) or "")
        if is_twilio_host(urlsplit(whole).hostname or ""):
            keywords["proxy"] = keywords.get("proxy") or url
            keywords.setdefault("ssl", context)
        return request(session, method, str_or_url, *arguments, **keywords)

    patch.setattr(client.ClientSession, "_request", through_proxy)
