# SPDX-License-Identifier: Apache-2.0
"""Dumps of a profiler that sees all threads, by a thread that it does not see: for Python 3.12 and later.

That profiler takes all threads for one. What the thread that dumps calls would be in the dumps, and worse, what returns
in it while another thread computes would end what is on there: functions would last longer than the program. The
profiler is told of functions of Python that begin and end, and of calls of functions in C that stand in code of Python.
So all that this thread does stands in one function, which begins before the profiler is turned on and never ends; it
calls no function of Python, and functions in C only through `itertools.starmap`, which is a type, and not looked into:

    [result] = starmap(function, ((argument, other),))
"""
from __future__ import annotations

import os
import sys
from _lsprof import Profiler
from _thread import TIMEOUT_MAX, allocate_lock, start_new_thread
from itertools import starmap
from marshal import dumps
# The program may replace them, as tests do with the clock.
from os import close, ftruncate, getpid, lseek, open as open_file, read, stat, unlink, urandom, write
from time import gmtime, strftime, time_ns

from .bounds import VALUE_LIMIT
from .figures import FOLDER
from .folder import APPEND, NEW
from .names import GATE, INDEX, LOCK

try:
    from _json import encode_basestring_ascii
except ImportError:  # Not CPython.
    from json.encoder import encode_basestring_ascii
try:
    import fcntl
except ImportError:  # Windows: one process writes.
    fcntl = None  # type: ignore[assignment]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

    from .figures import Table

_FOLDER_SIZE = len(FOLDER)

#: The longest time to wait for a lock, in seconds.
_LONGEST = TIMEOUT_MAX / 2
#: How long the last dump may take, in seconds.
PATIENCE = 10.0


class SilentDumps:
    """Writes what a profiler counted into a folder, slice by slice. Times are nanoseconds."""

    def __init__(self, path: str, width: int, labels: str, has_room: bool) -> None:
        """`path` has a separator at its end. `labels` are as written in a line; the name of the program comes after
        them if it `has_room`."""
        self._path, self._width = path, width
        self._labels, self._has_room = labels, has_room
        self._profiler = Profiler()
        #: The lock of the folder while it is held.
        self._lock_file: Optional[int] = None
        #: Whether the folder takes no more slices.
        self._is_closed = False

    def start(self) -> None:
        """Turns the profiler on; what it counted before is left out."""
        started, self._wake, self._done = allocate_lock(), allocate_lock(), allocate_lock()
        for lock in (started, self._wake, self._done):
            lock.acquire()
        try:
            start_new_thread(self._run, (started,))
        except RuntimeError:
            self._done.release()  # Nobody will write the last dump.
            raise
        started.acquire(True, PATIENCE)
        self._profiler.enable()

    def end(self) -> None:
        """Has the last dump written, and waits for it."""
        try:
            self._wake.release()
        except RuntimeError:  # It was, a moment ago.
            pass
        if self._done.acquire(True, PATIENCE):
            self._done.release()

    def after_fork(self) -> None:
        """Starts anew in a child process: functions that are on now are those of the parent."""
        self._profiler.disable()
        # The parent's thread may have it at this moment, and a lock that a child keeps open outlives who took it.
        if self._lock_file is not None:
            close(self._lock_file)
            self._lock_file = None
        if not self._is_closed:
            self.start()

    def _run(self, started: Any) -> None:
        """The thread. Each line has to keep to what the head of this file says."""
        before: Table = {}
        path, width, since, number = self._path, self._width, 0, 0
        is_first, is_last, is_open = True, False, True
        while not is_last:
            [now] = starmap(time_ns, ((),))
            # Timers may end some microseconds before the clock says so.
            slice_start = since if now < since <= now + width // 10 else now
            end = (slice_start // width + 1) * width
            if not is_first:
                wait = (end - now) / 1e9
                [is_last] = starmap(self._wake.acquire, ((True, wait if wait < _LONGEST else _LONGEST),))
            try:
                [now] = starmap(time_ns, ((),))
                [entries] = starmap(self._profiler.getstats, ((),))
                # Neither does it make a slice longer to be some milliseconds late.
                if not is_last and not is_first and -width // 10 < now - end < width // 10:
                    now = end

                counted: Table = {}
                for entry in entries:
                    code: Any = entry.code
                    if code.__class__ is str:
                        callee: Any = '~', 0, code
                    elif code.co_filename[:_FOLDER_SIZE] == FOLDER:
                        continue
                    else:
                        callee = code.co_filename, code.co_firstlineno, code.co_name
                    a, b, c, d = counted[callee][0] if callee in counted else (0, 0, 0, 0)
                    counted[callee] = (a + entry.callcount - entry.reccallcount, b + entry.callcount,
                                       c + int(entry.inlinetime * 1e9 + 0.5), d + int(entry.totaltime * 1e9 + 0.5)), {}
                for entry in entries:
                    code = entry.code
                    if code.__class__ is str:
                        caller: Any = '~', 0, code
                    else:
                        caller = code.co_filename, code.co_firstlineno, code.co_name
                    if entry.calls is None or caller not in counted:
                        continue
                    for part in entry.calls:
                        code = part.code
                        if code.__class__ is str:
                            callee = '~', 0, code
                        else:
                            callee = code.co_filename, code.co_firstlineno, code.co_name
                        if callee not in counted:
                            continue
                        callers = counted[callee][1]
                        a, b, c, d = callers[caller] if caller in callers else (0, 0, 0, 0)
                        callers[caller] = (a + part.callcount, b + part.callcount - part.reccallcount,
                                           c + int(part.inlinetime * 1e9 + 0.5), d + int(part.totaltime * 1e9 + 0.5))

                table: Dict[Any, Any] = {}
                for callee in counted:
                    figures, callers = counted[callee]
                    old, old_callers = before[callee] if callee in before else ((0, 0, 0, 0), {})
                    if figures == old and callers == old_callers:
                        continue
                    edges: Dict[Any, Any] = {}
                    for caller in callers:
                        a, b, c, d = callers[caller]
                        e, f, g, h = old_callers[caller] if caller in old_callers else (0, 0, 0, 0)
                        if (a, b, c, d) != (e, f, g, h):
                            edges[caller] = a - e, b - f, (c - g) * 1e-9, (d - h) * 1e-9
                    a, b, c, d = figures
                    e, f, g, h = old
                    table[callee] = a - e, b - f, (c - g) * 1e-9, (d - h) * 1e-9, edges

                if is_first:
                    since, before, is_first = now, counted, False
                    [_] = starmap(started.release, ((),))
                    continue
                if not table:
                    since = now
                    continue
                [data] = starmap(dumps, ((table,),))
                [size] = starmap(len, ((data,),))
                duration = now - since if now > since else 0

                labels = self._labels
                if self._has_room:
                    program: Any = 'python'
                    # Where the interpreter starts, there are none yet.
                    try:
                        [parts] = starmap(str.rpartition, ((sys.argv[0], os.sep),))
                        program = parts[2] or program
                    except (AttributeError, IndexError, TypeError):
                        pass
                    # As `cut` does, with nothing at its end.
                    [encoded] = starmap(str.encode, ((program, 'utf-8', 'replace'),))
                    [program] = starmap(bytes.decode, ((encoded[:VALUE_LIMIT], 'utf-8', 'ignore'),))
                    [value] = starmap(encode_basestring_ascii, ((program,),))
                    labels += '"program":%s,' % value
                [random] = starmap(urandom, ((16,),))
                [identity] = starmap(bytes.hex, ((random,),))
                [process] = starmap(getpid, ((),))
                [date] = starmap(gmtime, ((since // 1_000_000_000,),))
                [moment] = starmap(strftime, (('%Y%m%dT%H%M%S', date),))

                # As in Folder.append.
                is_open = False
                [lock] = starmap(open_file, ((path + LOCK, APPEND),))
                self._lock_file = lock
                try:
                    if fcntl is not None:
                        [_] = starmap(fcntl.flock, ((lock, fcntl.LOCK_EX),))
                    [_] = starmap(stat, ((path + GATE,),))
                    is_open = True
                    while True:
                        file = '%s.%09dZ-%d-%d.prof' % (moment, since % 1_000_000_000, process, number)
                        number += 1
                        try:
                            [dump] = starmap(open_file, ((path + file, NEW, 0o666),))
                            break
                        except FileExistsError:
                            pass
                    try:
                        try:
                            rest = data
                            while rest:
                                [written] = starmap(write, ((dump, rest),))
                                rest = rest[written:]
                        finally:
                            [_] = starmap(close, ((dump,),))
                        line = ('{"file":"%s","timestamp":"%d.%09d","duration":"%d.%09d","labels":{%s},'
                                '"covers":"slice","id":"%s","size":%d}\n') % (
                            file, since // 1_000_000_000, since % 1_000_000_000, duration // 1_000_000_000,
                            duration % 1_000_000_000, labels[:-1], identity, size)
                        [rest] = starmap(str.encode, ((line,),))
                        [index] = starmap(open_file, ((path + INDEX, APPEND),))
                        try:
                            [length] = starmap(lseek, ((index, 0, os.SEEK_END),))
                            if length > 0:
                                # What a killed writer left of a line must not swallow this one.
                                [_] = starmap(lseek, ((index, length - 1, os.SEEK_SET),))
                                [last] = starmap(read, ((index, 1),))
                                rest = rest if last == b'\n' else b'\n' + rest
                            try:
                                while rest:
                                    [written] = starmap(write, ((index, rest),))
                                    rest = rest[written:]
                            except OSError:
                                [_] = starmap(ftruncate, ((index, length),))
                                raise
                        finally:
                            [_] = starmap(close, ((index,),))
                    except OSError:
                        [_] = starmap(unlink, ((path + file,),))
                        raise
                finally:
                    # Closing is not enough where a child process was forked meanwhile, and has it open.
                    if fcntl is not None:
                        [_] = starmap(fcntl.flock, ((lock, fcntl.LOCK_UN),))
                    self._lock_file = None
                    [_] = starmap(close, ((lock,),))
                since, before = now, counted
            except Exception as error:  # What was counted comes with the next slice.
                if error.__class__ is FileNotFoundError and not is_open:
                    # The recording has ended for good: the program goes on at its own speed.
                    self._is_closed = is_last = True
                    [_] = starmap(self._profiler.disable, ((),))
                    continue
                [text] = starmap(str.encode, (('strata: a slice of this program was not kept: %s\n' % error,
                                               'utf-8', 'backslashreplace'),))
                try:
                    [_] = starmap(write, ((2, text),))
                except OSError:
                    pass
        [_] = starmap(self._done.release, ((),))
        # To return would end a call of the thread that is captured.
        [_] = starmap(started.acquire, ((),))
