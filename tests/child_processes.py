"""The processes that a test started."""

import psutil


def running_children() -> set[psutil.Process]:
    """This process's children that have not ended.

    What other tests started may have ended without having been waited for; it stays in the list until somebody does.
    """
    return {child for child in psutil.Process().children() if _is_running(child)}


def _is_running(child: psutil.Process) -> bool:
    try:
        return bool(child.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
