"""A mitmdump that is killed while it records loses nothing that a client has been answered."""

import random
import threading
import time
from pathlib import Path

import httpx
import pytest

from cassette_samples import load_with_vcrpy, numbers_in
from live import API, LIVE, ONE, header
from running_proxy import RunningProxy, recording_proxy
from stand_in import Twilio

KILLS = 8
CLIENTS = 4
CASSETTES = 2  # two clients on each
LONGEST_LIFE = 0.5
"""Seconds under load: a few dozen requests."""


class Load:
    """Clients that send messages as fast as they are answered, until the proxy is gone."""

    def __init__(self, proxy: RunningProxy) -> None:
        self.answered: dict[str, list[int]] = {f"{number}": [] for number in range(CASSETTES)}
        self.mistakes: list[str] = []
        self.begun = threading.Event()
        self._proxy = proxy
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(CLIENTS)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.join()

    def _work(self, number: int) -> None:
        cassette = f"{number % CASSETTES}"
        with self._proxy.client(cassette, auth=LIVE, http2=number == 0) as client:
            while True:
                try:
                    answer = client.post(f"{API}/Messages.json", data=ONE | {"Body": "x" * random.randrange(2000)})
                except httpx.TransportError:
                    return
                if (answer.status_code, header(answer)) != (201, "live"):
                    self.mistakes.append(answer.text)
                    return
                self.answered[cassette].append(int(answer.json()["sid"][2:], 16))
                self.begun.set()


@pytest.mark.parametrize("seed", range(KILLS))
def test_every_answer_that_a_client_received_is_in_the_file_after_a_kill(
    tmp_path: Path, confdir: Path, twilio: Twilio, seed: int
) -> None:
    options = ("--set", f"twilio_cassette_dir={tmp_path}", "--set", "twilio_record_mode=new_episodes")
    with recording_proxy(tmp_path, twilio, *options, confdir=confdir) as proxy, Load(proxy) as load:
        try:
            assert load.begun.wait(60)
            time.sleep(random.Random(seed).uniform(0, LONGEST_LIFE))
        finally:
            proxy.process.kill()
            proxy.process.wait()
    assert load.mistakes == []
    assert sum(map(len, load.answered.values())) > 0
    for name, answered in load.answered.items():
        path = tmp_path / f"{name}.yaml"
        kept = numbers_in(path) if answered else []
        assert set(answered) <= set(kept)
        assert len(kept) == len(set(kept))
        # What was on its way when the kill came may be there too: one for each client.
        assert len(kept) <= len(answered) + CLIENTS // CASSETTES
        # Stock vcrpy has loaded it, and no part of it is broken.
        assert not answered or all(request.body for request, _ in load_with_vcrpy(path))


def test_a_killed_recorder_locks_nobody_out(tmp_path: Path, confdir: Path, twilio: Twilio) -> None:
    options = ("--set", f"twilio_cassette_dir={tmp_path}", "--set", "twilio_record_mode=new_episodes")
    for number in range(2):
        with (
            recording_proxy(tmp_path, twilio, *options, confdir=confdir) as proxy,
            proxy.client("a", auth=LIVE) as client,
        ):
            answers = [client.post(f"{API}/Messages.json", data=ONE | {"Body": f"{n}"}) for n in range(number + 1)]
            proxy.process.kill()
            proxy.process.wait()
        assert [header(answer) for answer in answers] == ["cassette"] * number + ["live"]
    assert len(load_with_vcrpy(tmp_path / "a.yaml")) == 2
