"""A program that is a hundred client processes, all at once, each with a proxy user of its own.

Every one of them sends the same requests, so that only its cassette tells its answers from those of the others; it
writes the SIDs of its answers to a file.
"""

import json
import os
import sys
from pathlib import Path

import httpx

from live import API, LIVE, ONE
from running_proxy import proxied_client

CLIENTS = 100
TURNS = 2


def ask(number: int, url: str, authority: Path) -> list[str]:
    """What client number so-and-so gets: by CONNECT (half of them HTTP/2) and by plain http, on kept connections."""
    seen = []
    with proxied_client(url, authority, f"client-{number}", http2=number % 2 == 0, auth=LIVE) as client:
        for turn in range(TURNS):
            for scheme in ("https", "http"):
                form = ONE | {"Body": f"{scheme}, turn {turn}"}
                seen.append(_sid(client.post(f"{API.replace('https', scheme)}/Messages.json", data=form)))
    return seen


def _sid(answer: httpx.Response) -> str:
    return str(answer.json().get("sid") or answer.text)


def main() -> None:
    url, authority, directory = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    failed = 0
    for number in range(CLIENTS):
        if os.fork() == 0:
            try:
                (directory / f"{number}.json").write_text(json.dumps(ask(number, url, authority)))
                os._exit(0)
            finally:
                os._exit(1)
    for _ in range(CLIENTS):
        failed += os.wait()[1] != 0
    sys.exit(f"{failed} clients failed" if failed else 0)


if __name__ == "__main__":
    main()
