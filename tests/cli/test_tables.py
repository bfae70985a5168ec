from pathlib import Path

from command_line import run
from twilio_test_proxy.twilio import magic


def test_every_row_is_shown(home: Path) -> None:
    done = run("tables", home=home, added={"COLUMNS": "40"})  # of no account where there is no terminal
    assert done.returncode == 0
    expected = [row for table in magic.TABLES for row in magic.listed(table)]
    shown = [line for line in done.stdout.splitlines() if line.strip().startswith(("+", "5", "All Others"))]
    assert [" ".join(line.split()) for line in shown] == [" ".join(row) for row in expected]
