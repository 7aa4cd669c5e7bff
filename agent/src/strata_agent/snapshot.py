# SPDX-License-Identifier: Apache-2.0
"""What a profiler saw, as a dump: without the agent's own functions, and with all others.

`cProfile` itself keeps the last of several functions that have one label, such as two lambdas in a line; here they are
added up.
"""
from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any, NamedTuple

from .figures import is_own, statistics

if TYPE_CHECKING:
    from .figures import Function, Row

#: What turning a profiler off looks like in it.
_ENDS = ("<method 'disable' of '_lsprof.Profiler' objects>", '<built-in method sys.getprofile>')


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


def _is_end(function: Function, row: Row) -> bool:
    """Whether it is a function in C that the agent alone called, as to end a capture."""
    if function[0] != '~' or not all(is_own(caller) for caller in row[4]):
        return False
    return bool(row[4]) or function[2] in _ENDS
