# SPDX-License-Identifier: Apache-2.0
"""Turns off a profiler that is on in another thread, before Python 3.12.

In those versions only a profiler's own thread can turn it off. So the profiler gets a clock that turns it off: the
profiled thread reads that clock at its next call or return. What the profiler recorded is then discarded.

`strata run` loads this module into programs whose own modules may have any name: it imports only what is built into
the interpreter.
"""
from __future__ import annotations

import sys
from _functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

#: Profilers that are on, or were until a moment ago.
_profiles: List[Any] = []


def turn_off(profile: Any) -> None:
    """Has a profiler turned off by the thread in which it is on."""
    # The profiler must outlive the call of its clock. Also, freeing a profiler ends the calls that are on in the
    # thread that frees it.
    _profiles.append(profile)
    # The clock gets the identity only: a reference to the profiler would be a cycle that is never freed.
    profile.__init__(partial(_read, id(profile)))


def _read(identity: int) -> int:
    """The clock of a profiler that is to be turned off; returns the time."""
    if id(sys.getprofile()) == identity:
        sys.setprofile(None)  # Not disable(), which frees memory that the profiler is about to use.
    return 0


def release() -> None:
    """Frees the profilers that are off by now. Call it in the agent's thread, in which no other profiler is on."""
    if _is_read():
        return
    for _ in range(len(_profiles)):
        try:
            profile = _profiles.pop(0)
        except IndexError:  # The thread of an agent that is stopping got there first.
            return
        if sys.getrefcount(profile) > 2:  # Some thread still refers to it, so it is on there.
            _profiles.append(profile)
        else:
            profile.__init__()


def _is_read() -> bool:
    """Whether a thread is inside one of the clocks, and therefore inside its profiler."""
    frames: List[Any] = list(sys._current_frames().values()) if _profiles else []
    while frames:
        frame = frames.pop()
        if frame.f_code is _read.__code__:
            return True
        if frame.f_back is not None:
            frames.append(frame.f_back)
    return False
