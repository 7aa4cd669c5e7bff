# SPDX-License-Identifier: Apache-2.0
"""A whole program under cProfile, one dump for each slice of time: what `strata run` and `python -m strata_agent run`
start in the program, and in the Python programs that it starts.

The profilers run on, and a dump has what they counted since the last one; so the dumps of a program add up to what one
profiler would have said of all of it, and a call is in the slice in which it ended. There is no budget here: the
program takes 1.1 to 7 times its time.
"""
from __future__ import annotations

import atexit
import json
import os
import signal
import sys
import threading
from typing import Any, Dict, Optional, Union

from .capture import IS_PROCESS_WIDE
from .per_thread import ThreadDumps
from .silent import SilentDumps
from .spool import Spool


def start_from_environment() -> Optional['Recording']:
    """Starts what the environment asks for; None where it asks for nothing."""
    folder = os.environ.get('STRATA_RUN_SPOOL')
    if not folder:
        return None
    labels = json.loads(os.environ.get('STRATA_RUN_LABELS') or '{}')
    recording = Recording(Spool(folder, limit=1 << 40), float(os.environ.get('STRATA_RUN_EVERY') or 10), labels)
    recording.start()
    return recording


class Recording:
    """The dumps of a process, and the ends that it may have."""

    def __init__(self, spool: Spool, every: float, labels: Dict[str, str]) -> None:
        if not every > 0:
            raise ValueError('every: expected more than 0 seconds, found %r' % (every,))
        width = max(1, int(every * 1e9))
        self._dumps: Union[SilentDumps, ThreadDumps] = (
            SilentDumps(spool.path, width, labels) if IS_PROCESS_WIDE else ThreadDumps(spool, width, labels))
        #: Whether the main thread waits for the last dump, and the signal that came meanwhile.
        self._is_last = False
        self._asked: Optional[int] = None

    def start(self) -> None:
        """Turns the profilers on."""
        self._dumps.start()
        atexit.register(self.end)
        if hasattr(os, 'register_at_fork'):
            os.register_at_fork(after_in_child=self._after_fork)
        self._end_on_signal()

    def end(self) -> None:
        """Dumps what is not in a dump yet; the profilers run on, for other things may happen at exit."""
        is_main = threading.current_thread() is threading.main_thread()
        try:
            self._is_last = is_main
            self._dumps.end()
        finally:
            self._is_last = False
        if is_main and self._asked is not None:
            self._die(self._asked)

    def _end_on_signal(self) -> None:
        # A program that is asked to end would not get to its exit functions.
        if threading.current_thread() is not threading.main_thread() or os.name == 'nt':
            return
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, self._ended_by)

    def _ended_by(self, number: int, frame: Any) -> None:
        if self._is_last:
            # In the middle of the last dump, whose locks would not be let go for another: it is written first.
            self._asked = number
            return
        self.end()
        self._die(number)

    def _die(self, number: int) -> None:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _after_fork(self) -> None:
        self._dumps.after_fork()
        util = sys.modules.get('multiprocessing.util')
        if util is not None:
            # A child of multiprocessing runs finalizers, and not what atexit has.
            util.register_after_fork(self, _finalize)


def _finalize(recording: Recording) -> None:
    util = sys.modules['multiprocessing.util']
    util.Finalize(recording, recording.end, exitpriority=-100)
