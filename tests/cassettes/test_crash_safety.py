"""Nothing that was answered is lost, and the file loads, whenever the recorder is killed."""

import multiprocessing
import random
import time
from pathlib import Path

import pytest

from cassette_samples import load_with_vcrpy, numbers_in
from recorder_child import NUMBERS, record_for_ever
from twilio_test_proxy.cassettes.cassette import Cassette

CASSETTES = 40
KILLS_PER_CASSETTE = 5
LONGEST_LIFE = 0.03
"""Seconds: a few dozen interactions."""


@pytest.mark.parametrize("seed", range(4))
def test_every_answered_interaction_is_there_after_a_kill(tmp_path: Path, seed: int) -> None:
    moments = random.Random(seed)
    processes = multiprocessing.get_context("forkserver")
    # The child imports the main module, which is pytest.
    processes.set_forkserver_preload(["pytest", "recorder_child"])
    answered_in_all = 0
    for number in range(CASSETTES // 4):
        path = tmp_path / f"{number}.yaml"
        answered: set[int] = set()
        for kill in range(KILLS_PER_CASSETTE):
            receiving, sending = processes.Pipe(duplex=False)
            child = processes.Process(target=record_for_ever, args=(path, kill * NUMBERS, sending))
            child.start()
            sending.close()
            assert receiving.recv_bytes() == b"ready"
            time.sleep(moments.uniform(0, LONGEST_LIFE))
            child.kill()
            child.join()
            while True:
                try:
                    answered.add(int(receiving.recv_bytes()))
                except (EOFError, OSError):
                    break
            receiving.close()
            if not path.exists():
                assert not answered
                continue
            recorded = numbers_in(path)
            assert answered <= set(recorded)
            assert len(recorded) == len(set(recorded))
            # What was being written when the kill came may be there, one for each thread, but nothing else.
            with Cassette(path) as cassette:
                assert cassette.status().interactions == len(load_with_vcrpy(path))
        answered_in_all += len(answered)
    assert answered_in_all > 0
