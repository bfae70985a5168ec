"""README: several processes share one proxy, each on its own cassette, with no code change."""

import json
import os
import subprocess
import sys
from pathlib import Path

import many_clients
from cassette_samples import numbers_in
from many_clients import CLIENTS, TURNS
from running_proxy import ROOT, RunningProxy, recording_proxy, running_proxy
from stand_in import Twilio


def answers(proxy: RunningProxy, directory: Path) -> dict[int, list[str]]:
    """The SIDs that each client got, in the order in which it asked."""
    directory.mkdir()
    path = os.pathsep.join([str(ROOT / "tests"), str(ROOT / "addon")])
    subprocess.run(
        [sys.executable, many_clients.__file__, proxy.url, str(proxy.authority), str(directory)],
        env=os.environ | {"PYTHONPATH": path},
        timeout=100,
        check=True,
    )
    return {number: json.loads((directory / f"{number}.json").read_text()) for number in range(CLIENTS)}


def test_a_hundred_processes_record_and_replay_as_many_cassettes_at_once(
    tmp_path: Path, confdir: Path, twilio: Twilio
) -> None:
    cassettes = tmp_path / "cassettes"
    option = ("--set", f"twilio_cassette_dir={cassettes}")
    mode = ("--set", "twilio_record_mode=once")
    with recording_proxy(tmp_path, twilio, *option, *mode, confdir=confdir) as proxy:
        live = answers(proxy, tmp_path / "live")
        assert proxy.stop() == 0
    everything = [sid for sids in live.values() for sid in sids]
    assert len(set(everything)) == len(everything) == CLIENTS * TURNS * 2
    # Each answer is in the cassette of whom it was for, and in no other.
    for number, sids in live.items():
        assert numbers_in(cassettes / f"client-{number}.yaml") == [int(sid[2:], 16) for sid in sids]
    with running_proxy(tmp_path, *option, confdir=confdir) as proxy:
        assert answers(proxy, tmp_path / "replayed") == live
        assert proxy.stop() == 0
    assert proxy.lines[-1] == f"twilio-test-proxy: {len(everything)} played; connections to Twilio: 0"
    assert sum(line.startswith("cassette ") and line.endswith(": 4 played") for line in proxy.lines) == CLIENTS
