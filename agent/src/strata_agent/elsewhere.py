# SPDX-License-Identifier: Apache-2.0
"""Turns off a profiler that is on in another thread, before Python 3.12.

There only its own thread can turn a profiler off. So the profiler is given a clock that does: it is read in the thread
that is profiled, at its next call or return. What the profiler saw is of no use then.

`strata run` reads this file in programs whose own modules may have any name: it imports only what the interpreter has
by itself.
"""
from __future__ import annotations

import sys
from _functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

#: Profilers that are on, or were a moment ago.
_profiles: List[Any] = []


def turn_off(profile: Any) -> None:
    """Has a profiler turned off by the thread in which it is on."""
    # It must outlive the call of its clock, and where it goes, what is on in that thread ends.
    _profiles.append(profile)
    # The clock does not hold it: nothing would ever let go of the two.
    profile.__init__(partial(_read, id(profile)))


def _read(identity: int) -> int:
    """The time by the clock of a profiler that is to be turned off."""
    if id(sys.getprofile()) == identity:
        sys.setprofile(None)  # Not disable(): it frees what the profiler is about to use.
    return 0


def release() -> None:
    """Lets go of the profilers that are off; for the agent's thread, in which no other is on."""
    if _is_read():
        return
    for _ in range(len(_profiles)):
        try:
            profile = _profiles.pop(0)
        except IndexError:  # The thread of an agent that was stopped was faster.
            return
        if sys.getrefcount(profile) > 2:  # Not here alone, but in a thread.
            _profiles.append(profile)
        else:
            profile.__init__()


def _is_read() -> bool:
    """Whether a thread is in one of the clocks, and so in its profiler."""
    frames: List[Any] = list(sys._current_frames().values()) if _profiles else []
    while frames:
        frame = frames.pop()
        if frame.f_code is _read.__code__:
            return True
        if frame.f_back is not None:
            frames.append(frame.f_back)
    return False
