# SPDX-License-Identifier: Apache-2.0
"""Captures that are added up, one dump for each slice."""
from __future__ import annotations

import shutil
import threading
import unittest
from typing import Any
from unittest import mock

import strata_agent
from strata_agent import api
from strata_agent.capture import clocks

from .support import ENDLESS, PATIENCE, AgentTest, until, work


class SliceTests(AgentTest):
    def test_the_captures_of_a_slice_are_one_dump_for_each_set_of_labels(self) -> None:
        agent = self.start(every=ENDLESS)
        for _ in range(10):
            for endpoint in '/a', '/b':
                with strata_agent.profile(endpoint=endpoint):
                    work(3)
        self.assertEqual(strata_agent.status()['captured'], 0)
        self.assertTrue(agent.stop(PATIENCE))
        lines = self.lines()
        self.assertEqual(sorted(line['labels']['endpoint'] for line in lines), ['/a', '/b'])
        for line in lines:
            self.assertEqual(float(line['timestamp']) % ENDLESS, 0)
            self.assertEqual(line['duration'], str(ENDLESS))
            calls = {function[2]: figures[1] for function, figures in self.stats(line).items()}
            self.assertEqual((calls['work'], calls['inner']), (10, 30))

    def test_captures_lost_with_another_are_counted_and_the_next_stands_for_them(self) -> None:
        agent = self.start(every=ENDLESS)
        for is_lost in False, False, True, False, False:
            with strata_agent.profile():
                work()
                agent.captures.running.capture.is_lost = is_lost  # type: ignore[union-attr]
        status = strata_agent.status()
        self.assertEqual((status['stepped_aside'], status['forgotten']), (1, 2))
        self.assertTrue(agent.stop(PATIENCE))
        line, = self.lines()
        self.assertEqual({function[2]: figures[1] for function, figures in self.stats(line).items()}['work'], 2)
        self.assertEqual(line['weight'], '2.5')  # Two stand for five.

    def test_a_job_that_was_lost_takes_no_slice_with_it(self) -> None:
        agent = self.start(every=ENDLESS)
        with strata_agent.profile_job('nightly'):
            work()
        with strata_agent.profile_job('nightly', probability=1):
            agent.captures.running.capture.is_lost = True  # type: ignore[union-attr]
        self.assertTrue(agent.stop(PATIENCE))
        self.assertEqual(len(self.lines()), 1)
        self.assertEqual(agent.captures.counters['forgotten'], 0)

    def test_what_comes_while_a_capture_ends_neither_loses_nor_doubles_it(self) -> None:
        def end_the_slice(agent: Any) -> None:
            with mock.patch.object(agent.slices, '_has_ended', lambda now: True):
                agent.slices.close_due(agent.captures.slot)

        def capture_in_another_thread(agent: Any) -> None:
            def call() -> None:
                with strata_agent.profile():
                    work()

            thread = threading.Thread(target=call)
            thread.start()
            thread.join()

        def stop(agent: Any) -> None:  # As a signal handler may.
            self.assertTrue(strata_agent.stop(PATIENCE))

        for first, meanwhile in ((True, end_the_slice), (True, stop), (False, capture_in_another_thread)):
            with self.subTest(meanwhile.__name__):
                shutil.rmtree(self.folder)
                agent: Any = self.start(every=ENDLESS)
                if first:
                    with strata_agent.profile():
                        work()
                add = agent.slices.add

                def add_later(*arguments: Any) -> None:
                    agent.slices.add = add
                    meanwhile(agent)
                    add(*arguments)

                agent.slices.add = add_later
                with strata_agent.profile():
                    work()
                captures = agent.captures.count
                self.assertTrue(agent.stop(PATIENCE))
                calls = [{function[2]: figures[1] for function, figures in self.stats(line).items()}['work']
                         for line in self.lines()]
                self.assertEqual(sum(calls), captures)

    def test_a_capture_that_ends_after_the_end_is_counted(self) -> None:
        agent = self.start(every=ENDLESS)
        with strata_agent.profile():
            work()
        scope = agent.candidate({})
        with mock.patch.object(agent.captures, 'running', None):  # It begins while the agent stops.
            self.assertTrue(agent.stop(PATIENCE))
        with scope:
            work()
        status = agent.status()
        self.assertEqual((status['captured'], status['dropped'], status['spooled']), (2, 1, 1))

    def test_slices_end_by_themselves(self) -> None:
        agent = self.start(every=0.2)

        def are_there() -> bool:
            with strata_agent.profile():
                work()
            return agent.worker.counters['spooled'] >= 4

        self.assertTrue(until(are_there))
        lines = self.lines()
        self.assertEqual(len({line['timestamp'] for line in lines}), len(lines))

    def test_a_clock_that_is_set_back_ends_a_slice_and_no_more(self) -> None:
        self.start(every=3600)
        now = [clocks.now()]
        with mock.patch.object(clocks, 'now', lambda: now[0]):
            with strata_agent.profile():
                work()
            now[0] -= 7_200_000_000_000
            for _ in range(2):
                with strata_agent.profile():
                    work()
            assert api._agent is not None
            self.assertTrue(api._agent.stop(PATIENCE))
        starts = [float(line['timestamp']) for line in self.lines()]
        self.assertEqual(starts[0] - starts[1], 7200)
        self.assertEqual([line['duration'] for line in self.lines()], ['3600', '3600'])


if __name__ == '__main__':
    unittest.main()
