import gc
import weakref
from collections.abc import Iterator

import pytest

from twilio_test_proxy.addons.garbage_collection import TwilioGarbageCollection


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Leave no other test with objects that are never collected."""
    yield
    gc.unfreeze()


class Cycle:
    def __init__(self) -> None:
        self.itself = self


def test_what_is_there_at_the_start_is_looked_at_no_more() -> None:
    TwilioGarbageCollection().running()
    assert gc.get_freeze_count() > 10_000


def test_what_requests_leave_is_collected() -> None:
    TwilioGarbageCollection().running()
    left = weakref.ref(Cycle())
    gc.collect()
    assert left() is None


def test_what_an_earlier_load_of_the_script_left_is_collected() -> None:
    addon = Cycle()
    TwilioGarbageCollection().running()
    left = weakref.ref(addon)
    del addon
    gc.collect()
    assert left() is not None  # frozen
    TwilioGarbageCollection().running()
    assert left() is None
