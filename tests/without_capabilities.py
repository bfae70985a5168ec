"""Run a command as whom we are, but without the capabilities by which root reads every file: its permissions hold.

    python without_capabilities.py COMMAND...

Source: capabilities(7), "The securebits flags": under SECBIT_NOROOT a program that root executes gets none.
"""

import ctypes
import os
import sys

PR_SET_SECUREBITS = 28
SECBIT_NOROOT = 1

if os.geteuid() == 0:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECUREBITS, SECBIT_NOROOT, 0, 0, 0) != 0:
        sys.exit(f"The capabilities of root cannot be given up: {os.strerror(ctypes.get_errno())}.")
os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - no shell is wanted
