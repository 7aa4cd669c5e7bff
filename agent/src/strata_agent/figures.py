# SPDX-License-Identifier: Apache-2.0
"""What a profiler counted, function by function, without what the agent itself did.

`strata run` reads this file in programs whose own modules may have any name: it imports only what the interpreter has by itself.
"""
from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Tuple

    #: File, first line and name.
    Function = Tuple[str, int, str]
    #: Primitive calls, calls, self time, cumulative time in seconds, and the same by callers, which have all calls
    #: first.
    Row = Tuple[int, int, float, float, Dict[Function, Tuple[int, int, float, float]]]
    #: Primitive calls, calls, self time and cumulative time in whole nanoseconds, which add up exactly.
    Figures = Tuple[int, int, int, int]
    #: Figures of functions, and of their callers, which have all calls first.
    Table = Dict[Function, Tuple[Figures, Dict[Function, Figures]]]

#: Where the agent's own functions are.
FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep


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
