import os
import subprocess
import sys

import pytest

from running_proxy import ROOT


@pytest.mark.parametrize(
    ("variables", "test"),
    [
        pytest.param(
            {"TWILIO_TEST_ACCOUNT_SID": "AC" + "8" * 32, "TWILIO_TEST_AUTH_TOKEN": "x"},
            "cli/test_exec.py::test_a_message_is_answered_and_counted",
            id="test credentials",
        ),
        pytest.param({"FORCE_COLOR": "1"}, "cli/test_cassette_tables.py", id="colours"),
        pytest.param(
            {"HTTPS_PROXY": "http://h:bad"},
            "testing/test_processes.py::test_one_proxy_with_the_lock_closed_and_another_with_it_open",
            id="another proxy",
        ),
    ],
)
def test_what_the_user_has_set_does_not_reach_the_tests(variables: dict[str, str], test: str) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", f"tests/{test}"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
