"""The certificate authority of these examples is one of the tests' own; a project needs no such thing.

Their cassettes were recorded against the stand-in for Twilio (`stand_in.py`), not at Twilio.
"""

from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_home(home: Path) -> pytest.MonkeyPatch:
    patch = pytest.MonkeyPatch()
    patch.setenv("TWILIO_TEST_PROXY_HOME", str(home))
    return patch
