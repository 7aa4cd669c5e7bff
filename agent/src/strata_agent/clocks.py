# SPDX-License-Identifier: Apache-2.0
"""The clocks: CPU time of this thread and of the process, and the time of day, in nanoseconds."""
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
else:  # Systems without a clock for threads: waiting counts as work then, which is on the safe side.
    thread_cpu = elapsed

__all__ = ['elapsed', 'now', 'of_this_thread', 'process_cpu', 'thread_cpu']


def of_this_thread() -> Optional[int]:
    """A clock that tells other threads the CPU time of this one; None where it cannot be had.

    It stays harmless when the thread is gone; to ask for that of a thread that is gone would crash the process. So
    would the identity that gevent puts in place of a thread's.
    """
    if not isinstance(_get_ident, types.BuiltinFunctionType):
        return None
    try:
        return time.pthread_getcpuclockid(_get_ident())
    except (AttributeError, OSError):
        return None
