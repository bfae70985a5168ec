import asyncio
import inspect

import pytest
from mitmproxy import exceptions, hooks
from mitmproxy.test import taddons, tflow

from twilio_test_proxy.addons import create_addons
from twilio_test_proxy.addons.chain import TwilioTestProxy, in_turn


class Noting:
    def __init__(self, name: str, calls: list[str]) -> None:
        self._name = name
        self._calls = calls

    def request(self, flow: object) -> None:
        self._calls.append(self._name)


class Slow(Noting):
    async def request(self, flow: object) -> None:  # type: ignore[override]
        await asyncio.sleep(0)
        self._calls.append(self._name)


def test_hooks_are_called_in_the_order_of_the_addons() -> None:
    calls: list[str] = []
    chain = TwilioTestProxy([Noting("first", calls), Noting("second", calls)])
    assert chain.request(tflow.tflow()) is None  # type: ignore[attr-defined]
    assert calls == ["first", "second"]


def test_a_hook_that_waits_delays_those_after_it() -> None:
    calls: list[str] = []
    addons = [Noting("first", calls), Slow("slow", calls), Noting("third", calls), Slow("last", calls)]
    hook = in_turn([addon.request for addon in addons])

    async def run() -> None:
        waiting = hook(tflow.tflow())
        assert calls == ["first"]
        assert inspect.isawaitable(waiting)
        await waiting

    asyncio.run(run())
    assert calls == ["first", "slow", "third", "last"]


class Mistaken(Noting):
    def request(self, flow: object) -> None:
        raise ZeroDivisionError("planted")


class SlowAndMistaken(Noting):
    async def request(self, flow: object) -> None:  # type: ignore[override]
        await asyncio.sleep(0)
        raise ZeroDivisionError("planted")


@pytest.mark.parametrize("mistaken", [Mistaken, SlowAndMistaken])
@pytest.mark.parametrize("place", range(3))
def test_the_mistake_of_one_addon_keeps_no_other_from_its_turn(
    caplog: pytest.LogCaptureFixture, mistaken: type[Noting], place: int
) -> None:
    calls: list[str] = []
    addons = [Noting("first", calls), Slow("last", calls)]
    addons.insert(place, mistaken("mistaken", calls))

    async def run() -> None:
        waiting = in_turn([addon.request for addon in addons])(tflow.tflow())
        assert waiting is not None
        await waiting

    asyncio.run(run())
    assert calls == ["first", "last"]
    assert "please report it: planted" in caplog.text


def test_a_wrong_option_is_for_mitmproxy_to_take_back() -> None:
    calls: list[str] = []

    def refuse(flow: object) -> None:
        raise exceptions.OptionsError("wrong")

    with pytest.raises(exceptions.OptionsError):
        in_turn([refuse, Noting("after", calls).request])(tflow.tflow())
    assert calls == []


def test_hooks_that_no_addon_has_are_not_there() -> None:
    assert not hasattr(TwilioTestProxy([Noting("first", [])]), "response")


def test_it_has_every_hook_of_every_addon() -> None:
    (chain,) = create_addons()
    assert isinstance(chain, TwilioTestProxy)
    assert {"load", "configure", "running", "done", "request", "response", "error", "server_connect"} <= vars(
        chain
    ).keys()
    assert vars(chain).keys() <= {*hooks.all_hooks, "load"}


def test_mitmproxy_takes_it() -> None:
    with taddons.context() as context:
        assert "twiliotestproxy" not in context.master.addons.lookup
        context.master.addons.add(TwilioTestProxy([Noting("first", [])]))
        assert "twiliotestproxy" in context.master.addons.lookup
