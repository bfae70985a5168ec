"""The Pythons and the Node that this machine has."""

import os
import shutil
import subprocess
from pathlib import Path

VERSIONS = ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


def _works(path: Path | str) -> bool:
    try:
        return subprocess.run([path, "-c", "import ssl"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _pythons() -> dict[str, str]:
    pyenv = Path(os.environ.get("PYENV_ROOT", "") or Path.home() / ".pyenv") / "versions"
    found = {}
    for version in VERSIONS:
        name = f"python{version}"
        candidates = [*sorted(pyenv.glob(f"{version}*/bin/{name}")), shutil.which(name)]
        working = [str(path) for path in candidates if path and _works(path)]
        if working:
            found[version] = working[0]
    return found


PYTHONS = _pythons()
