"""Cassettes that cannot be read, met by a real mitmdump that may record: refused, and left as they are."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from cassette_samples import ACCOUNT, FORM, TOKEN, send_message, write_cassette
from live import API, LIVE, ONE, header, recording
from running_proxy import WITHOUT_CAPABILITIES, RunningProxy, failed_start, recording_proxy
from stand_in import Twilio
from unreadable_cassettes import BROKEN, OURS

OTHERS = {
    "a directory": ("this is a directory", "name a file"),
    "no permission": ("the file cannot be read: permission denied", "give yourself read permission"),
}
EVERY_KIND = {kind: (said, cure) for kind, (_, said, cure) in BROKEN.items()} | OTHERS
AT_THE_START = [
    "merge markers between items", "a tab", "list root", "null body", "wrong version", "a tag that runs code",
    "an alias bomb", "Latin-1", "interactions twice", "a directory", "no permission",
]  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, confdir: Path, twilio: Twilio) -> Iterator[RunningProxy]:
    """A proxy that may record, into any cassette that a proxy user names."""
    directory = tmp_path_factory.mktemp("unreadable")
    options = ("--set", "twilio_record_mode=new_episodes", "--set", f"twilio_cassette_dir={directory}")
    with recording_proxy(directory, twilio, *options, confdir=confdir, launcher=WITHOUT_CAPABILITIES) as proxy:
        yield proxy


def make_unreadable(kind: str, path: Path) -> None:
    if kind == "a directory":
        path.mkdir()
    elif kind == "no permission":
        write_cassette(path).chmod(0o200)
    else:
        path.write_bytes(BROKEN[kind][0])


def state(path: Path) -> object:
    """Everything that a recorder could have changed."""
    if path.is_dir():
        return list(path.iterdir())
    status = path.stat()
    path.chmod(0o600)
    data = path.read_bytes()
    path.chmod(status.st_mode)
    return data, status.st_ino, status.st_mtime_ns, list(path.parent.glob(f".{path.name}*"))


def ask(proxy: RunningProxy, user: str) -> httpx.Response:
    with proxy.client(user, auth=LIVE) as client:
        return client.post(f"{API}/Messages.json", data=ONE)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_while_running_it_is_refused_with_what_to_do_and_stays(
    running: RunningProxy, twilio: Twilio, kind: str
) -> None:
    user = kind.replace(" ", "-")
    path = running.output.with_name(f"{user}.yaml")
    make_unreadable(kind, path)
    before, forwarded = state(path), len(twilio.requests)
    said, cure = EVERY_KIND[kind]
    for answer in [ask(running, user) for _ in range(2)]:
        assert (answer.status_code, answer.json()["code"], header(answer)) == (424, 424002, "refused")
        message = answer.json()["message"]
        assert message.startswith(f"Cassette {path}, line " if kind in BROKEN else f"Cassette {path}: ")
        assert said in message
        assert cure in message.partition("; ")[2]
        assert message.endswith(".")
    assert state(path) == before
    assert len(twilio.requests) == forwarded
    assert not [line for line in running.lines if "Traceback" in line]


@pytest.mark.parametrize("kind", AT_THE_START)
def test_at_the_start_it_is_one_error_with_what_to_do_and_stays(tmp_path: Path, confdir: Path, kind: str) -> None:
    path = tmp_path / "cassette.yaml"
    make_unreadable(kind, path)
    before = state(path)
    options = (*recording(path, "new_episodes"), "--set", "twilio_forward_live=true")
    code, lines = failed_start(tmp_path, *options, confdir=confdir, launcher=WITHOUT_CAPABILITIES)
    assert code == 1
    [line] = [line for line in lines if "Cassette " in line]
    said, cure = EVERY_KIND[kind]
    assert (f"Cassette {path}, line " if kind in BROKEN else f"Cassette {path}: ") in line
    assert said in line
    assert cure in line.partition("; ")[2]
    assert not [line for line in lines if "Traceback" in line or line.startswith("twilio-test-proxy at")]
    assert state(path) == before


def test_a_tail_that_is_cut_off_is_left_out_and_said_and_what_is_whole_plays(
    running: RunningProxy, twilio: Twilio
) -> None:
    path = running.output.with_name("cut.yaml")
    path.write_bytes(OURS[:-200])
    forwarded = len(twilio.requests)
    with running.client("cut", auth=(ACCOUNT, TOKEN)) as client:
        sent = [send_message(number) for number in range(2)]
        answers = [client.post(it.uri, content=it.body, headers=dict([FORM])) for it in sent]
    assert [header(answer) for answer in answers] == ["cassette", "cassette"]
    [said] = [line for line in running.lines if f"Cassette {path}, line " in line]
    assert "the file is cut short in its last interaction, which is left out." in said
    assert len(twilio.requests) == forwarded
