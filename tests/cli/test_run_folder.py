import os
import stat
import tempfile
from pathlib import Path

import pytest

from twilio_test_proxy.cli.run_folder import run_folder


@pytest.mark.parametrize("umask", [0o077, 0o022], ids=["narrow umask", "usual umask"])
def test_others_may_pass_through_to_the_trust_files_only(
    umask: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = os.umask(umask)
    try:
        with run_folder() as folder:
            (outer,) = tmp_path.iterdir()
            assert stat.S_IMODE(outer.stat().st_mode) == 0o711
            assert stat.S_IMODE(folder.proxy.stat().st_mode) == 0o700
            assert folder.trust.parent == outer
    finally:
        os.umask(before)
    assert list(tmp_path.iterdir()) == []
