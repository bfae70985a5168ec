"""Python imports this at its start because its directory is on PYTHONPATH; any Python from 2.7 on.

Only one sitecustomize is imported, so this one does its work and then makes way for the one that it hides.
"""

import os
import sys


def _make_way():
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != here]
    # Kept, since Python 2 empties a module that nothing refers to.
    own = sys.modules.pop("sitecustomize", None)
    try:
        __import__("sitecustomize")
    except ImportError as error:
        sys.modules.setdefault("sitecustomize", own)
        missing = getattr(error, "name", None) or str(error).rpartition(" ")[2]
        if missing != "sitecustomize":
            raise


try:
    import twilio_test_proxy_hook

    twilio_test_proxy_hook.install(os.environ)
except Exception:  # A program must run as if this were not here.
    pass

_make_way()
