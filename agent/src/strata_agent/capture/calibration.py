# SPDX-License-Identifier: Apache-2.0
"""Measures what cProfile adds to each call at least, and what the agent adds to a call that it does not examine."""
from __future__ import annotations

from typing import Any, Callable

from . import clocks
from .profiler import Capture

_CALLS = 1000


def _nothing() -> None:
    pass


def _loop() -> int:
    begin = clocks.thread_cpu()
    for _ in range(_CALLS):
        _nothing()
    return clocks.thread_cpu() - begin


def call_cost(builtins: bool = True) -> float:
    """Nanoseconds of CPU that cProfile adds to a call: the least of three runs; 0 beside another active profiler.

    This is a lower bound: this loop runs from warm caches, real programs do not.
    """
    best = None
    for _ in range(3):
        bare = _loop()
        capture = Capture()
        capture.prepare(None, builtins)
        if not capture.start():
            return 0.0
        try:
            profiled = _loop()
        finally:
            capture.stop()
        cost = max(0, profiled - bare) / _CALLS
        best = cost if best is None else min(best, cost)
    return best or 0.0


def plain_cost(profile: Callable[..., Any]) -> float:
    """Nanoseconds of CPU that an empty `with profile(label='value'): ...` takes: the least of three runs."""
    def loop() -> int:
        begin = clocks.thread_cpu()
        for _ in range(_CALLS):
            with profile(label='value'):
                pass
        return clocks.thread_cpu() - begin

    return min(loop() for _ in range(3)) / _CALLS
