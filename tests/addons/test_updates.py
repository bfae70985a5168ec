import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from mitmproxy import exceptions, flow, options
from mitmproxy.addons.view import View
from mitmproxy.hooks import UpdateHook
from mitmproxy.test import tflow
from mitmproxy.tools.dump import DumpMaster

from running_proxy import running_proxy
from twilio_test_proxy.addons import create_addons
from twilio_test_proxy.addons.updates import is_heard


class Listener:
    def __init__(self, name: str) -> None:
        self.name = name
        self.heard: list[flow.Flow] = []

    def update(self, flows: Sequence[flow.Flow]) -> None:
        self.heard.extend(flows)


class Scripts:
    """As mitmproxy's own: an addon that contains others."""

    name = "scripts"

    def __init__(self, *addons: object) -> None:
        self.addons = list(addons)


@pytest.fixture
def master(tmp_path: Path) -> Iterator[DumpMaster]:
    """mitmdump's own addons, and this project's after them."""
    loop = asyncio.new_event_loop()
    made = DumpMaster(options.Options(confdir=str(tmp_path)), loop=loop)
    made.addons.add(*create_addons())
    yield made
    loop.close()


def ends_the_event(master: DumpMaster) -> bool:
    try:
        master.addons.get("twiliotestproxy").update([tflow.tflow()])
    except exceptions.AddonHalt:
        return True
    return False


def test_under_mitmdump_the_event_ends_here(master: DumpMaster) -> None:
    assert ends_the_event(master)


def test_a_later_addon_hears_it_from_then_on_and_no_longer_than_it_is_there(master: DumpMaster) -> None:
    assert ends_the_event(master)
    listener = Listener("later")
    master.addons.add(listener)
    assert not ends_the_event(master)
    updated = tflow.tflow()
    master.addons.trigger(UpdateHook([updated]))
    assert listener.heard == [updated]
    master.addons.remove(listener)
    assert ends_the_event(master)


def test_an_earlier_addon_hears_it(master: DumpMaster) -> None:
    listener = Listener("earlier")
    master.addons.chain.insert(0, listener)
    updated = tflow.tflow()
    master.addons.trigger(UpdateHook([updated]))
    assert listener.heard == [updated]
    assert ends_the_event(master)


def test_scripts_that_come_or_go_are_noticed(master: DumpMaster) -> None:
    own = master.addons.get("twiliotestproxy")
    master.addons.chain[-1:] = [scripts := Scripts(own)]
    assert ends_the_event(master)
    scripts.addons.append(Listener("script"))
    own.configure({"scripts"})
    assert not ends_the_event(master)


@pytest.mark.parametrize(
    ("after", "heard"),
    [
        ([], False),
        ([SimpleNamespace(request=print)], False),
        ([SimpleNamespace(request=print), Listener("later")], True),
        ([Scripts(Listener("within"))], True),
        ([View()], True),
    ],
    ids=["nobody", "without the hook", "later", "within a later one", "the list of flows of mitmproxy and mitmweb"],
)
def test_who_hears_it(after: list[object], heard: bool) -> None:
    own = object()
    assert is_heard([Listener("earlier"), Scripts(Listener("script"), own), *after], own, "update") is heard


def test_each_mitmproxy_of_a_process_keeps_to_its_own_addons(master: DumpMaster, tmp_path: Path) -> None:
    master.addons.add(Listener("later"))
    loop = asyncio.new_event_loop()
    other = DumpMaster(options.Options(confdir=str(tmp_path)), loop=loop)
    other.addons.add(*create_addons())
    assert not ends_the_event(master)
    assert ends_the_event(other)
    loop.close()


@pytest.mark.parametrize("following", [Listener("script"), SimpleNamespace()])
def test_a_script_that_follows_may_get_the_hook_whenever_it_is_edited(following: object) -> None:
    own = object()
    assert is_heard([Scripts(own, following)], own, "update")


def test_an_addon_that_mitmproxy_does_not_know_leaves_the_event_alone() -> None:
    assert is_heard([Listener("other")], None, "update")


def test_another_script_of_mitmdump_hears_of_every_flow(tmp_path: Path, confdir: Path) -> None:
    heard = tmp_path / "heard"
    script = tmp_path / "other.py"
    script.write_text(f"def update(flows):\n    open({str(heard)!r}, 'a').write(flows[0].request.path + '\\n')\n")
    with (
        running_proxy(tmp_path, "-s", str(script), confdir=confdir) as proxy,
        proxy.client() as client,
    ):
        client.post("https://api.twilio.com/2010-04-01/Accounts.json")
    assert "/2010-04-01/Accounts.json" in heard.read_text()
