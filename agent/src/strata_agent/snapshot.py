# SPDX-License-Identifier: Apache-2.0
"""What a profiler saw, as a dump: without the agent's own functions, and with all others.

`cProfile` itself keeps the last of several functions that have one label, such as two lambdas in a line; here they are
added up.
"""
from __future__ import annotations

import marshal
import os
from typing import Any, Dict, NamedTuple, Tuple

#: Where the agent's own functions are.
FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep
#: What turning a profiler off looks like in it.
_ENDS = ("<method 'disable' of '_lsprof.Profiler' objects>", '<built-in method sys.getprofile>')

#: File, first line and name.
Function = Tuple[str, int, str]
#: Primitive calls, calls, self time, cumulative time in seconds, and the same by callers, which have all calls first.
Row = Tuple[int, int, float, float, Dict[Function, Tuple[int, int, float, float]]]

#: Primitive calls, calls, self time and cumulative time in whole nanoseconds, which add up exactly.
Figures = Tuple[int, int, int, int]
#: Figures of functions, and of their callers, which have all calls first.
Table = Dict[Function, Tuple[Figures, Dict[Function, Figures]]]


class Dump(NamedTuple):
    """What a profiler saw, as the bytes that `pstats` loads."""

    data: bytes
    #: All calls in it.
    calls: int


def dump(profile: Any) -> Dump:
    """The dump of a profiler, which by now may be off, or on in another thread."""
    rows = {function: row for function, row in statistics(profile).items() if not _is_end(function, row)}
    calls = 0
    for function, (primitive, total, own, cumulative, callers) in rows.items():
        calls += total
        if any(is_own(caller) for caller in callers):
            rows[function] = (primitive, total, own, cumulative,
                              {caller: edge for caller, edge in callers.items() if not is_own(caller)})
    return Dump(marshal.dumps(rows), calls)


def statistics(profile: Any) -> Dict[Function, Row]:
    """The rows of all functions but the agent's, whose edges are still there."""
    entries = profile.getstats()
    rows: Dict[Function, Row] = {}
    for entry in entries:
        function = _label(entry.code)
        if is_own(function):
            continue
        primitive, calls, own, cumulative, callers = rows.get(function) or (0, 0, 0.0, 0.0, {})
        rows[function] = (primitive + entry.callcount - entry.reccallcount, calls + entry.callcount,
                          own + entry.inlinetime, cumulative + entry.totaltime, callers)
    for entry in entries:
        caller = _label(entry.code)
        for edge in entry.calls or ():
            row = rows.get(_label(edge.code))
            if row is not None:
                calls, primitive, own, cumulative = row[4].get(caller, (0, 0, 0.0, 0.0))
                row[4][caller] = (calls + edge.callcount, primitive + edge.callcount - edge.reccallcount,
                                  own + edge.inlinetime, cumulative + edge.totaltime)
    return rows


def is_own(function: Function) -> bool:
    """Whether it is a function of the agent."""
    return function[0].startswith(FOLDER)


def _label(code: Any) -> Function:
    if isinstance(code, str):
        return '~', 0, code
    return code.co_filename, code.co_firstlineno, code.co_name


def _is_end(function: Function, row: Row) -> bool:
    """Whether it is a function in C that the agent alone called, as to end a capture."""
    if function[0] != '~' or not all(is_own(caller) for caller in row[4]):
        return False
    return bool(row[4]) or function[2] in _ENDS
