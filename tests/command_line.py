"""The command line as a process of its own, and Twilio credentials for what it runs."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "addon"
PROBES = ADDON / "twilio_test_proxy" / "probes"

CREDENTIALS = {"TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_AUTH_TOKEN": "2" * 32}

# Not by PYTHONPATH, which the commands that exec runs would inherit.
START = f"import sys; sys.path.insert(0, {str(ADDON)!r}); sys.argv[0] = 'twilio-test-proxy'; "
MAIN = START + "from twilio_test_proxy.cli.main import main; main()"


def command_line(*arguments: str | Path) -> list[str]:
    """The command of ``twilio-test-proxy ARGUMENTS``."""
    return [sys.executable, "-c", MAIN, *map(str, arguments)]


def environment(home: Path, **added: str) -> dict[str, str]:
    """This process's environment without proxies, with a home of its own for the authority."""
    clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    return {**clean, **CREDENTIALS, "TWILIO_TEST_PROXY_HOME": str(home), **added}


def run(
    *arguments: str | Path, home: Path, stdin: str = "", cwd: Path | None = None, added: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(
        command_line(*arguments),
        env=environment(home, **(added or {})),
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
    )
