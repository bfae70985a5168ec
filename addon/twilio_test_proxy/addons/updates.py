"""mitmproxy's `update` event ends here where no later addon hears it.

It follows every event of a flow, and mitmproxy looks into each of some forty addons for it; only its screens have it.
Under mitmdump this spares a tenth of the time of an answer (scripts/bench).
"""

from collections.abc import Iterable, Sequence

from mitmproxy import exceptions, flow
from mitmproxy.addonmanager import AddonManager, Loader, traverse

_NAME = "twiliotestproxy"  # by which mitmproxy knows the addon that calls all these


class TwilioUpdates:
    """Must come last: no other addon of this project has the hook after it."""

    def __init__(self) -> None:
        self._addons: AddonManager | None = None
        self._chain: list[object] | None = None
        self._length = 0
        self._heard = True

    def load(self, loader: Loader) -> None:
        """Keep to the mitmproxy that loads this: a process may have several."""
        self._addons = loader.master.addons

    def configure(self, updated: Iterable[str]) -> None:
        """Look again, for scripts may have come or gone."""
        self._chain = None

    def update(self, flows: Sequence[flow.Flow]) -> None:
        """End the event, or let it go on.

        Raises:
            AddonHalt: nobody hears it.
        """
        if self._addons is None:
            return
        chain: list[object] = self._addons.chain
        if chain is not self._chain or len(chain) != self._length:
            self._chain, self._length = chain, len(chain)
            self._heard = is_heard(chain, self._addons.get(_NAME), "update")
        if not self._heard:
            raise exceptions.AddonHalt


def is_heard(chain: Sequence[object], own: object, hook: str) -> bool:
    """Whether an addon that mitmproxy asks after `own` has a hook, or may get it while nobody looks.

    An addon that gets the hook after its first event, without containing others, is not noticed.
    """
    for position, entry in enumerate(chain):
        inside = list(traverse([entry]))
        if own in inside:
            # What follows inside are scripts, which are loaded again whenever somebody edits them.
            later = chain[position + 1 :]
            return own is not inside[-1] or any(hasattr(it, hook) or hasattr(it, "addons") for it in later)
    return True
