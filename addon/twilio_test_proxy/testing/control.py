"""A client for http://twilio-test-proxy.test/, which only the proxy answers."""

from __future__ import annotations

import json
import time

# By name, since vcrpy puts another class into the module while one of its cassettes is in use (`vcr.patch`): our
# questions would be recorded there, and the answers of an earlier session replayed.
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

HOST = "twilio-test-proxy.test"
"""Not imported from where it is answered (`addons.control`), which would bring mitmproxy into every test process."""

SECONDS = 60.0
"""How long an answer may take; ejecting a large cassette writes it anew."""


IN_FLIGHT_SECONDS = 30.0
"""How long an answer that is still to be recorded is waited for."""


class ControlError(Exception):
    """The proxy refuses, or is gone; the text is what it says, or says what happened."""


class InFlightError(ControlError):
    """Answers are still to be recorded."""


class Control:
    """Asks the proxy about its requests, and changes the cassette in force for clients without a proxy user name."""

    def __init__(self, url: str) -> None:
        self._url = url

    def requests(self, after: int = 0) -> list[dict[str, Any]]:
        """What became of the requests, without the first `after` ones.

        Raises:
            ControlError: the proxy is gone.
        """
        found: list[dict[str, Any]] = self._ask("GET", f"/requests?after={after}")["requests"]
        return found

    def cassette(self, path: str) -> dict[str, Any]:
        """The status of the open cassette with this path; empty where there is none.

        Raises:
            ControlError: the proxy is gone.
        """
        cassettes = self._ask("GET", "/status")["cassettes"]
        return next((cassette for cassette in cassettes if cassette["cassette"] == path), {})

    def insert(self, name: str, record_mode: str) -> dict[str, Any]:
        """Put a cassette in force, and return its status.

        Raises:
            ControlError: the name or the file is wrong.
        """
        return self._ask("POST", "/cassette/insert", {"name": name, "record_mode": record_mode})

    def eject(self) -> dict[str, Any]:
        """Close the cassette in force, and return its status.

        A client may have given up a request whose answer is still to be recorded; that is waited for.

        Raises:
            ControlError: it could not be finished.
        """
        deadline = time.monotonic() + IN_FLIGHT_SECONDS
        while True:
            try:
                return self._ask("POST", "/cassette/eject", {})
            except InFlightError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def _ask(self, method: str, path: str, value: object = None) -> dict[str, Any]:
        proxy = urlsplit(self._url)
        connection = HTTPConnection(proxy.hostname or "", proxy.port, timeout=SECONDS)
        try:
            # A whole URL in the request line is how a proxy is asked.
            body = None if value is None else json.dumps(value)
            headers = {"Host": HOST, "Content-Type": "application/json"} if body else {"Host": HOST}
            connection.request(method, f"http://{HOST}{path}", body, headers)
            response = connection.getresponse()
            found = json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            raise ControlError(f"The proxy at {self._url} does not answer ({error!r}).") from error
        except RuntimeError as error:
            # What pytest-recording (`block_network`) and pytest-socket raise in place of connecting.
            raise ControlError(
                f"The network is blocked for this test, and so is the proxy ({error}): allow 127.0.0.1, as in "
                '@pytest.mark.block_network(allowed_hosts=["127.0.0.1"]).'
            ) from error
        finally:
            connection.close()
        if response.status != 200:
            kind = InFlightError if response.status == 409 else ControlError
            raise kind(str(found.get("error") or found))
        return dict(found)
