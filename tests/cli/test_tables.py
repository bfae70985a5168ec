from pathlib import Path

import pytest

from command_line import run
from twilio_test_proxy.cli.tables import rows
from twilio_test_proxy.twilio import magic


@pytest.mark.parametrize(
    ("table", "row"),
    [
        pytest.param(
            magic.PHONE_NUMBER,
            ("+15005550000", "This phone number is unavailable.", "21422"),
            id="a row with an error",
        ),
        pytest.param(
            magic.MESSAGE_FROM, ("+15005550006", "This number passes all validation.", "No error"), id="a valid one"
        ),
        pytest.param(
            magic.CALL_FROM,
            ("All Others", "The phone number is not verified for your account.", "21210"),
            id="all others, with an error",
        ),
        pytest.param(
            magic.MESSAGE_TO,
            ("All Others", "Any other phone number is validated normally.", "Input-dependent"),
            id="all others, validated",
        ),
    ],
)
def test_rows(table: magic.Table, row: tuple[str, str, str]) -> None:
    assert row in rows(table)


def test_every_row_is_shown(home: Path) -> None:
    done = run("tables", home=home, added={"COLUMNS": "200"})
    assert done.returncode == 0
    expected = [row for table in magic.TABLES for row in rows(table)]
    shown = [line for line in done.stdout.splitlines() if line.strip().startswith(("+", "5", "All Others"))]
    assert [" ".join(line.split()) for line in shown] == [" ".join(row) for row in expected]
