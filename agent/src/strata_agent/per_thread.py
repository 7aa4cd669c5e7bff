# SPDX-License-Identifier: Apache-2.0
"""A profiler for each thread, and a thread that dumps what all of them counted: for Python before 3.12.

It imports only what `whole.py` says, so not `threading`: threads that the program starts with `threading` get their
profilers when the program has imported it. The thread here is not one of them.
"""
from __future__ import annotations

import os
import sys
from _lsprof import Profiler
from _thread import RLock, TIMEOUT_MAX, allocate_lock, get_ident, start_new_thread
from marshal import dumps
# The program may replace it, as tests do with the clock.
from time import time_ns

from .bounds import VALUE_LIMIT, cut
from .elsewhere import turn_off
from .figures import is_own, statistics
from .folder import Closed, Folder

try:
    from _json import encode_basestring_ascii
except ImportError:  # Not CPython.
    from json.encoder import encode_basestring_ascii

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Tuple

    from .figures import Figures, Table

_ZERO: Figures = (0, 0, 0, 0)
#: Where the standard library has its threads.
_THREADING = os.path.join(os.path.dirname(os.path.realpath(os.__file__)), 'threading.py')
#: The longest time to wait for a lock, in seconds.
_LONGEST = TIMEOUT_MAX / 2


class ThreadDumps:
    """Writes what the profilers of all threads counted into a folder, slice by slice. Times are nanoseconds."""

    def __init__(self, path: str, width: int, labels: str, has_room: bool) -> None:
        """`labels` are as written in a line; the name of the program comes after them if it `has_room`."""
        self._folder = Folder(path)
        self._width, self._labels, self._has_room = width, labels, has_room
        self._lock = RLock()
        #: With the number of the thread that each is on in.
        self._profilers: List[Tuple[Any, int]] = []
        #: Profilers of threads that are gone. One that goes while it is on ends what is on in the thread where it
        #: goes: so they go in the thread of the dumps, which has none.
        self._gone: List[Any] = []
        #: What ended threads counted, and what is in dumps already.
        self._ended: Table = {}
        self._dumped: Table = {}
        self._since = time_ns()
        self._is_closed = False
        #: The module whose threads get profilers.
        self._threading: Any = None

    def start(self) -> None:
        """Turns the profilers on, in this thread and in those to come."""
        self._start_thread()
        if not self._watch_threads():
            sys.meta_path.insert(0, _ThreadingFinder(self._profile_threads))
        self._add_profiler()

    def _watch_threads(self) -> bool:
        """Has the threads of `threading` profiled, if it is imported; returns whether it is."""
        module = sys.modules.get('threading')
        if module is None or getattr(getattr(module, '__spec__', None), '_initializing', False):
            return False  # Another thread is importing it.
        if module is not self._threading and _is_threading(getattr(module, '__file__', None)):
            self._profile_threads(module)
        return True

    def _profile_threads(self, module: Any) -> None:
        # Called first in each new thread, whose profiler then takes its place.
        module.setprofile(self._enter_thread)
        self._threading = module

    def _add_profiler(self) -> None:
        profiler, thread = Profiler(), get_ident()
        with self._lock:
            # The number of a thread that is gone may be reused.
            self._end([each for each in self._profilers if each[1] == thread])
            self._profilers.append((profiler, thread))
        profiler.enable()

    def _enter_thread(self, frame: Any, event: str, argument: Any) -> None:
        if self._is_closed:
            sys.setprofile(None)
        else:
            self._add_profiler()

    def _start_thread(self) -> None:
        self._wake = allocate_lock()
        self._wake.acquire()
        start_new_thread(self._run, (self._wake,))

    def _run(self, wake: Any) -> None:
        while not self._is_closed:
            now = time_ns()
            # Timers may end some microseconds before the clock says so.
            start = self._since if now < self._since <= now + self._width // 10 else now
            end = (start // self._width + 1) * self._width
            if wake.acquire(True, min(_LONGEST, (end - now) / 1e9)):
                return
            self._dump(end)
            self._gone.clear()

    def end(self) -> None:
        """Writes the last dump."""
        try:
            self._wake.release()
        except RuntimeError:  # It was, a moment ago.
            pass
        self._dump()

    def after_fork(self) -> None:
        """Starts anew in a child process: the thread that forked goes on under its profiler, the others are gone."""
        if self._is_closed:
            return
        self._lock = RLock()
        current = get_ident()
        self._gone += [profiler for profiler, thread in self._profilers if thread != current]
        self._profilers = [(profiler, thread) for profiler, thread in self._profilers if thread == current]
        self._ended = {}
        self._folder.close()
        self._dumped = self._count()
        self._since = time_ns()
        self._start_thread()

    def _dump(self, end: Optional[int] = None) -> None:
        """Writes what was counted since the last dump; nothing where that is nothing. Never raises.

        `end` is when the slice ends: being some milliseconds late does not make it longer, nor does being early.
        """
        try:
            with self._lock:
                if self._is_closed:
                    return
                self._watch_threads()  # Where another finder was asked for it first.
                now, counted = time_ns(), self._count()
                if end is not None and abs(now - end) < self._width // 10:
                    now = end
                table = _difference(counted, self._dumped)
                if table:
                    self._write(_marshal(table), max(0, now - self._since))
                self._since, self._dumped = now, counted
        except Closed:
            self._close()
        except Exception as error:  # What was counted comes with the next slice.
            text = 'strata: a slice of this program was not kept: %s\n' % error
            try:
                os.write(2, text.encode('utf-8', 'backslashreplace'))
            except OSError:
                pass

    def _write(self, data: bytes, duration: int) -> None:
        labels = self._labels
        if self._has_room:
            labels += '"program":%s,' % encode_basestring_ascii(cut(_program() or 'python', VALUE_LIMIT))
        start, identity = self._since, os.urandom(16).hex()

        def line(file: str) -> bytes:
            return ('{"file":"%s","timestamp":"%s","duration":"%s","labels":{%s},"covers":"slice","id":"%s","size":%d}\n'
                    % (file, _seconds_text(start), _seconds_text(duration), labels[:-1], identity, len(data))).encode()

        self._folder.append(data, start, line)

    def _close(self) -> None:
        """Ends the recording for good: the program goes on at its own speed."""
        with self._lock:
            self._is_closed = True
            profilers, self._profilers = self._profilers, []
            self._ended, self._dumped = {}, {}
        for profiler, _ in profilers:
            turn_off(profiler)

    def _count(self) -> Table:
        """What all profilers counted so far."""
        threads = sys._current_frames()
        self._end([each for each in self._profilers if each[1] not in threads])
        total = {function: (figures, dict(callers)) for function, (figures, callers) in self._ended.items()}
        for profiler, _ in self._profilers:
            _add(total, _table(profiler))
        return total

    def _end(self, profilers: List[Tuple[Any, int]]) -> None:
        """Keeps what the profilers of ended threads counted, in place of them."""
        if not profilers:
            return
        for profiler, _ in profilers:
            _add(self._ended, _table(profiler))
            self._gone.append(profiler)
        self._profilers = [each for each in self._profilers if each not in profilers]


def _is_threading(file: Any) -> bool:
    """Whether it is the module of the standard library, not one of the program's."""
    return isinstance(file, str) and os.path.realpath(file) == _THREADING


class _ThreadingFinder:
    """Waits in `sys.meta_path` for the import of `threading`, and finds nothing itself."""

    def __init__(self, then: Any) -> None:
        """`then` is called with the module when it is there."""
        self._then = then
        self._is_asking = False

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """What the other finders find; None unless it is the awaited module."""
        if name != 'threading' or self._is_asking:
            return None
        self._is_asking = True
        try:
            for finder in list(sys.meta_path):
                find = getattr(finder, 'find_spec', None)
                spec = find(name, path, target) if find is not None and finder is not self else None
                if spec is not None:
                    if _is_threading(spec.origin) and hasattr(spec.loader, 'exec_module'):
                        spec.loader = _Loader(spec.loader, self._then)
                    return spec
            return None
        finally:
            self._is_asking = False


class _Loader:
    """Loads a module as another loader does, which is then named as its loader."""

    def __init__(self, loader: Any, then: Any) -> None:
        self._loader, self._then = loader, then

    def create_module(self, spec: Any) -> Any:
        """A module, or None for a usual one."""
        return self._loader.create_module(spec)

    def exec_module(self, module: Any) -> None:
        """Runs it."""
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._then(module)


def _table(profiler: Any) -> Table:
    return {
        function: (_whole(row), {caller: _whole(edge) for caller, edge in row[4].items() if not is_own(caller)})
        for function, row in statistics(profiler).items()
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
    return dumps({function: _seconds(figures) + ({caller: _seconds(edge) for caller, edge in callers.items()},)
                  for function, (figures, callers) in table.items()})


def _seconds(figures: Figures) -> Tuple[int, int, float, float]:
    return figures[0], figures[1], figures[2] * 1e-9, figures[3] * 1e-9


def _program() -> str:
    # When the interpreter starts, there is no name yet, and a program may put anything there.
    try:
        return str.rpartition(sys.argv[0], os.sep)[2]
    except (AttributeError, IndexError, TypeError):
        return ''


def _seconds_text(nanoseconds: int) -> str:
    return '%d.%09d' % divmod(nanoseconds, 1_000_000_000)
