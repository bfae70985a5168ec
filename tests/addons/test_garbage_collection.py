import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from running_proxy import running_proxy
from twilio_test_proxy.addons.garbage_collection import TwilioGarbageCollection


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Leave no other test with objects that are never collected."""
    yield
    gc.unfreeze()


class Cycle:
    def __init__(self) -> None:
        self.itself = self


def frozen() -> tuple[TwilioGarbageCollection, weakref.ref[Cycle]]:
    """An addon that has taken an object for permanent, to which nothing but itself refers."""
    addon, cycle = TwilioGarbageCollection(), Cycle()
    addon.running()
    return addon, weakref.ref(cycle)


def test_what_is_there_at_the_start_is_looked_at_no_more() -> None:
    TwilioGarbageCollection().running()
    assert gc.get_freeze_count() > 10_000


def test_once_it_is_done_everything_is_collected_again() -> None:
    addon, left = frozen()
    addon.done()
    gc.collect()
    assert left() is None


def test_what_an_earlier_load_of_the_script_left_is_collected() -> None:
    addon, left = frozen()
    gc.collect()
    assert left() is not None  # frozen
    addon.done()
    TwilioGarbageCollection().running()
    assert left() is None


def test_mitmdump_has_frozen_what_was_loaded_when_it_answers(tmp_path: Path, confdir: Path) -> None:
    frozen = tmp_path / "frozen"
    script = tmp_path / "count.py"
    script.write_text(
        f"import gc\n\ndef request(flow):\n    open({str(frozen)!r}, 'w').write(str(gc.get_freeze_count()))\n"
    )
    with running_proxy(tmp_path, "-s", str(script), confdir=confdir) as proxy, proxy.client() as client:
        client.post("https://api.twilio.com/2010-04-01/Accounts.json")
    assert int(frozen.read_text()) > 10_000
