"""The README's pictures are made by their script, from the real thing, and hold nothing that they should not."""

import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from running_proxy import ROOT

PICTURES = ROOT / ".github" / "pictures"
NAMES = ("miss.png", "page.png", "terminal.svg")
MAX_BYTES = 200_000


@pytest.mark.timeout(300)
def test_the_script_makes_every_picture(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "pictures.d" / "pictures.py"
    done = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == list(NAMES)
    for name in ("miss.png", "page.png"):
        assert width(tmp_path / name) == width(PICTURES / name) == 1240
    for directory in (tmp_path, PICTURES):
        check_terminal((directory / "terminal.svg").read_text())


def width(path: Path) -> int:
    """Of a PNG file, from its first chunk."""
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    return int(struct.unpack(">I", data[16:20])[0])


def check_terminal(svg: str) -> None:
    text = re.sub(r"<[^>]*>", "", svg).replace("&#160;", " ")
    assert "4 answered for test credentials, 2 played, 1 missed; connections to Twilio: 0" in text
    assert "424 424001 Cassette cassettes/checkout.yaml does not hold" in text
    assert "Traceback" not in text
    assert re.findall(r"url\(['\"]?http|href=|/tmp|/home|/root", svg) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_small_and_shown_in_the_readme(name: str) -> None:
    assert (PICTURES / name).stat().st_size < MAX_BYTES
    assert f"](.github/pictures/{name})" in (ROOT / "README.md").read_text()
