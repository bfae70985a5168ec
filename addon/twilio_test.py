"""What mitmdump loads: `mitmdump -s addon/twilio_test.py`."""

import logging
import sys
from pathlib import Path

# mitmproxy restores sys.path after loading a script, but modules of the package are imported later too.
if (source_root := str(Path(__file__).resolve().parent)) not in sys.path:
    sys.path.insert(0, source_root)

try:
    from twilio_test_proxy.addons import create_addons
except ModuleNotFoundError as error:
    # mitmproxy may come without this project's packages, from another package manager; a logged error ends the start.
    logging.getLogger(__name__).error(
        "The Python package %s is missing where mitmproxy is installed (%s): start with scripts/serve, or run "
        "`%s -m pip install .` in the repository.",
        error.name,
        sys.prefix,
        sys.executable,
    )
    addons: list[object] = []
else:
    addons = create_addons()
