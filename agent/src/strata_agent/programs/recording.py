# SPDX-License-Identifier: Apache-2.0
"""The recording of a whole program under cProfile, one dump for each slice of time.

`strata run` and `python -m strata_agent run` start it in the program, and in the Python programs that it starts. The
profilers are never turned off, and a dump contains what they counted since the last one. So the dumps of a program add
up to what one profiler would say about all of it, and a call is in the slice in which it ended. There is no budget
here: the program takes 1.1 to 7 times as long.

All this is loaded before the program, whose own modules may have the names of any in the standard library. So this
module, and everything that it imports, import only what is built into the interpreter, and three modules written in C
that may be separate files (`_lsprof`, `_json`, `fcntl`). `inject/sitecustomize.py` removes these again afterwards, so
that the program finds what it would find without the agent. Nothing is imported later.
"""
from __future__ import annotations

import _signal
import atexit
import os
import sys
from _thread import get_ident

from ..spool.layout import KEY_LIMIT, LABEL_LIMIT, LABELS_LIMIT, VALUE_LIMIT, cut
from .folder import join

if sys.version_info >= (3, 12):  # From here on a profiler sees all threads.
    from .all_threads import AllThreads as ProgramDumps
else:
    from .each_thread import EachThread as ProgramDumps
try:
    from _json import encode_basestring_ascii, scanstring
except ImportError:  # Not CPython.
    from json.decoder import scanstring  # type: ignore[attr-defined]
    from json.encoder import encode_basestring_ascii

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

#: The folder of the standard library.
_LIBRARY = os.path.dirname(os.path.abspath(os.__file__))


def start_from_environment() -> Optional['Recording']:
    """Starts the recording that the environment requests; None if it requests none, or if the recording has ended."""
    folder = os.environ.get('STRATA_RUN_SPOOL')
    if not folder:
        return None
    every = float(os.environ.get('STRATA_RUN_EVERY') or 10)
    if not every > 0:
        raise ValueError('STRATA_RUN_EVERY: expected more than 0 seconds, found %r' % (every,))
    labels = Labels(texts(os.environ.get('STRATA_RUN_LABELS') or '{}'))
    path = os.path.join(os.path.abspath(folder), '')
    if not join(path):
        return None
    recording = Recording(path, every, labels)
    recording.start()
    return recording


def texts(json: str) -> Dict[str, str]:
    """The strings of a JSON object, without importing `json`. Raises `ValueError` for anything else."""
    found: Dict[str, str] = {}
    place = _after(json, 0, '{')
    while not json.startswith('}', place):
        key, place = scanstring(json, _after(json, place, '"'))
        place = _after(json, place, ':')
        found[key], place = scanstring(json, _after(json, place, '"'))
        place = _after(json, place, '')
        if not json.startswith('}', place):
            place = _after(json, place, ',')
    return found


def _after(json: str, place: int, expected: str) -> int:
    """The position after an expected string, and after the spaces around it."""
    for part in (expected, ''):
        while place < len(json) and json[place] in ' \t\r\n':
            place += 1
        if not json.startswith(part, place):
            raise ValueError('STRATA_RUN_LABELS: expected %s at %d in %r' % (part, place, json[:1000]))
        place += len(part)
        if part == '"':  # Spaces after it belong to the string.
            break
    return place


class Labels:
    """The labels of each dump as written in its line, within the bounds that readers accept."""

    def __init__(self, given: Dict[str, str]) -> None:
        self.left_out = 0
        bounded: Dict[str, str] = {}
        size = 0
        for key, value in given.items():
            key, value = cut(key, KEY_LIMIT), cut(value, VALUE_LIMIT)
            pair = '%s:%s,' % (encode_basestring_ascii(key), encode_basestring_ascii(value))
            if key not in bounded and (len(bounded) >= LABEL_LIMIT or size + len(pair) > LABELS_LIMIT):
                self.left_out += 1
                continue
            bounded[key] = pair
            size += len(pair)
        #: The pairs, each followed by a comma.
        self.text = ''.join(bounded.values())
        #: Whether the name of the program is to be added.
        self.has_room = 'program' not in bounded and len(bounded) < LABEL_LIMIT


class Recording:
    """The dumps of a process, and the ways in which it may end."""

    def __init__(self, path: str, every: float, labels: Labels) -> None:
        self._dumps = ProgramDumps(path, max(1, int(every * 1e9)), labels.text, labels.has_room)
        self._main_thread = get_ident()
        #: Whether the main thread is writing the last dump, and the signal that arrived meanwhile.
        self._is_last = False
        self._asked: Optional[int] = None
        #: The signals that were blocked before a fork, by the thread that forks.
        self._blocked: Dict[int, Any] = {}
        if labels.left_out and sys.stderr is not None:
            sys.stderr.write('strata: %d labels were left out: expected at most %d, with %d bytes in total\n'
                             % (labels.left_out, LABEL_LIMIT, LABELS_LIMIT))

    def start(self) -> None:
        """Turns the profilers on, and prepares for all ends of the process."""
        self._dumps.start()
        atexit.register(self.end)
        if hasattr(os, 'register_at_fork'):
            os.register_at_fork(before=self._before_fork, after_in_parent=self._unblock, after_in_child=self._after_fork)
        self._end_on_signal()

    def end(self) -> None:
        """Writes the last dump. The profilers stay on, because other exit functions may still run."""
        is_main = get_ident() == self._main_thread
        try:
            self._is_last = is_main
            self._dumps.end()
        finally:
            self._is_last = False
        if is_main and self._asked is not None:
            self._die(self._asked)

    def _end_on_signal(self) -> None:
        # By default, these signals end a program without running its exit functions.
        if os.name == 'nt':
            return
        for number in (_signal.SIGTERM, _signal.SIGHUP):
            if _signal.getsignal(number) == _signal.SIG_DFL:
                _signal.signal(number, self._ended_by)

    def _ended_by(self, number: int, frame: Any) -> None:
        if self._is_last:
            # The last dump is being written and holds its locks: it has to be completed first.
            self._asked = number
            return
        self.end()
        self._die(number)

    def _die(self, number: int) -> None:
        _signal.signal(number, _signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _before_fork(self) -> None:
        # CPython discards signals that arrive between the fork and the child's first instruction. Without our handlers
        # such a signal would have ended the child, and a process may wait for that. So signals stay blocked until the
        # child is ready.
        ours = [number for number in (_signal.SIGTERM, _signal.SIGHUP) if _signal.getsignal(number) == self._ended_by]
        if ours and hasattr(_signal, 'pthread_sigmask'):
            self._blocked[get_ident()] = _signal.pthread_sigmask(_signal.SIG_BLOCK, ours)

    def _unblock(self) -> None:
        before = self._blocked.pop(get_ident(), None)
        if before is not None:
            _signal.pthread_sigmask(_signal.SIG_SETMASK, before)

    def _after_fork(self) -> None:
        self._main_thread = get_ident()
        self._dumps.after_fork()
        util = _multiprocessing_util()
        if util is not None:
            # A child process of multiprocessing runs finalizers, but no `atexit` functions.
            util.register_after_fork(self, _finalize)
        self._unblock()


def _finalize(recording: Recording) -> None:
    util = _multiprocessing_util()
    if util is not None:
        util.Finalize(recording, recording.end, exitpriority=-100)


def _multiprocessing_util() -> Any:
    """The standard library's module, if it is imported; a program may have its own module of that name."""
    util = sys.modules.get('multiprocessing.util')
    file = getattr(util, '__file__', None)
    return util if isinstance(file, str) and os.path.dirname(os.path.dirname(file)) == _LIBRARY else None
