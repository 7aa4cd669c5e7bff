# SPDX-License-Identifier: Apache-2.0
"""The clocks: CPU time of this thread and of the process, and the time of day, in nanoseconds."""
from __future__ import annotations

import time
from time import perf_counter_ns as elapsed
from time import process_time_ns as process_cpu
from time import time_ns as now

if hasattr(time, 'thread_time_ns'):
    from time import thread_time_ns as thread_cpu
else:  # Systems without a clock for threads: waiting counts as work then, which is on the safe side.
    thread_cpu = elapsed

__all__ = ['elapsed', 'now', 'process_cpu', 'thread_cpu']
