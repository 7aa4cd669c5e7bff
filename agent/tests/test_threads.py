# SPDX-License-Identifier: Apache-2.0
"""Threads: of the program, and those of the agent."""
from __future__ import annotations

import threading
import time
import unittest
from unittest import mock

import strata_agent
from strata_agent.capture.profiler import IS_PROCESS_WIDE, is_slot_taken

from .support import ENDLESS, PATIENCE, AgentTest, spin, work


class ThreadTests(AgentTest):
    def test_threads_are_captured_one_at_a_time(self) -> None:
        self.start()

        def calls() -> None:
            for _ in range(50):
                with strata_agent.profile(thread=threading.current_thread().name):
                    work()

        threads = [threading.Thread(target=calls, name=str(number)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        lines = self.lines()
        self.assertGreater(len(lines), 4)
        self.assertEqual(strata_agent.status()['errors'], 0)
        for line in lines:
            if IS_PROCESS_WIDE:
                # cProfile sees all threads here, so another thread's return may end `work` before it is counted.
                self.assertTrue(line['otherThreads'])
            else:
                self.assertIn('work', self.names(line))
                self.assertNotIn('otherThreads', line)
                work_calls = [figures[1] for function, figures in self.stats(line).items() if function[2] == 'work']
                self.assertEqual(work_calls, [1])

    def test_the_agents_own_threads_do_not_count_as_others(self) -> None:
        agent = self.start()
        with strata_agent.profile():
            work()
        agent.sender = sender = mock.Mock(is_running=True)
        self.addCleanup(setattr, agent, 'sender', None)
        with mock.patch.object(threading, 'active_count', return_value=3):
            self.assertFalse(agent.captures.has_other_threads())
            sender.is_running = False
            self.assertTrue(agent.captures.has_other_threads())

    def test_a_capture_that_lasts_too_long_is_cut_and_kept(self) -> None:
        agent = self.start()
        agent.governor.limit = lambda entry: 50_000_000  # type: ignore[method-assign]
        end = time.monotonic() + PATIENCE
        with strata_agent.profile(endpoint='/long'):
            while agent.captures.counters['cut'] == 0 and time.monotonic() < end:
                spin(0.01)
            self.assertFalse(is_slot_taken())  # The call continues without a profiler.
        line, = self.lines()
        self.assertEqual(line['labels'], {'endpoint': '/long', 'cut': 'true'})
        self.assertEqual(strata_agent.status()['cut'], 1)
        with strata_agent.profile(endpoint='/next'):
            work()
        self.assertEqual(len(self.lines()), 2)

    def test_what_was_open_is_kept_where_another_thread_is_captured_at_the_end(self) -> None:
        agent = self.start(every=ENDLESS)
        for _ in range(5):
            with strata_agent.profile(endpoint='/a'):
                work()
        is_in, may_end = threading.Event(), threading.Event()

        def call() -> None:
            with strata_agent.profile(endpoint='/a'):
                work()
                is_in.set()
                may_end.wait(PATIENCE)

        thread = threading.Thread(target=call)
        thread.start()
        is_in.wait(PATIENCE)
        is_stopped = strata_agent.stop(PATIENCE)
        may_end.set()
        thread.join()
        self.assertTrue(is_stopped)
        line, = self.lines()
        calls = {function[2]: figures[1] for function, figures in self.stats(line).items()}
        self.assertEqual(calls['work'], 6)
        self.assertFalse(is_slot_taken())
        self.assertEqual(agent.status()['errors'], 0)

    def test_stopping_between_a_choice_and_its_call_raises_nothing(self) -> None:
        self.start()
        scope = strata_agent.profile()
        self.assertTrue(strata_agent.stop(PATIENCE))
        with scope:
            work()
        self.assertFalse(is_slot_taken())

    def test_a_system_without_threads_raises_nothing_and_is_tried_again(self) -> None:
        agent = self.start()
        with mock.patch.object(threading.Thread, 'start', side_effect=RuntimeError("can't start new thread")):
            for _ in range(3):
                with strata_agent.profile():
                    work()
            self.assertIn('thread', strata_agent.status()['error'])
        with strata_agent.profile():
            work()
        self.assertEqual(len(self.lines()), 4)
        self.assertEqual(agent.status()['errors'], 0)

    def test_the_thread_survives_what_goes_wrong_in_it(self) -> None:
        agent = self.start()
        with mock.patch.object(agent.limiter, 'look', side_effect=MemoryError('no closure')):
            with strata_agent.profile():
                work()
            self.assertFalse(strata_agent.flush(PATIENCE))
        self.assertIn('no closure', strata_agent.status()['error'])
        with strata_agent.profile():
            work()
        self.assertEqual(len(self.lines()), 2)


if __name__ == '__main__':
    unittest.main()
