# SPDX-License-Identifier: Apache-2.0
"""The thread that dumps a whole program from Python 3.12 on, where a profiler sees all threads but this one."""
from __future__ import annotations

import _lsprof
import _thread
import sys
import threading
import time
import unittest
from typing import Any, Callable, Dict

from strata_agent.capture.profiler import IS_PROCESS_WIDE

from .support import PATIENCE

if IS_PROCESS_WIDE:
    from strata_agent.programs.all_threads import start_unseen_thread

#: How often the other thread does its work during a test.
ROUNDS = 50


def start_plain_thread(function: Callable[[], None]) -> None:
    _thread.start_new_thread(function, ())


def helper(number: int) -> int:
    """What the other thread calls."""
    return len(str(number))


def leaf() -> int:
    """What the profiled thread calls."""
    return sum(range(100))


def middle() -> int:
    """What the profiled thread calls, with calls in it."""
    return leaf() + leaf()


@unittest.skipUnless(IS_PROCESS_WIDE, 'a profiler sees only its own thread here')
class UnseenThread(unittest.TestCase):
    def record(self, start: Callable[[Callable[[], None]], None]) -> Dict[str, Any]:
        """What a profiler records while another thread works; by name of function: calls and cumulative time."""
        rounds = [0]
        begun, may_end, has_ended = threading.Event(), threading.Event(), threading.Event()

        def work() -> None:
            begun.set()
            while not may_end.is_set():
                try:
                    rounds[0] += helper(rounds[0]) > 0
                    [].index(1)  # An error in C,
                    raise ValueError  # and one in Python, each ends what is on.
                except ValueError:
                    pass
                time.sleep(0)
            has_ended.set()

        start(work)
        self.assertTrue(begun.wait(PATIENCE))
        profiler = _lsprof.Profiler()
        count, end = 0, time.monotonic() + PATIENCE
        begin = time.perf_counter()
        profiler.enable()
        first = rounds[0]
        while rounds[0] < first + ROUNDS and time.monotonic() < end:
            middle()
            count += 1
        profiler.disable()
        self.took = time.perf_counter() - begin
        may_end.set()
        self.assertTrue(has_ended.wait(PATIENCE))
        self.assertGreaterEqual(rounds[0], first + ROUNDS)
        self.count = count
        return {getattr(entry.code, 'co_name', entry.code): (entry.callcount, entry.totaltime)
                for entry in profiler.getstats()}

    def test_a_plain_thread_is_in_what_a_profiler_records(self) -> None:
        # Why that thread must not be a plain one.
        found = self.record(start_plain_thread)
        self.assertGreaterEqual(found['helper'][0], ROUNDS)

    def test_an_unseen_thread_may_call_anything_and_changes_nothing(self) -> None:
        found = self.record(start_unseen_thread)
        self.assertEqual({name for name in found if not name.startswith('<')}, {'leaf', 'middle'})
        self.assertEqual(found['middle'][0], self.count)
        self.assertEqual(found['leaf'][0], 2 * self.count)
        # What it calls in C is not there either: these are all of this thread's.
        self.assertEqual({name for name in found if name.startswith('<')},
                         {'<built-in method builtins.sum>', '<built-in method time.monotonic>',
                          "<method 'disable' of '_lsprof.Profiler' objects>"})
        # No function lasts longer than the program.
        self.assertLessEqual(found['middle'][1], self.took)

    def test_the_tool_id_of_profilers_is_free_again(self) -> None:
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
        names = []
        done = threading.Event()

        def work() -> None:
            names.append(monitoring.get_tool(monitoring.PROFILER_ID))
            done.set()

        start_unseen_thread(work)
        self.assertTrue(done.wait(PATIENCE))
        self.assertEqual(names, [None])

    def test_it_is_refused_while_another_profiler_is_active(self) -> None:
        profiler = _lsprof.Profiler()
        profiler.enable()
        try:
            with self.assertRaisesRegex(ValueError, 'another profiler is active'):
                start_unseen_thread(lambda: None)
        finally:
            profiler.disable()


if __name__ == '__main__':
    unittest.main()
