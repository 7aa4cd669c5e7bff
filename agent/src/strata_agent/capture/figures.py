# SPDX-License-Identifier: Apache-2.0
"""What a profiler recorded, by function, without the agent's own functions.

`cProfile` itself keeps only the last of several functions that share file, line and name, such as two lambdas on one
line. Here they are added up.

`strata run` loads this module into programs whose own modules may have any name: it imports only what is built into
the interpreter.
"""
from __future__ import annotations

import marshal
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Tuple

    #: File, first line and name.
    Function = Tuple[str, int, str]
    #: Primitive calls, calls, self time and cumulative time in seconds; then the same by caller, where all calls come
    #: first and primitive calls second, as pstats expects.
    Row = Tuple[int, int, float, float, Dict[Function, Tuple[int, int, float, float]]]

#: The folder of this package: functions in files below it are the agent's own.
FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep

#: Functions that the agent calls when it turns a profiler off.
_ENDS = ("<method 'disable' of '_lsprof.Profiler' objects>", '<built-in method sys.getprofile>')


def statistics(profile: Any) -> Dict[Function, Row]:
    """The rows of all functions but the agent's own, which may still appear as callers."""
    entries = profile.getstats()
    rows: Dict[Function, Row] = {}
    for entry in entries:
        function = label(entry.code)
        if is_own(function):
            continue
        primitive, calls, own, cumulative, callers = rows.get(function) or (0, 0, 0.0, 0.0, {})
        rows[function] = (primitive + entry.callcount - entry.reccallcount, calls + entry.callcount,
                          own + entry.inlinetime, cumulative + entry.totaltime, callers)
    for entry in entries:
        caller = label(entry.code)
        for edge in entry.calls or ():
            row = rows.get(label(edge.code))
            if row is not None:
                calls, primitive, own, cumulative = row[4].get(caller, (0, 0, 0.0, 0.0))
                row[4][caller] = (calls + edge.callcount, primitive + edge.callcount - edge.reccallcount,
                                  own + edge.inlinetime, cumulative + edge.totaltime)
    return rows


def is_own(function: Function) -> bool:
    """Whether a function belongs to the agent."""
    return function[0].startswith(FOLDER)


def label(code: Any) -> Function:
    """The file, first line and name of a code object, or of a C function, for which a profiler has only a text."""
    if isinstance(code, str):
        return '~', 0, code
    return code.co_filename, code.co_firstlineno, code.co_name


def dump(profile: Any) -> Tuple[bytes, int]:
    """The dump of a profiler as `pstats` loads it, and the number of calls in it.

    The profiler may be off by now, or on in another thread.
    """
    rows = {function: row for function, row in statistics(profile).items() if not _is_end(function, row)}
    total = 0
    for function, (primitive, calls, own, cumulative, callers) in rows.items():
        total += calls
        if any(is_own(caller) for caller in callers):
            rows[function] = (primitive, calls, own, cumulative,
                              {caller: edge for caller, edge in callers.items() if not is_own(caller)})
    return marshal.dumps(rows), total


def _is_end(function: Function, row: Row) -> bool:
    """Whether only the agent called a C function, for example to end a capture."""
    if function[0] != '~' or not all(is_own(caller) for caller in row[4]):
        return False
    return bool(row[4]) or function[2] in _ENDS
