# SPDX-License-Identifier: Apache-2.0
"""Before Python 3.12: a profiler for each thread, and one more thread that dumps what all of them counted.

It imports only what `recording.py` allows, so not `threading`. Threads that the program starts with `threading` get
their profilers once the program has imported that module. The thread here is not one of them.
"""
from __future__ import annotations

import os
import sys
from _lsprof import Profiler
from _thread import allocate_lock, get_ident, start_new_thread

from ..capture.foreign_threads import turn_off
from .dumps import Dumps, add, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple

    from .dumps import Table

#: The file of the standard library's `threading`.
_THREADING = os.path.join(os.path.dirname(os.path.realpath(os.__file__)), 'threading.py')


class EachThread(Dumps):
    """Dumps the profilers of all threads."""

    def __init__(self, path: str, width: int, labels: str, has_room: bool) -> None:
        super().__init__(path, width, labels, has_room)
        #: The profilers, each with the identity of its thread.
        self._profilers: List[Tuple[Any, int]] = []
        #: Profilers of threads that have ended. Freeing a profiler that is on ends the calls that are on in the thread
        #: that frees it, so they are freed in the thread that dumps, which has no profiler.
        self._gone: List[Any] = []
        #: What threads that have ended counted.
        self._ended: Table = {}
        #: The module whose threads get profilers.
        self._threading: Any = None

    def start(self) -> None:
        """Turns the profilers on, in this thread and in those to come."""
        self._start_thread()
        if not self._watch_threads():
            sys.meta_path.insert(0, _ThreadingFinder(self._profile_threads))
        self._add_profiler()

    def end(self) -> None:
        """Writes the last dump."""
        try:
            self._wake.release()
        except RuntimeError:  # It was released a moment ago.
            pass
        self._dump()

    def after_fork(self) -> None:
        """Starts again in a child process: of the threads, only the one that forked continues."""
        if self._is_closed:
            return
        self._forget_parent()
        current = get_ident()
        self._gone += [profiler for profiler, thread in self._profilers if thread != current]
        self._profilers = [(profiler, thread) for profiler, thread in self._profilers if thread == current]
        self._ended = {}
        self._begin()
        self._start_thread()

    # The threads of the program

    def _watch_threads(self) -> bool:
        """Has the threads of `threading` profiled, if it is imported; returns whether it is."""
        module = sys.modules.get('threading')
        if module is None or getattr(getattr(module, '__spec__', None), '_initializing', False):
            return False  # In the second case another thread is importing it.
        if module is not self._threading and _is_threading(getattr(module, '__file__', None)):
            self._profile_threads(module)
        return True

    def _profile_threads(self, module: Any) -> None:
        # A new thread first calls this function, whose place its profiler then takes.
        module.setprofile(self._enter_thread)
        self._threading = module

    def _enter_thread(self, frame: Any, event: str, argument: Any) -> None:
        if self._is_closed:
            sys.setprofile(None)
        else:
            self._add_profiler()

    def _add_profiler(self) -> None:
        profiler, thread = Profiler(), get_ident()
        with self._lock:
            # The identity of a thread that has ended may be reused.
            self._end([each for each in self._profilers if each[1] == thread])
            self._profilers.append((profiler, thread))
        profiler.enable()

    def _end(self, profilers: List[Tuple[Any, int]]) -> None:
        """Keeps what the profilers of ended threads counted, instead of the profilers."""
        if not profilers:
            return
        for profiler, _ in profilers:
            add(self._ended, table(profiler))
            self._gone.append(profiler)
        self._profilers = [each for each in self._profilers if each not in profilers]

    # The thread that dumps

    def _start_thread(self) -> None:
        self._wake = allocate_lock()
        self._wake.acquire()
        start_new_thread(self._run, (self._wake,))

    def _run(self, wake: Any) -> None:
        while not self._is_closed:
            end, seconds = self._slice_end()
            if wake.acquire(True, seconds):
                return
            self._dump(end)
            self._gone.clear()

    def _count(self) -> Table:
        self._watch_threads()  # In case another finder found the module first.
        threads = sys._current_frames()
        self._end([each for each in self._profilers if each[1] not in threads])
        total = {function: (figures, dict(callers)) for function, (figures, callers) in self._ended.items()}
        for profiler, _ in self._profilers:
            add(total, table(profiler))
        return total

    def _close(self) -> None:
        with self._lock:
            profilers, self._profilers = self._profilers, []
            self._ended, self._dumped = {}, {}
        for profiler, _ in profilers:
            turn_off(profiler)


def _is_threading(file: Any) -> bool:
    """Whether a file is the standard library's module, not one of the program's."""
    return isinstance(file, str) and os.path.realpath(file) == _THREADING


class _ThreadingFinder:
    """Waits in `sys.meta_path` for the import of `threading`; finds nothing itself."""

    def __init__(self, then: Any) -> None:
        """`then` is called with the module once it is imported."""
        self._then = then
        self._is_asking = False

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """The spec that the other finders find for `threading`; None for any other module."""
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
    """Loads a module with another loader, and leaves that as the module's loader."""

    def __init__(self, loader: Any, then: Any) -> None:
        self._loader, self._then = loader, then

    def create_module(self, spec: Any) -> Any:
        """A module, or None for a usual one."""
        return self._loader.create_module(spec)

    def exec_module(self, module: Any) -> None:
        """Runs the module's code."""
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._then(module)
