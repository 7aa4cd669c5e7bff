# SPDX-License-Identifier: Apache-2.0
"""Dumps of a running program, slice by slice: what all its versions of cProfile have in common.

The profilers are never reset. A slice is the difference between what they have counted by its end and by its start, in
whole nanoseconds, so that the slices add up exactly to what one profiler would say about the whole program.
"""
from __future__ import annotations

import os
import sys
from _thread import RLock, TIMEOUT_MAX
from marshal import dumps
# By name, because the program may replace them in their modules, as tests do with the clock.
from os import urandom, write
from time import time_ns

from ..capture.figures import is_own, statistics
from ..spool.layout import VALUE_LIMIT, cut
from .folder import Closed, Folder

try:
    from _json import encode_basestring_ascii
except ImportError:  # Not CPython.
    from json.encoder import encode_basestring_ascii

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Tuple

    from ..capture.figures import Function

    #: Primitive calls, calls, self time and cumulative time in whole nanoseconds, which add up exactly.
    Figures = Tuple[int, int, int, int]
    #: The figures of functions, and by caller, where all calls come first and primitive calls second.
    Table = Dict[Function, Tuple[Figures, Dict[Function, Figures]]]

_ZERO: Figures = (0, 0, 0, 0)
#: The longest time that a lock can be waited for, in seconds.
_LONGEST = TIMEOUT_MAX / 2


class Dumps:
    """Writes what profilers counted into a folder, slice by slice. Times are nanoseconds.

    Subclasses turn the profilers on, run a thread for the slices, and say what was counted.
    """

    def __init__(self, path: str, width: int, labels: str, has_room: bool) -> None:
        """`path` ends with a separator. `labels` are as written in a line; the program's name is added if it
        `has_room`."""
        self._folder = Folder(path)
        self._width, self._labels, self._has_room = width, labels, has_room
        self._lock = RLock()
        #: When the current slice started, and what had been counted by then.
        self._since = time_ns()
        self._dumped: Table = {}
        #: Whether the recording has ended for good.
        self._is_closed = False

    # For subclasses to implement

    def _count(self) -> Table:
        """What all profilers have counted so far."""
        raise NotImplementedError

    def _close(self) -> None:
        """Turns the profilers off for good: the program continues at full speed."""
        raise NotImplementedError

    # For subclasses to use

    def _forget_parent(self) -> None:
        """Replaces, in a child process, what a thread of the parent may have held when it forked."""
        self._lock = RLock()
        self._folder.close()

    def _begin(self) -> None:
        """Starts the first slice: what was counted before is in no dump."""
        self._since, self._dumped = time_ns(), self._count()

    def _slice_end(self) -> Tuple[int, float]:
        """When the current slice ends, and how many seconds to wait for that."""
        now = time_ns()
        # A timer may fire some microseconds before the clock reaches the time.
        start = self._since if now < self._since <= now + self._width // 10 else now
        end = (start // self._width + 1) * self._width
        return end, min(_LONGEST, (end - now) / 1e9)

    def _dump(self, end: Optional[int] = None) -> None:
        """Writes what was counted since the last dump, if anything. Never raises.

        `end` is the nominal end of the slice: a dump that is some milliseconds early or late does not change it.
        """
        try:
            with self._lock:
                if self._is_closed:
                    return
                now, counted = time_ns(), self._count()
                if end is not None and abs(now - end) < self._width // 10:
                    now = end
                table = difference(counted, self._dumped)
                if table:
                    self._write(_marshal(table), max(0, now - self._since))
                self._since, self._dumped = now, counted
        except Closed:
            self._is_closed = True
            self._close()
        except Exception as error:  # What was counted will be in the next slice.
            text = 'strata: a slice of this program was not written: %s\n' % error
            try:
                write(2, text.encode('utf-8', 'backslashreplace'))
            except OSError:
                pass

    def _write(self, data: bytes, duration: int) -> None:
        labels = self._labels
        if self._has_room:
            labels += '"program":%s,' % encode_basestring_ascii(cut(_program() or 'python', VALUE_LIMIT))
        start, identity = self._since, urandom(16).hex()

        def line(file: str) -> bytes:
            return ('{"file":"%s","timestamp":"%s","duration":"%s","labels":{%s},"covers":"slice","id":"%s","size":%d}\n'
                    % (file, _seconds_text(start), _seconds_text(duration), labels[:-1], identity, len(data))).encode()

        self._folder.append(data, start, line)


def table(profiler: Any) -> Table:
    """What a profiler has counted, without the agent's own functions."""
    return {
        function: (_whole(row), {caller: _whole(edge) for caller, edge in row[4].items() if not is_own(caller)})
        for function, row in statistics(profiler).items()
    }


def _whole(row: Any) -> Figures:
    return row[0], row[1], round(row[2] * 1e9), round(row[3] * 1e9)


def add(table: Table, other: Table) -> None:
    """Adds one table to another."""
    for function, (figures, callers) in other.items():
        known, edges = table.get(function, (_ZERO, {}))
        for caller, edge in callers.items():
            edges[caller] = _sum(edges.get(caller, _ZERO), edge)
        table[function] = (_sum(known, figures), edges)


def difference(table: Table, before: Table) -> Table:
    """What a table has more than an earlier one, without the functions that were not called."""
    found: Table = {}
    for function, (figures, callers) in table.items():
        old, old_callers = before.get(function, (_ZERO, {}))
        if figures == old and callers == old_callers:
            continue
        edges = {caller: _less(edge, old_callers.get(caller, _ZERO)) for caller, edge in callers.items()
                 if edge != old_callers.get(caller)}
        found[function] = (_less(figures, old), edges)
    return found


def _sum(a: Figures, b: Figures) -> Figures:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]


def _less(a: Figures, b: Figures) -> Figures:
    return a[0] - b[0], a[1] - b[1], max(0, a[2] - b[2]), max(0, a[3] - b[3])


def _marshal(table: Table) -> bytes:
    return dumps({function: _seconds(figures) + ({caller: _seconds(edge) for caller, edge in callers.items()},)
                  for function, (figures, callers) in table.items()})


def _seconds(figures: Figures) -> Tuple[int, int, float, float]:
    return figures[0], figures[1], figures[2] * 1e-9, figures[3] * 1e-9


def _program() -> str:
    # While the interpreter starts there are no arguments yet, and a program may replace them by anything.
    try:
        return str.rpartition(sys.argv[0], os.sep)[2]
    except (AttributeError, IndexError, TypeError):
        return ''


def _seconds_text(nanoseconds: int) -> str:
    return '%d.%09d' % divmod(nanoseconds, 1_000_000_000)
