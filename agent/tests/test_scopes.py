# SPDX-License-Identifier: Apache-2.0
"""Scopes that are misused: nothing raises, no profiler stays on, and the account remains correct."""
from __future__ import annotations

import sys
import threading
import unittest
from typing import Any, Callable, List

import strata_agent
from strata_agent.capture import foreign_threads
from strata_agent.agent import Agent
from strata_agent.capture.profiler import IS_PROCESS_WIDE, is_slot_taken
from strata_agent.capture.governor import Entry

from .sending import PATIENCE, until
from .support import ENDLESS, AgentTest, Always, spin, work


class Never(Always):
    """Times each call without a profiler."""

    def is_worth_capturing(self, entry: Entry, calls: int) -> bool:
        super().is_worth_capturing(entry, calls)
        return False


def in_a_thread(call: Callable[[], Any]) -> None:
    thread = threading.Thread(target=call)
    thread.start()
    thread.join(PATIENCE)


class Worker:
    """A thread that calls functions on request, and records whether a profiler was on in it afterwards."""

    def __init__(self) -> None:
        self.is_profiled: List[bool] = []
        self._calls: List[Callable[[], Any]] = []
        self._is_due, self._is_done = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def do(self, call: Callable[[], Any]) -> None:
        self._calls.append(call)
        self._is_due.release()
        self._is_done.acquire()

    def _run(self) -> None:
        while True:
            self._is_due.acquire()
            if not self._calls:
                return
            self._calls.pop()()
            self.is_profiled.append(sys.getprofile() is not None)
            self._is_done.release()

    def end(self) -> None:
        self._is_due.release()
        self._thread.join(PATIENCE)


class ScopeTests(AgentTest):
    def check(self, agent: Agent) -> None:
        """Checks that no profiler is on, and that the next call is captured as usual."""
        self.assertFalse(is_slot_taken())
        self.assertIsNone(agent.captures.slot.capture)
        self.assertIsNone(agent.captures.running)
        self.assertEqual(agent.captures.counters['errors'], 0)
        with strata_agent.profile(next=True):
            work()
        line = self.lines()[-1]
        self.assertEqual(line['labels'], {'next': 'true'})
        self.assertIn('work', self.names(line))

    def test_a_scope_that_is_left_in_another_thread_is_lost_and_paid_for(self) -> None:
        agent = self.start()
        worker = Worker()
        scope = strata_agent.profile(endpoint='/a')
        spent = agent.governor.spent
        worker.do(scope.__enter__)
        worker.do(lambda: spin(0.05))
        spin(0.3)  # The clocks of two threads are unrelated.
        scope.__exit__(None, None, None)
        # That of the other thread, and without that of this one.
        self.assertTrue(30_000_000 < agent.governor.spent - spent < 300_000_000, agent.governor.spent - spent)
        worker.do(work)
        self.assertFalse(worker.is_profiled[-1])
        self.assertEqual((agent.captures.counters['stepped_aside'], agent.worker.counters['captured']), (1, 0))
        self.check(agent)
        with strata_agent.profile(endpoint='/a'):
            work()
        self.assertEqual(self.lines()[-1]['weight'], '2')
        worker.end()

    def test_profilers_turned_off_by_other_threads_are_freed(self) -> None:
        agent = self.start()
        worker = Worker()
        for _ in range(20):
            scope = strata_agent.profile()
            worker.do(scope.__enter__)
            worker.do(work)
            scope.__exit__(None, None, None)
            worker.do(work)
            self.assertFalse(worker.is_profiled[-1])
        self.assertEqual(agent.captures.counters['stepped_aside'], 20)
        self.check(agent)

        def is_released() -> bool:
            agent.worker.wake()
            return not foreign_threads._profiles

        self.assertTrue(until(is_released))
        worker.end()

    @unittest.skipIf(IS_PROCESS_WIDE, 'any thread can turn a profiler off')
    def test_a_profiler_goes_on_being_held_while_its_thread_may_be_in_it(self) -> None:
        agent = self.start()
        worker = Worker()

        def is_held() -> bool:
            scope = strata_agent.profile()
            worker.do(scope.__enter__)
            scope.__exit__(None, None, None)
            self.assertEqual(len(foreign_threads._profiles), 1)
            foreign_threads.release()
            held = len(foreign_threads._profiles) == 1
            worker.do(work)
            self.assertFalse(worker.is_profiled[-1])
            self.assertTrue(until(is_released))
            return held

        def is_released() -> bool:
            foreign_threads.release()
            return not foreign_threads._profiles

        # While the worker waits it calls nothing, so its profiler stays on. It may not be waiting yet, hence `until`.
        self.assertTrue(until(is_held))
        self.check(agent)
        worker.end()

    def test_a_profiler_that_the_thread_took_meanwhile_is_left_on(self) -> None:
        if IS_PROCESS_WIDE:
            self.skipTest('a second profiler is refused by this Python')
        agent = self.start()
        worker = Worker()
        events: List[str] = []
        scope = strata_agent.profile()
        worker.do(scope.__enter__)
        worker.do(lambda: sys.setprofile(lambda *event: events.append(event[1])))
        scope.__exit__(None, None, None)
        worker.do(work)
        self.assertTrue(worker.is_profiled[-1])
        self.assertGreater(len(events), 10)
        worker.do(lambda: sys.setprofile(None))
        self.check(agent)
        worker.end()

    def test_slices_stay_whole_without_what_another_thread_ended(self) -> None:
        agent = self.start(every=ENDLESS)
        scope = strata_agent.profile(endpoint='/a')
        in_a_thread(scope.__enter__)
        scope.__exit__(None, None, None)
        for _ in range(3):
            with strata_agent.profile(endpoint='/a'):
                work()
        self.assertTrue(agent.stop(PATIENCE))
        line, = self.lines()
        self.assertEqual({function[2]: figures[1] for function, figures in self.stats(line).items()}['work'], 3)
        self.assertFalse(is_slot_taken())

    def test_a_scope_that_is_left_twice_is_one_capture(self) -> None:
        agent = self.start()
        with strata_agent.profile() as scope:
            work()
        self.assertIsNone(scope)
        scope = strata_agent.profile(left='twice')
        scope.__enter__()
        work()
        for _ in range(3):
            scope.__exit__(None, None, None)
        in_a_thread(lambda: scope.__exit__(None, None, None))
        self.assertEqual(len(self.lines()), 2)
        self.check(agent)

    def test_a_scope_that_is_entered_twice_is_one_capture(self) -> None:
        agent = self.start()
        scope = strata_agent.profile(entered='twice')
        with scope:
            with scope:
                work()
            work()
        with scope:
            work()
        line, = self.lines()
        self.assertIn('work', self.names(line))
        self.assertEqual(agent.captures.counters['stepped_aside'], 0)
        self.check(agent)

    def test_a_scope_that_is_left_without_having_been_entered_raises_nothing(self) -> None:
        for governor in (Always(), Never()):
            agent = self.start(governor)
            strata_agent.profile().__exit__(None, None, None)
            self.assertIsNone(agent.captures.slot.capture)
            self.assertEqual(agent.captures.counters['errors'], 0)

    def test_a_scope_that_many_threads_share_raises_nothing(self) -> None:
        for governor in (Always(), Never()):
            agent = self.start(governor)
            scope = strata_agent.profile()
            errors: List[BaseException] = []

            def call() -> None:
                try:
                    for _ in range(200):
                        with scope:
                            work()
                except BaseException as error:
                    errors.append(error)

            threads = [threading.Thread(target=call) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(errors, [])
            self.assertIsNone(agent.captures.slot.capture)
            self.assertFalse(is_slot_taken())


class TimingTests(AgentTest):
    def bare(self, use: Callable[[Any], None]) -> List[int]:
        """The timings that result from a use of a scope."""
        agent = self.start(Never())
        use(strata_agent.profile())
        entry, = agent.governor._entries.values()
        self.assertEqual(agent.captures.counters['errors'], 0)
        return entry._bare

    def test_a_timing_that_is_left_in_another_thread_tells_nothing(self) -> None:
        def use(scope: Any) -> None:
            spin(0.02)
            scope.__enter__()
            in_a_thread(lambda: scope.__exit__(None, None, None))

        self.assertEqual(self.bare(use), [])

    def test_a_timing_that_is_left_twice_tells_once(self) -> None:
        def use(scope: Any) -> None:
            with scope:
                pass
            scope.__exit__(None, None, None)

        self.assertEqual(len(self.bare(use)), 1)

    def test_steps_in_other_threads_each_have_their_own_clock(self) -> None:
        def use(scope: Any) -> None:
            def step() -> None:
                scope.enter_step()
                spin(0.02)
                scope.leave_step()

            spin(0.3)
            step()
            in_a_thread(step)
            scope.finish()

        time_taken, = self.bare(use)
        # That of both steps, and without that of either thread before them.
        self.assertTrue(40_000_000 <= time_taken < 300_000_000, time_taken)


if __name__ == '__main__':
    unittest.main()
