"""What mitmdump loads: `mitmdump -s addon/twilio_test.py`."""

import sys
from pathlib import Path

# mitmproxy restores sys.path after loading a script, but modules of the package are imported later too.
if (source_root := str(Path(__file__).resolve().parent)) not in sys.path:
    sys.path.insert(0, source_root)

from twilio_test_proxy.addons import create_addons

addons = create_addons()
