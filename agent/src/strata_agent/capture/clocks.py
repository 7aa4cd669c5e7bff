# SPDX-License-Identifier: Apache-2.0
"""The clocks, in nanoseconds: CPU time of this thread and of the process, elapsed time, and the time of day."""
from __future__ import annotations

import time
import types
from _thread import get_ident as _get_ident
from time import perf_counter_ns as elapsed
from time import process_time_ns as process_cpu
from time import time_ns as now
from typing import Optional

if hasattr(time, 'thread_time_ns'):
    from time import thread_time_ns as thread_cpu
else:  # On systems without a clock per thread, waiting counts as work: the budget then errs on the safe side.
    thread_cpu = elapsed

__all__ = ['elapsed', 'now', 'of_this_thread', 'process_cpu', 'thread_cpu']


def of_this_thread() -> Optional[int]:
    """A clock with which other threads can read the CPU time of this one; None if there is none.

    The clock stays safe to read after the thread has ended. Requesting the clock of an ended thread would crash the
    process; so would the identity that gevent substitutes for a thread's.
    """
    if not isinstance(_get_ident, types.BuiltinFunctionType):
        return None
    try:
        return time.pthread_getcpuclockid(_get_ident())
    except (AttributeError, OSError):
        return None
