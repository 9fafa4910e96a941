"""A process that holds a secret, closed to others: no core dump, and nobody else of its account reads its memory."""

from __future__ import annotations

import ctypes
import resource
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4


def close_up() -> None:
    """From now on this process leaves no core dump, and none of the same account looks into it; the administrator still may.

    It is undone by starting another program, so each process does it for itself. On Linux; elsewhere only the dump is left out.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0)
