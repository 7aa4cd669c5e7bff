# SPDX-License-Identifier: Apache-2.0
"""A whole program under cProfile, one dump for each slice of time: what `strata run` and `python -m strata_agent run`
start in the program, and in the Python programs that it starts.

The profilers run on, and a dump has what they counted since the last one; so the dumps of a program add up to what one
profiler would have said of all of it, and a call is in the slice in which it ended. There is no budget here: the
program takes 1.1 to 7 times its time.

All this is loaded before the program, whose own modules may have the names of any in the standard library. So this
file and all those that it imports import only what the interpreter has by itself, and three modules in C that may
have a file (`_lsprof`, `_json`, `fcntl`); `inject/sitecustomize.py` takes these out again, so that the program finds
what it would find without the agent. Nothing is imported later.
"""
from __future__ import annotations

import _signal
import atexit
import os
import sys
from _thread import get_ident

from .bounds import KEY_LIMIT, LABEL_LIMIT, LABELS_LIMIT, VALUE_LIMIT, cut
from .folder import join

if sys.version_info >= (3, 12):  # There a profiler sees all threads.
    from .silent import SilentDumps as Dumps
else:
    from .per_thread import ThreadDumps as Dumps
try:
    from _json import encode_basestring_ascii, scanstring
except ImportError:  # Not CPython.
    from json.decoder import scanstring  # type: ignore[attr-defined]
    from json.encoder import encode_basestring_ascii

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

#: Where the standard library is.
_LIBRARY = os.path.dirname(os.path.abspath(os.__file__))


def start_from_environment() -> Optional['Recording']:
    """Starts what the environment asks for; None where it asks for nothing, or where the recording has ended."""
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
    """The texts of a JSON object. Raises `ValueError` for anything else."""
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
    """The place after something, and after the spaces around it."""
    for part in (expected, ''):
        while place < len(json) and json[place] in ' \t\r\n':
            place += 1
        if not json.startswith(part, place):
            raise ValueError('STRATA_RUN_LABELS: expected %s at %d in %r' % (part, place, json[:1000]))
        place += len(part)
        if part == '"':  # Spaces belong to the text.
            break
    return place


class Labels:
    """The labels of each dump as written in its line, no more than a reader takes."""

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
        #: The pairs, with a comma after each.
        self.text = ''.join(bounded.values())
        #: Whether the name of the program is to come after them.
        self.has_room = 'program' not in bounded and len(bounded) < LABEL_LIMIT


class Recording:
    """The dumps of a process, and the ends that it may have."""

    def __init__(self, path: str, every: float, labels: Labels) -> None:
        self._dumps = Dumps(path, max(1, int(every * 1e9)), labels.text, labels.has_room)
        self._main_thread = get_ident()
        #: Whether the main thread waits for the last dump, and the signal that came meanwhile.
        self._is_last = False
        self._asked: Optional[int] = None
        #: The signals that a thread blocked before it began to fork.
        self._blocked: Dict[int, Any] = {}
        if labels.left_out and sys.stderr is not None:
            sys.stderr.write('strata: %d of the labels were left out: expected at most %d, of %d bytes\n'
                             % (labels.left_out, LABEL_LIMIT, LABELS_LIMIT))

    def start(self) -> None:
        """Turns the profilers on."""
        self._dumps.start()
        atexit.register(self.end)
        if hasattr(os, 'register_at_fork'):
            os.register_at_fork(before=self._before_fork, after_in_parent=self._unblock, after_in_child=self._after_fork)
        self._end_on_signal()

    def end(self) -> None:
        """Dumps what is not in a dump yet; the profilers run on, for other things may happen at exit."""
        is_main = get_ident() == self._main_thread
        try:
            self._is_last = is_main
            self._dumps.end()
        finally:
            self._is_last = False
        if is_main and self._asked is not None:
            self._die(self._asked)

    def _end_on_signal(self) -> None:
        # A program that is asked to end would not get to its exit functions.
        if os.name == 'nt':
            return
        for number in (_signal.SIGTERM, _signal.SIGHUP):
            if _signal.getsignal(number) == _signal.SIG_DFL:
                _signal.signal(number, self._ended_by)

    def _ended_by(self, number: int, frame: Any) -> None:
        if self._is_last:
            # In the middle of the last dump, whose locks would not be let go for another: it is written first.
            self._asked = number
            return
        self.end()
        self._die(number)

    def _die(self, number: int) -> None:
        _signal.signal(number, _signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _before_fork(self) -> None:
        # CPython forgets what came between the fork and this side of it. Without our handlers such a signal would
        # have ended the child, and whoever waits for that would wait for ever: so it waits until the child is ready.
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
            # A child of multiprocessing runs finalizers, and not what atexit has.
            util.register_after_fork(self, _finalize)
        self._unblock()


def _finalize(recording: Recording) -> None:
    util = _multiprocessing_util()
    if util is not None:
        util.Finalize(recording, recording.end, exitpriority=-100)


def _multiprocessing_util() -> Any:
    """The module if it is imported, and that of the standard library."""
    util = sys.modules.get('multiprocessing.util')
    file = getattr(util, '__file__', None)
    return util if isinstance(file, str) and os.path.dirname(os.path.dirname(file)) == _LIBRARY else None
