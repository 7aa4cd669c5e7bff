# SPDX-License-Identifier: Apache-2.0
"""What cProfile adds to a call at least, measured once, on a loop of calls that do nothing."""
from __future__ import annotations

import cProfile

from . import clocks
from .capture import Capture

_CALLS = 1000


def _nothing() -> None:
    pass


def _loop() -> int:
    begin = clocks.thread_cpu()
    for _ in range(_CALLS):
        _nothing()
    return clocks.thread_cpu() - begin


def call_cost(builtins: bool = True) -> float:
    """Nanoseconds of CPU for each call that is captured: the least of three goes; 0 where another profiler is at work.

    The code here is warm, and a program's is not: it is a floor.
    """
    best = None
    for _ in range(3):
        bare = _loop()
        capture = Capture()
        capture.prepare(cProfile.Profile(builtins=builtins), builtins)
        if not capture.start():
            return 0.0
        try:
            profiled = _loop()
        finally:
            capture.stop()
        cost = max(0, profiled - bare) / _CALLS
        best = cost if best is None else min(best, cost)
    return best or 0.0
