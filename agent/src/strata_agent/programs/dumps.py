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

from ..capture.figures import FOLDER, label
from ..spool.layout import VALUE_LIMIT, cut
from .folder import Closed, Folder

try:
    from _json import encode_basestring_ascii
except ImportError:  # Not CPython.
    from json.encoder import encode_basestring_ascii

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Tuple

    from ..capture.figures import Function, Row

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
                rows = rows_since(self._dumped, counted)
                if rows:
                    self._write(dumps(rows), max(0, now - self._since))
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
    """What a profiler has counted, without the agent's own functions.

    This and the functions below run for each slice while the program waits for the interpreter lock, so they make few
    calls per function.
    """
    entries = profiler.getstats()
    found: Table = {}
    for entry in entries:
        function = label(entry.code)
        if function[0].startswith(FOLDER):
            continue
        (primitive, calls, own, cumulative), callers = found.get(function) or (_ZERO, {})
        found[function] = (primitive + entry.callcount - entry.reccallcount, calls + entry.callcount,
                           own + round(entry.inlinetime * 1e9), cumulative + round(entry.totaltime * 1e9)), callers
    for entry in entries:
        caller = label(entry.code)
        if entry.calls and caller in found:
            for edge in entry.calls:
                callee = found.get(label(edge.code))
                if callee is not None:
                    calls, primitive, own, cumulative = callee[1].get(caller, _ZERO)
                    callee[1][caller] = (
                        calls + edge.callcount, primitive + edge.callcount - edge.reccallcount,
                        own + round(edge.inlinetime * 1e9), cumulative + round(edge.totaltime * 1e9))
    return found


def add(table: Table, other: Table) -> None:
    """Adds one table to another."""
    for function, (figures, callers) in other.items():
        known, edges = table.get(function, (_ZERO, {}))
        for caller, edge in callers.items():
            edges[caller] = _sum(edges.get(caller, _ZERO), edge)
        table[function] = (_sum(known, figures), edges)


def _sum(a: Figures, b: Figures) -> Figures:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]


def rows_since(before: Table, table: Table) -> Dict[Function, Row]:
    """What a table has more than an earlier one, as the rows of a dump; without functions that were not called."""
    rows: Dict[Function, Row] = {}
    for function, (figures, callers) in table.items():
        old, old_callers = before.get(function) or (_ZERO, {})
        if figures == old and callers == old_callers:
            continue
        edges = {}
        for caller, edge in callers.items():
            old_edge = old_callers.get(caller, _ZERO)
            if edge != old_edge:
                edges[caller] = _seconds(edge, old_edge)
        rows[function] = _seconds(figures, old) + (edges,)
    return rows


def _seconds(figures: Figures, old: Figures) -> Tuple[int, int, float, float]:
    """The difference of figures, with its times in seconds."""
    return figures[0] - old[0], figures[1] - old[1], (figures[2] - old[2]) * 1e-9, (figures[3] - old[3]) * 1e-9


def _program() -> str:
    # While the interpreter starts there are no arguments yet, and a program may replace them by anything.
    try:
        return str.rpartition(sys.argv[0], os.sep)[2]
    except (AttributeError, IndexError, TypeError):
        return ''


def _seconds_text(nanoseconds: int) -> str:
    return '%d.%09d' % divmod(nanoseconds, 1_000_000_000)
