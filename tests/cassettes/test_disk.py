import errno
import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from cassette_samples import item, kept, load_with_vcrpy, numbers_in, write_cassette
from twilio_test_proxy.cassettes.canonical import PENDING
from twilio_test_proxy.cassettes.disk import Appender, replace_file
from twilio_test_proxy.cassettes.documents import read_document
from twilio_test_proxy.cassettes.errors import CassetteError
from twilio_test_proxy.cassettes.interaction import Interaction, Request, Response


def accept(_: bytes) -> None:
    return


def appender(path: Path) -> Appender:
    return Appender(path, path.stat().st_size)


BODIES = {
    "one line": b'{"sid": "SM1"}',
    "lines": b"one\n  two\n\n# three\n- four\n? |\n#--\n",
    "first line indented": b"  one\ntwo",
    "quoted lines": "é\n  ü\r\n\u2028".encode(),
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_file_cut_anywhere_in_an_append_loads_in_vcrpy(tmp_path: Path, body: bytes) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    before = path.read_bytes()
    kept_body = Interaction(Request("GET", "https://api.twilio.com/"), Response(200, "OK", (("A", "b"),), body))
    pending = PENDING + item(kept_body).encode()
    for cut in range(len(pending) + 1):
        path.write_bytes(before + pending[:cut])
        assert len(load_with_vcrpy(path)) == 1, f"cut after {pending[:cut]!r}"
    for comment in (b"# |\n", b"#-|\n", b"# -\n", b"#--\n"):
        path.write_bytes(before + comment + pending[len(PENDING) :])
        loaded = load_with_vcrpy(path)
        assert len(loaded) == 2
        assert loaded[1][1]["body"]["string"] == body


def test_what_is_left_of_a_cut_append_is_said_and_left_out(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    before = path.read_bytes()
    line = before.count(b"\n") + 1
    pending = PENDING + item(kept(1)).encode()
    for cut in range(1, len(pending) + 1):
        path.write_bytes(before + pending[:cut])
        document = read_document(path)
        assert len(document.entries) == 1, f"cut after {pending[:cut]!r}"
        assert document.append_at == len(before)
        [notice] = document.notices
        assert "is unfinished" in notice
        assert f"line {line}" in notice


def test_appended_items_follow_one_another(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    file = appender(path)
    for number in (1, 2):
        file.append(item(kept(number)).encode(), accept)
    file.append((item(kept(3)) + item(kept(4))).encode(), accept)
    file.close()
    file.close()
    assert numbers_in(path) == [0, 1, 2, 3, 4]
    assert [entry.key is None for entry in read_document(path).entries] == [False] * 5


def test_the_check_sees_the_bytes_in_the_file_before_they_count(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    seen: list[tuple[bytes, int]] = []
    file = appender(path)
    file.append(item(kept(1)).encode(), lambda data: seen.append((data, len(load_with_vcrpy(path)))))
    assert seen == [(item(kept(1)).encode(), 1)]


def test_a_failed_check_takes_the_bytes_away(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    before = path.read_bytes()

    def refuse(_: bytes) -> None:
        raise KeyError("no")

    file = appender(path)
    with pytest.raises(KeyError):
        file.append(item(kept(1)).encode(), refuse)
    assert path.read_bytes() == before
    file.append(item(kept(2)).encode(), accept)
    assert numbers_in(path) == [0, 2]


def fail_at(call: int, error: int, real: Callable[..., int]) -> Callable[..., int]:
    calls = iter(range(1, 100))

    def failing(*arguments: object) -> int:
        if next(calls) == call:
            raise OSError(error, os.strerror(error))
        return real(*arguments)

    return failing


@pytest.mark.parametrize(
    ("function", "call", "error", "said"),
    [
        ("pwrite", 1, errno.ENOSPC, "the disk is full; free some space."),
        ("pwrite", 2, errno.ENOSPC, "the disk is full; free some space."),
        ("fdatasync", 1, errno.EIO, "Input/output error; check the disk."),
        ("fdatasync", 2, errno.EIO, "Input/output error; check the disk."),
        ("pread", 1, errno.EIO, "Input/output error; check the disk."),
        ("pwrite", 1, errno.EDQUOT, "the disk quota is used up; free some space."),
    ],
)
def test_a_failed_append_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, call: int, error: int, said: str
) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    before = path.read_bytes()
    file = appender(path)
    with monkeypatch.context() as patched:
        patched.setattr(os, function, fail_at(call, error, getattr(os, function)))
        with pytest.raises(CassetteError) as raised:
            file.append(item(kept(1)).encode(), accept)
    assert str(raised.value).endswith(said)
    assert path.read_bytes() == before
    file.append(item(kept(1)).encode(), accept)
    assert numbers_in(path) == [0, 1]


def test_a_write_that_the_kernel_cuts_short_is_taken_back(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    before = path.read_bytes()
    file = appender(path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, limits[1]))
    try:
        with pytest.raises(CassetteError, match="the file may not grow further"):
            file.append(item(kept(1)).encode(), accept)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before


@pytest.mark.parametrize("change", ["grown", "cut", "replaced", "removed"])
def test_a_file_that_somebody_else_changed_is_not_written(tmp_path: Path, change: str) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    file = appender(path)
    data = path.read_bytes()
    if change == "replaced":
        write_cassette(tmp_path / "b.yaml").replace(path)
    elif change == "removed":
        path.unlink()
    else:
        path.write_bytes(data + b"\n" if change == "grown" else data[:-1])
    now = path.read_bytes() if path.exists() else None
    with pytest.raises(CassetteError):
        file.append(item(kept(1)).encode(), accept)
    if now is not None:
        assert path.read_bytes() == now


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="could not be written"):
        Appender(tmp_path / "none.yaml", 0)


def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    path.chmod(0o640)
    replace_file(path, "version: 1\n", accept)
    assert path.read_text() == "version: 1\n"
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("function", ["pwrite", "fsync"])
def test_a_failed_replacement_leaves_the_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    before = path.read_bytes()
    monkeypatch.setattr(os, function, fail_at(1, errno.ENOSPC, getattr(os, function)))
    with pytest.raises(CassetteError, match="the disk is full"):
        replace_file(path, "version: 1\n", accept)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_replacement_that_fails_its_check_leaves_the_file(tmp_path: Path) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    before = path.read_bytes()

    def refuse(data: bytes) -> None:
        assert data == b"version: 1\n"
        raise KeyError("no")

    with pytest.raises(KeyError):
        replace_file(path, "version: 1\n", refuse)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def traced(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[tuple[str, object]]:
    """Every call of these functions of `os`: its name and, for a write, the bytes."""
    calls: list[tuple[str, object]] = []

    def spy(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            calls.append((name, bytes(arguments[1]) if name == "pwrite" else None))  # type: ignore[call-overload]
            return real(*arguments)

        return call

    for name in names:
        monkeypatch.setattr(os, name, spy(name, getattr(os, name)))
    return calls


def test_an_append_is_synchronised_before_and_after_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = appender(write_cassette(tmp_path / "a.yaml"))
    text = item(kept(1)).encode()
    calls = traced(monkeypatch, "pwrite", "fdatasync", "pread")
    file.append(text, accept)
    assert calls == [
        ("pwrite", PENDING + text),
        ("fdatasync", None),
        ("pread", None),
        ("pwrite", b"#"),
        ("fdatasync", None),
        ("pwrite", b"--\n"),
    ]


def test_a_replacement_is_synchronised_before_and_after_the_renaming(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    calls = traced(monkeypatch, "pwrite", "fsync", "pread")
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        calls.append(("rename", None))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    replace_file(path, "version: 1\n", accept)
    assert [name for name, _ in calls] == ["pwrite", "fsync", "pread", "rename", "fsync"]
