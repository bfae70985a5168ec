#!/usr/bin/env python3
"""Measures cassettes side by side with vcrpy, in one run: playing, recording, loading. Prints tables of medians."""

from __future__ import annotations

import gc
import hashlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "addon"))

from twilio_test_proxy.cassettes.cassette import Cassette
from twilio_test_proxy.cassettes.interaction import Interaction, Request, Response
from twilio_test_proxy.cassettes.matching import request_key
from twilio_test_proxy.cassettes.record_mode import RecordMode
from twilio_test_proxy.cassettes.yaml_writer import file_text, item_text

ROUNDS = 5
PLAYS = 300
RECORDINGS = 200
ACCOUNT = "AC" + "0" * 32
URI = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
# The headers of an answer from api.twilio.com.
HEADERS = (
    ("Content-Type", "application/json"),
    ("Date", "Mon, 23 Nov 2026 17:34:19 GMT"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, If-Match, Idempotency-Key"),
    ("Access-Control-Allow-Methods", "GET, POST, PATCH, PUT, DELETE, OPTIONS"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Twilio-Request-Id"),
    ("Strict-Transport-Security", "max-age=31536000"),
    ("Twilio-Concurrent-Requests", "1"),
    ("X-API-Domain", "api.twilio.com"),
    ("X-Home-Region", "us1"),
    ("X-Powered-By", "AT-5000"),
    ("X-Shenanigans", "none"),
)


def request(number: int) -> Request:
    """A message to a number of its own."""
    headers = (
        ("Accept", "application/json"),
        ("User-Agent", "twilio-python/9.8.0 (Linux x86_64) Python/3.11"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    )
    return Request("POST", URI, headers, f"To=%2B1410{number:07d}&From=%2B15005550006&Body=Hello+there".encode())


def response(number: int) -> Response:
    """Twilio's answer to it."""
    sid = f"SM{number:032x}"
    fields: dict[str, object] = {
        "account_sid": ACCOUNT, "api_version": "2010-04-01", "body": "Hello there", "num_segments": "1",
        "date_created": "Mon, 23 Nov 2026 17:34:19 +0000", "date_sent": None, "direction": "outbound-api",
        "date_updated": "Mon, 23 Nov 2026 17:34:19 +0000", "error_code": None, "error_message": None,
        "from": "+15005550006", "messaging_service_sid": None, "num_media": "0", "price": None, "price_unit": "USD",
        "sid": sid, "status": "queued", "to": f"+1410{number:07d}",
        "subresource_uris": {"media": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media.json"},
        "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json",
    }  # fmt: skip
    return Response(201, "CREATED", HEADERS, json.dumps(fields).encode())


def write_ours(path: Path, count: int) -> Path:
    """Write a cassette as the proxy does."""

    def item(number: int) -> str:
        asked = request(number)
        return item_text(Interaction(asked, response(number), {"recorded_at": "2026-11-23"}), request_key(asked))

    path.write_text(file_text(item(number) for number in range(count)))
    return path


def vcrpy_data(count: int) -> dict[str, object]:
    """The same cassette in the shape of vcrpy's serializer."""

    def item(number: int) -> dict[str, object]:
        asked, answer = request(number), response(number)
        return {
            "request": {
                "method": asked.method,
                "uri": asked.uri,
                "body": asked.body.decode(),
                "headers": {name: [value] for name, value in asked.headers},
            },
            "response": {
                "status": {"code": 201, "message": "CREATED"},
                "headers": {name: [value] for name, value in answer.headers},
                "body": {"string": answer.body.decode()},
            },
        }

    return {"version": 1, "interactions": [item(number) for number in range(count)]}


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_of_plays(cassette: Cassette, count: int, offset: int) -> float:
    """The median cost of playing requests spread over the cassette, each for the first time."""
    step = max(1, count // PLAYS)
    asked = [request((number * step + offset) % count) for number in range(min(PLAYS, count))]
    return statistics.median(seconds(lambda one=one: cassette.play(one)) for one in asked)  # type: ignore[misc]


def vcrpy_cassette(path: Path) -> object:
    """The file, loaded by vcrpy, matching as strictly as we do."""
    from vcr.cassette import Cassette as VcrpyCassette
    from vcr.matchers import body, method, uri
    from vcr.record_mode import RecordMode as VcrpyMode

    return VcrpyCassette.load(path=str(path), record_mode=VcrpyMode.NONE, match_on=(method, uri, body))


def median_of_vcrpy_plays(cassette: object, count: int) -> float:
    """The median cost of what vcrpy does for each request: look whether it can play, then play."""
    from vcr.request import Request as VcrpyRequest

    def play(number: int) -> None:
        asked = request(number)
        theirs = VcrpyRequest(asked.method, asked.uri, asked.body, dict(asked.headers))
        cassette.can_play_response_for(theirs)  # type: ignore[attr-defined]
        cassette.play_response(theirs)  # type: ignore[attr-defined]

    return statistics.median(seconds(lambda n=n: play(n)) for n in range(0, count, max(1, count // 20)))  # type: ignore[misc]


def playing(directory: Path) -> Table:
    """Cost of one play at three sizes, and of vcrpy's at 1,000."""
    sizes = (10, 1_000, 100_000)
    paths = {size: write_ours(directory / f"play{size}.yaml", size) for size in sizes}
    for size in sizes:  # warm up
        median_of_plays(Cassette(paths[size]), size, 0)
    costs: dict[int, list[float]] = {size: [] for size in sizes}
    opened = {size: Cassette(paths[size]) for size in sizes}
    for number in range(ROUNDS * 3):
        for size in sizes:
            opened[size].rewind()
            costs[size].append(median_of_plays(opened[size], size, number * 7))
    theirs = median_of_vcrpy_plays(vcrpy_cassette(paths[1_000]), 1_000)
    table = Table("One play", "median", "against 10", title="Playing", title_justify="left")
    base = statistics.median(costs[10])
    for size in sizes:
        cost = statistics.median(costs[size])
        table.add_row(f"at {size:,} interactions", f"{cost * 1e6:,.1f} us", f"{cost / base:.2f}")
    ours = statistics.median(costs[1_000])
    table.add_row("vcrpy at 1,000", f"{theirs * 1e6:,.0f} us", f"{theirs / ours:,.0f} times ours at 1,000")
    return table


def recording(directory: Path) -> Table:
    """Cost of recording one interaction, durably, into a small and a large cassette, in turns."""
    sizes = (1, 10_000)
    cassettes = {
        size: Cassette(write_ours(directory / f"record{size}.yaml", size), RecordMode.NEW_EPISODES) for size in sizes
    }
    costs: dict[int, list[float]] = {size: [] for size in sizes}
    for number in range(RECORDINGS * ROUNDS):
        for size in sizes:
            asked, answer = request(1_000_000 + number), response(1_000_000 + number)
            costs[size].append(seconds(lambda: cassettes[size].record(asked, answer)))  # noqa: B023
    table = Table("One recording, durable", "median", "against 1", title="Recording", title_justify="left")
    base = statistics.median(costs[1])
    for size in sizes:
        cost = statistics.median(costs[size])
        table.add_row(f"at {size:,} interactions", f"{cost * 1e6:,.0f} us", f"{cost / base:.2f}")
        cassettes[size].close()
    return table


def fresh_secrets(directory: Path) -> Table:
    """Cost of recording answers with a secret not seen before, for which older text is searched meanwhile."""
    sizes = (1, 10_000)
    paths = {size: write_ours(directory / f"fresh{size}.yaml", size) for size in sizes}
    costs: dict[int, list[float]] = {size: [] for size in sizes}
    ends: dict[int, list[float]] = {size: [] for size in sizes}
    for number in range(ROUNDS):
        for size in sizes:  # one after the other, so that the search of the one does not slow down the other
            cassette = Cassette(paths[size], RecordMode.NEW_EPISODES)
            for place in range(RECORDINGS):
                signature = hashlib.sha256(f"{number} {place}".encode()).hexdigest()
                location = ("Location", f"https://media.twiliocdn.com/x?Signature={signature}")
                asked, answer = request(1_000_000 + place), Response(307, "Temporary Redirect", (*HEADERS, location))
                costs[size].append(seconds(lambda: cassette.record(asked, answer)))  # noqa: B023
            ends[size].append(seconds(cassette.close))
    title = "Recording, a fresh secret each time"
    table = Table("One recording, durable", "median", "against 1", "closing", title=title, title_justify="left")
    base = statistics.median(costs[1])
    for size in sizes:
        cost, end = statistics.median(costs[size]), statistics.median(ends[size])
        table.add_row(
            f"at {size:,} interactions", f"{cost * 1e6:,.0f} us", f"{cost / base:.2f}", f"{end * 1e3:,.0f} ms"
        )
    return table


def loading(directory: Path) -> Table:
    """Time to load 10,000 interactions: ours, vcrpy's file read by us, both files read by vcrpy."""
    import yaml
    from vcr.persisters.filesystem import FilesystemPersister
    from vcr.serializers import yamlserializer

    ours = write_ours(directory / "load.yaml", 10_000)
    theirs = directory / "vcrpy.yaml"
    theirs.write_text(yaml.dump(vcrpy_data(10_000), Dumper=yaml.CDumper))

    def with_vcrpy(path: Path) -> Callable[[], object]:
        return lambda: FilesystemPersister.load_cassette(path, yamlserializer)

    ways: dict[str, Callable[[], object]] = {
        "we, our file": lambda: Cassette(ours),
        "we, vcrpy's file": lambda: Cassette(theirs),
        "vcrpy, our file": with_vcrpy(ours),
        "vcrpy, vcrpy's file": with_vcrpy(theirs),
    }
    costs: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(3):
        for name, load in ways.items():
            gc.collect()
            costs[name].append(seconds(load))
    table = Table("Loading 10,000", "median", "faster than vcrpy's own", title="Loading", title_justify="left")
    base = statistics.median(costs["vcrpy, vcrpy's file"])
    for name in ways:
        cost = statistics.median(costs[name])
        table.add_row(name, f"{cost * 1e3:,.0f} ms", f"{base / cost:,.1f} times")
    return table


def main() -> None:
    """Measure, one table after another."""
    console = Console()
    with tempfile.TemporaryDirectory() as directory:
        for measure in (playing, recording, fresh_secrets, loading):
            with console.status(f"{measure.__name__.capitalize()} ..."):
                table = measure(Path(directory))
            console.print(table)


if __name__ == "__main__":
    main()
