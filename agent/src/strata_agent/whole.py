# SPDX-License-Identifier: Apache-2.0
"""A whole program under cProfile, one dump for each slice of time: what `strata run` and `python -m strata_agent run`
start in the program, and in the Python programs that it starts.

The profilers run on, and a dump has what they counted since the last one; so the dumps of a program add up to what one
profiler would have said of all of it, and a call is in the slice in which it ended. There is no budget here: the
program takes 1.1 to 7 times its time.
"""
from __future__ import annotations

import atexit
import cProfile
import json
import marshal
import os
import signal
import sys
import threading
from typing import Any, Dict, List, Optional, Tuple

from . import clocks
from .capture import IS_PROCESS_WIDE
from .records import Record
from .spool import Spool

#: Primitive calls, calls, self time and cumulative time; times in nanoseconds.
Figures = Tuple[int, int, int, int]
#: Figures of functions, and of callers of functions, by their keys in a dump.
Table = Dict[Any, Tuple[Figures, Dict[Any, Figures]]]

_ZERO: Figures = (0, 0, 0, 0)


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
    """The profilers of a process, and the thread that dumps them."""

    def __init__(self, spool: Spool, every: float, labels: Dict[str, str]) -> None:
        if not every > 0:
            raise ValueError('every: expected more than 0 seconds, found %r' % (every,))
        self.spool = spool
        self.width = max(1, int(every * 1e9))
        self.labels = labels
        self._lock = threading.RLock()
        self._profilers: List[Tuple[Any, Any]] = []
        #: Profilers of threads that are gone. One that goes while it is on ends what is on in the thread where it
        #: goes: so they go in the thread of the dumps, which has none.
        self._gone: List[Any] = []
        #: What ended threads counted, and what is in dumps already.
        self._ended: Table = {}
        self._dumped: Table = {}
        self._since = clocks.now()
        self._thread: Optional[threading.Thread] = None
        self._is_ending = threading.Event()
        #: Whether the main thread writes the last dump, and the signal that came meanwhile.
        self._is_last = False
        self._asked: Optional[int] = None

    def start(self) -> None:
        """Turns the profilers on, in this thread and in those to come."""
        self._since = clocks.now()
        if not IS_PROCESS_WIDE:
            # Called first in each new thread, whose profiler then takes its place.
            threading.setprofile(self._enter_thread)
        self._add_profiler()
        self._start_thread()
        atexit.register(self.end)
        if hasattr(os, 'register_at_fork'):
            os.register_at_fork(after_in_child=self._after_fork)
        self._end_on_signal()

    def _add_profiler(self) -> None:
        profiler = cProfile.Profile()
        with self._lock:
            self._profilers.append((profiler, threading.current_thread()))
        profiler.enable()

    def _enter_thread(self, frame: Any, event: str, argument: Any) -> None:
        if threading.current_thread() is self._thread:
            sys.setprofile(None)
        else:
            self._add_profiler()

    def _start_thread(self) -> None:
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name='strata-run', daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            now = clocks.now()
            end = (now // self.width + 1) * self.width
            if self._is_ending.wait((end - now) / 1e9):
                return
            self.dump(end)
            self._gone.clear()

    # Ends

    def end(self) -> None:
        """Dumps what is not in a dump yet; the profilers run on, for other things may happen at exit."""
        self._is_ending.set()
        is_main = threading.current_thread() is threading.main_thread()
        try:
            self._is_last = is_main
            self.dump()
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
        # The thread that forked goes on under its profiler; the others are not in the child.
        self._lock = threading.RLock()
        current = threading.current_thread()
        self._gone += [profiler for profiler, thread in self._profilers if thread is not current]
        self._profilers = [(profiler, thread) for profiler, thread in self._profilers
                           if IS_PROCESS_WIDE or thread is current]
        self._ended = {}
        self.spool.close()
        self._dumped = self._count()
        self._since = clocks.now()
        self._start_thread()
        util = sys.modules.get('multiprocessing.util')
        if util is not None:
            # A child of multiprocessing runs finalizers, and not what atexit has.
            util.register_after_fork(self, _finalize)

    # Dumps

    def dump(self, end: Optional[int] = None) -> None:
        """Writes what was counted since the last dump; nothing where that is nothing. Never raises.

        `end` is when the slice ends: being some milliseconds late does not make it longer.
        """
        try:
            with self._lock:
                now, counted = clocks.now(), self._count()
                if end is not None and 0 <= now - end < self.width // 10:
                    now = end
                table = _difference(counted, self._dumped)
                start, self._since, self._dumped = self._since, now, counted
            if table:
                self.spool.append([Record(_marshal(table), start, max(0, now - start), self._label_set())])
        except Exception as error:
            print('strata: a slice of this program was not kept: %s' % error, file=sys.stderr)

    def _label_set(self) -> Tuple[Tuple[str, str], ...]:
        name = os.path.basename(sys.argv[0]) if getattr(sys, 'argv', None) and sys.argv[0] else 'python'
        return tuple(sorted(dict({'program': name}, **self.labels).items()))

    def _count(self) -> Table:
        """What all profilers counted so far."""
        alive = []
        for profiler, thread in self._profilers:
            if thread.is_alive() or IS_PROCESS_WIDE:
                alive.append((profiler, thread))
            else:
                _add(self._ended, _table(profiler))
                self._gone.append(profiler)
        self._profilers = alive
        total = {function: (figures, dict(callers)) for function, (figures, callers) in self._ended.items()}
        for profiler, _ in alive:
            _add(total, _table(profiler))
        return total


def _finalize(recording: Recording) -> None:
    util = sys.modules['multiprocessing.util']
    util.Finalize(recording, recording.end, exitpriority=-100)


#: What is left out: the agent, and what it has cProfile do.
_OWN = (os.path.dirname(os.path.abspath(__file__)) + os.sep, cProfile.__file__)


def _table(profiler: Any) -> Table:
    profiler.snapshot_stats()
    return {
        function: (_whole(stats), {caller: _whole(edge) for caller, edge in stats[4].items()
                                   if not caller[0].startswith(_OWN)})
        for function, stats in profiler.stats.items() if not function[0].startswith(_OWN)
    }


def _whole(stats: Any) -> Figures:
    # A caller has all calls first, unlike a function.
    return stats[0], stats[1], round(stats[2] * 1e9), round(stats[3] * 1e9)


def _add(table: Table, other: Table) -> None:
    for function, (figures, callers) in other.items():
        known, edges = table.get(function, (_ZERO, {}))
        for caller, edge in callers.items():
            edges[caller] = _sum(edges.get(caller, _ZERO), edge)
        table[function] = (_sum(known, figures), edges)


def _sum(a: Figures, b: Figures) -> Figures:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]


def _less(a: Figures, b: Figures) -> Figures:
    return a[0] - b[0], a[1] - b[1], max(0, a[2] - b[2]), max(0, a[3] - b[3])


def _difference(table: Table, before: Table) -> Table:
    difference: Table = {}
    for function, (figures, callers) in table.items():
        old, old_callers = before.get(function, (_ZERO, {}))
        if figures == old and callers == old_callers:
            continue
        edges = {caller: _less(edge, old_callers.get(caller, _ZERO)) for caller, edge in callers.items()
                 if edge != old_callers.get(caller)}
        difference[function] = (_less(figures, old), edges)
    return difference


def _marshal(table: Table) -> bytes:
    return marshal.dumps({function: _seconds(figures) + ({caller: _seconds(edge) for caller, edge in callers.items()},)
                          for function, (figures, callers) in table.items()})


def _seconds(figures: Figures) -> Tuple[int, int, float, float]:
    return figures[0], figures[1], figures[2] * 1e-9, figures[3] * 1e-9
