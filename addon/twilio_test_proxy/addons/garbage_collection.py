"""The garbage collector looks at what requests make, not again and again at what was there before the first of them."""

import gc
from typing import ClassVar


class TwilioGarbageCollection:
    """Spares some percent of the time of an answer (scripts/bench): the code of two packages is many objects."""

    _loaded: ClassVar[bool] = False

    def running(self) -> None:
        """Take what is loaded for permanent; what an earlier load of the script has left is collected first.

        Not at the first load, where little is left and a collection would take part of the time of the start.
        """
        if TwilioGarbageCollection._loaded:
            gc.collect()
        TwilioGarbageCollection._loaded = True
        gc.freeze()

    def done(self) -> None:
        """Take nothing for permanent any more: the addon is removed, or the process goes on without the proxy."""
        gc.unfreeze()
