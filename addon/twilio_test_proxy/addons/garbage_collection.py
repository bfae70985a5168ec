"""The garbage collector looks at what requests make, not again and again at what was there before the first of them."""

import gc


class TwilioGarbageCollection:
    """Spares some percent of the time of an answer (scripts/bench): the code of two packages is many objects."""

    def running(self) -> None:
        """Take what is loaded for permanent; what an earlier load of the script has left is collected first."""
        if gc.get_freeze_count():
            gc.unfreeze()
            gc.collect()
        gc.freeze()
