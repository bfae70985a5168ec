"""One mitmproxy addon in place of many, because mitmproxy looks for every hook in every addon for every event.

With some fifteen addons that look-up alone takes a tenth of the time of an answer (scripts/bench).
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from mitmproxy import exceptions, hooks

logger = logging.getLogger(__name__)

Hook = Callable[..., Any]

# What a hook raises to tell mitmproxy something.
_MEANT = (exceptions.OptionsError, exceptions.AddonHalt)


class TwilioTestProxy:
    """Has the hooks of its addons, and calls them in their order."""

    def __init__(self, addons: Sequence[object]) -> None:
        for name in (*hooks.all_hooks, "load"):
            functions = [getattr(addon, name) for addon in addons if hasattr(addon, name)]
            if functions:
                setattr(self, name, functions[0] if len(functions) == 1 else in_turn(functions))


def in_turn(functions: Sequence[Hook]) -> Hook:
    """A hook that calls each function with the same arguments; awaitable where one of them is.

    As with mitmproxy's own addons, the mistake of one does not keep the others from being called: what one fails to
    answer another one refuses, and cassettes are finished whatever happens.
    """

    def call(*arguments: object) -> Awaitable[None] | None:
        remaining = iter(functions)
        for function in remaining:
            try:
                result = function(*arguments)
            except _MEANT:
                raise
            except Exception as error:
                _report(error)
                continue
            if result is not None and inspect.isawaitable(result):
                return _finish(result, remaining, arguments)
        return None

    return call


async def _finish(pending: Awaitable[None], remaining: Iterator[Hook], arguments: tuple[object, ...]) -> None:
    try:
        await pending
    except _MEANT:
        raise
    except Exception as error:
        _report(error)
    following = in_turn(tuple(remaining))(*arguments)
    if following is not None:
        await following


def _report(error: Exception) -> None:
    logger.error("This is a mistake of the proxy's own, please report it: %s", error, exc_info=error)
