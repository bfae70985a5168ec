"""One mitmproxy addon in place of many, because mitmproxy looks for every hook in every addon for every event.

With some fifteen addons that look-up alone takes a tenth of the time of an answer (scripts/bench).
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from mitmproxy import hooks

Hook = Callable[..., Any]


class TwilioTestProxy:
    """Has the hooks of its addons, and calls them in their order."""

    def __init__(self, addons: Sequence[object]) -> None:
        for name in (*hooks.all_hooks, "load"):
            functions = [getattr(addon, name) for addon in addons if hasattr(addon, name)]
            if functions:
                setattr(self, name, functions[0] if len(functions) == 1 else in_turn(functions))


def in_turn(functions: Sequence[Hook]) -> Hook:
    """A hook that calls each function with the same arguments; awaitable where one of them is."""

    def call(*arguments: object) -> Awaitable[None] | None:
        remaining = iter(functions)
        for function in remaining:
            result = function(*arguments)
            if result is not None and inspect.isawaitable(result):
                return _finish(result, remaining, arguments)
        return None

    return call


async def _finish(pending: Awaitable[None], remaining: Iterator[Hook], arguments: tuple[object, ...]) -> None:
    await pending
    for function in remaining:
        result = function(*arguments)
        if result is not None and inspect.isawaitable(result):
            await result
