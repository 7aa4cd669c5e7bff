# SPDX-License-Identifier: Apache-2.0
"""A profiler for each thread, and a thread that dumps what all of them counted: for Python before 3.12."""
from __future__ import annotations

import cProfile
import marshal
import os
import sys
import threading
from typing import Any, Dict, List, Optional, Tuple

from . import clocks
from .records import Record
from .snapshot import Figures, Table, is_own, statistics
from .spool import Spool

_ZERO: Figures = (0, 0, 0, 0)


class ThreadDumps:
    """Writes what the profilers of all threads counted into a spool folder, slice by slice. Times are nanoseconds."""

    def __init__(self, spool: Spool, width: int, labels: Dict[str, str]) -> None:
        self._spool, self._width, self._labels = spool, width, labels
        self._lock = threading.RLock()
        self._profilers: List[Tuple[Any, Any]] = []
        #: Profilers of threads that are gone. One that goes while it is on ends what is on in the thread where it
        #: goes: so they go in the thread of the dumps, which has none.
        self._gone: List[Any] = []
        #: What ended threads counted, and what is in dumps already.
        self._ended: Table = {}
        self._dumped: Table = {}
        self._since = clocks.now()

    def start(self) -> None:
        """Turns the profilers on, in this thread and in those to come."""
        # Called first in each new thread, whose profiler then takes its place.
        threading.setprofile(self._enter_thread)
        self._add_profiler()
        self._start_thread()

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
            # Timers may end some microseconds before the clock says so.
            start = self._since if now < self._since <= now + self._width // 10 else now
            end = (start // self._width + 1) * self._width
            if self._is_ending.wait((end - now) / 1e9):
                return
            self._dump(end)
            self._gone.clear()

    def end(self) -> None:
        """Writes the last dump."""
        self._is_ending.set()
        self._dump()

    def after_fork(self) -> None:
        """Starts anew in a child process: the thread that forked goes on under its profiler, the others are gone."""
        self._lock = threading.RLock()
        current = threading.current_thread()
        self._gone += [profiler for profiler, thread in self._profilers if thread is not current]
        self._profilers = [(profiler, thread) for profiler, thread in self._profilers if thread is current]
        self._ended = {}
        self._spool.close()
        self._dumped = self._count()
        self._since = clocks.now()
        self._start_thread()

    def _dump(self, end: Optional[int] = None) -> None:
        """Writes what was counted since the last dump; nothing where that is nothing. Never raises.

        `end` is when the slice ends: being some milliseconds late does not make it longer, nor does being early.
        """
        try:
            with self._lock:
                now, counted = clocks.now(), self._count()
                if end is not None and abs(now - end) < self._width // 10:
                    now = end
                table = _difference(counted, self._dumped)
                if table:
                    duration = max(0, now - self._since)
                    self._spool.append([Record(_marshal(table), self._since, duration, self._label_set())])
                self._since, self._dumped = now, counted
        except Exception as error:  # What was counted comes with the next slice.
            print('strata: a slice of this program was not kept: %s' % error, file=sys.stderr)

    def _label_set(self) -> Tuple[Tuple[str, str], ...]:
        name = os.path.basename(sys.argv[0]) if getattr(sys, 'argv', None) and sys.argv[0] else 'python'
        return tuple(sorted(dict({'program': name}, **self._labels).items()))

    def _count(self) -> Table:
        """What all profilers counted so far."""
        alive = []
        for profiler, thread in self._profilers:
            if thread.is_alive():
                alive.append((profiler, thread))
            else:
                _add(self._ended, _table(profiler))
                self._gone.append(profiler)
        self._profilers = alive
        total = {function: (figures, dict(callers)) for function, (figures, callers) in self._ended.items()}
        for profiler, _ in alive:
            _add(total, _table(profiler))
        return total


#: What is left out beside the agent: what it has cProfile do.
_CPROFILE = cProfile.__file__


def _table(profiler: Any) -> Table:
    return {
        function: (_whole(row), {caller: _whole(edge) for caller, edge in row[4].items()
                                 if not is_own(caller) and caller[0] != _CPROFILE})
        for function, row in statistics(profiler).items() if function[0] != _CPROFILE
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
