import json
import os
import stat
from pathlib import Path

import pytest

from cassette_samples import kept, vcrpy_interaction, write_cassette, write_vcrpy_cassette
from twilio_test_proxy.cassettes import documents
from twilio_test_proxy.cassettes.documents import read_document
from twilio_test_proxy.cassettes.errors import CassetteError
from unreadable_cassettes import BROKEN, MIDDLE, OURS, VCRPYS, in_vcrpys_shape


@pytest.mark.parametrize("data", [None, b"", b" \n\n"], ids=["missing", "empty", "blank"])
def test_no_cassette_is_no_error(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "a.yaml"
    if data is not None:
        path.write_bytes(data)
    assert read_document(path).existed is False


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_what_vcrpy_writes_is_read(tmp_path: Path, name: str) -> None:
    path = write_vcrpy_cassette(tmp_path / name, [vcrpy_interaction(n) for n in range(3)])
    document = read_document(path)
    assert [entry.interaction.request.body for entry in document.entries] == [kept(n).request.body for n in range(3)]
    assert (document.existed, document.append_at, document.notices) == (True, None, [])


def test_an_empty_list_is_a_cassette(tmp_path: Path) -> None:
    path = write_vcrpy_cassette(tmp_path / "a.yaml", [])
    assert read_document(path).existed is True


@pytest.mark.parametrize("version", ["1", "'1'", "1.0", '"1.0"', "!!int 1"])
def test_a_version_that_equals_1_is_version_1(tmp_path: Path, version: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(VCRPYS.replace(b"version: 1", b"version: " + version.encode()))
    assert len(read_document(path).entries) == 3


@pytest.mark.parametrize("version", ["1", "1.0", '"1"'])
def test_a_version_that_equals_1_in_json_is_version_1(tmp_path: Path, version: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(f'{{"version": {version}, "interactions": []}}')
    assert read_document(path).existed is True


def test_line_ends_of_windows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(OURS.replace(b"\n", b"\r\n"))
    assert len(read_document(path).entries) == 3


@pytest.mark.parametrize(("data", "said", "cure"), BROKEN.values(), ids=BROKEN)
def test_an_unreadable_file_is_an_error_with_line_and_cure_and_stays(
    tmp_path: Path, data: bytes, said: str, cure: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(data)
    with pytest.raises(CassetteError) as raised:
        read_document(path)
    text = str(raised.value)
    assert text.startswith(f"Cassette {path}, line ")
    assert text.count("\n") == 0
    assert said in raised.value.problem
    assert cure in raised.value.cure
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (OURS[:MIDDLE] + b"<<<<<<< HEAD\n" + OURS[MIDDLE:], OURS[:MIDDLE].count(b"\n") + 1),
        (in_vcrpys_shape().replace(b"CREATED", b"CR\xc9", 1), 18),
        (in_vcrpys_shape().replace(b"method: POST", b"method: !x POST", 1), 7),
        (OURS + b"interactions: []\n", OURS.count(b"\n") + 1),
    ],
    ids=["merge marker", "Latin-1", "tag", "a repeated key"],
)
def test_the_line_is_the_one_at_fault(tmp_path: Path, data: bytes, line: int) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(data)
    with pytest.raises(CassetteError) as raised:
        read_document(path)
    assert raised.value.line == line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "this is not JSON"),
        ("[1]", "the root is a list"),
        ('{"interactions": null}', "null"),
        ("[" * 10**5, "JSON"),
        ('{"interactions": [\n],\n"interactions": []}', "a.json, line 3: the key 'interactions' is in its mapping"),
        ('{"interactions": [\t{"a": 1, "a": 1}]}', "a.json, line 1: the key 'a' is in its mapping"),
        ('{"%s": 1, "interactions": [], "interactions": []}' % ("x" * 2000), "a.json: the key 'interactions' is in"),
        ('{"version": true, "interactions": []}', "version True is unknown"),
        ('{"version": "1a", "interactions": []}', "version '1a' is unknown"),
    ],
    ids=["cut", "list root", "null", "deep", "key twice", "key twice below", "long key", "true", "text"],
)
def test_an_unreadable_json_file_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(CassetteError) as raised:
        read_document(path)
    assert said in str(raised.value) or "nesting is too deep" in str(raised.value)


def test_latin_1_in_json_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(json.dumps({"a": "é"}, ensure_ascii=False).encode("latin-1"))
    with pytest.raises(CassetteError, match="not UTF-8"):
        read_document(path)


def test_a_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="this is a directory; name a file"):
        read_document(tmp_path)


def test_a_pipe_is_an_error_and_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    with pytest.raises(CassetteError, match="no regular file"):
        read_document(tmp_path / "a.yaml")


def test_no_permission_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_cassette(tmp_path / "a.yaml")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path.chmod(stat.S_IWUSR)
    if os.geteuid() == 0:  # root may read everything
        monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CassetteError, match="permission denied; give yourself read permission"):
        read_document(path)


def test_a_file_that_is_too_large_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_cassette(tmp_path / "a.yaml")
    monkeypatch.setattr(documents, "MAX_FILE_BYTES", path.stat().st_size - 1)
    with pytest.raises(CassetteError, match="too large"):
        read_document(path)


@pytest.mark.parametrize("data", [OURS, in_vcrpys_shape()], ids=["ours", "vcrpy's"])
def test_a_file_cut_anywhere_keeps_what_is_whole_or_is_an_error(tmp_path: Path, data: bytes) -> None:
    """Whatever is played from a cut file is exactly what was recorded."""
    path = tmp_path / "a.yaml"
    whole = [kept(number) for number in range(3)]
    kept_counts = set()
    for cut in range(30, len(data), 3):
        path.write_bytes(data[:cut])
        try:
            document = read_document(path)
        except CassetteError:
            continue
        read = [entry.interaction for entry in document.entries]
        kept_counts.add(len(read))
        assert [one.request.method for one in read] == ["POST"] * len(read)
        assert [one.request.body for one in read] == [one.request.body for one in whole[: len(read)]]
        for number, one in enumerate(read):
            assert json.loads(one.response.body)["sid"] == f"SM{number:032x}", data[:cut].decode()
        # A file cut between two interactions, or in what stands beside one, is whole as far as it goes.
        cut_inside = b"    metadata:" not in data[:cut].rpartition(b"  - request:")[2]
        if len(read) < 3 and (data is not OURS or cut_inside):
            assert document.notices, data[:cut].decode()
        assert path.read_bytes() == data[:cut]
    assert kept_counts >= {1, 2, 3}


def test_zeros_after_a_power_failure_are_a_cut_end(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(OURS + b"\0" * 4096)
    document = read_document(path)
    assert len(document.entries) == 2
    assert document.notices
