# SPDX-License-Identifier: Apache-2.0
"""What is captured, and what is not."""
from __future__ import annotations

import cProfile
import os
import sys
import time
import unittest
from typing import Any

import strata_agent
from strata_agent.capture.profiler import IS_PROCESS_WIDE

from .support import AgentTest, spin, work


class CaptureTests(AgentTest):
    def test_a_call_becomes_a_dump_with_its_labels(self) -> None:
        self.start(labels={'service': 'test'})
        for number in range(3):
            with strata_agent.profile(endpoint='/a', rows=number):
                work(number)
        lines = self.lines()
        self.assertEqual([line['labels'] for line in lines],
                         [{'endpoint': '/a', 'rows': str(number), 'service': 'test'} for number in range(3)])
        stats = self.stats(lines[2])
        calls = {function[2]: figures[:2] for function, figures in stats.items()}
        self.assertEqual(calls['inner'], (2, 2))
        self.assertEqual(calls['work'], (1, 1))
        for line in lines:
            self.assertLess(abs(float(line['timestamp']) - time.time()), 60)
            self.assertLess(float(line['duration']), 10)
            self.assertGreater(float(line['overhead']), 0)
        self.assertEqual(len({line['id'] for line in lines}), 3)

    def test_nothing_of_the_agent_is_in_a_dump(self) -> None:
        self.start()
        with strata_agent.profile():
            work()
        line, = self.lines()
        self.assertLessEqual(self.names(line), {'work', 'inner', '<listcomp>', '<built-in method builtins.sum>'})
        callers = [caller for figures in self.stats(line).values() for caller in figures[4]]
        self.assertFalse([caller for caller in callers if 'strata_agent' in caller[0]])

    def test_errors_of_the_call_are_its_own(self) -> None:
        self.start()
        with self.assertRaises(ZeroDivisionError):
            with strata_agent.profile():
                1 / 0
        self.assertEqual(len(self.lines()), 1)
        self.assertIsNone(sys.getprofile())

    def test_nothing_of_the_agent_is_raised(self) -> None:
        class Bad:
            def __str__(self) -> str:
                raise RuntimeError('no text')

        def labels(*arguments: Any) -> Any:
            raise RuntimeError('no labels')

        self.start()
        with strata_agent.profile(bad=Bad()):
            work()
        self.assertEqual(strata_agent.profiled(labels=labels)(work)(3), 6)
        self.assertEqual(strata_agent.status()['errors'], 2)

    def test_without_an_agent_nothing_happens(self) -> None:
        with strata_agent.profile(endpoint='/'):
            self.assertEqual(strata_agent.profiled(work)(3), 6)
        with strata_agent.profile_job('nightly', probability=1):
            work()
        self.assertEqual(strata_agent.status(), {})

    def test_a_capture_inside_a_capture_is_left_out(self) -> None:
        self.start()
        with strata_agent.profile(place='outside'):
            with strata_agent.profile(place='inside'):
                work()
        line, = self.lines()
        self.assertEqual(line['labels'], {'place': 'outside'})
        self.assertIn('inner', self.names(line))

    def test_builtins_may_be_left_out(self) -> None:
        self.start(builtins=False)
        with strata_agent.profile():
            work()
        line, = self.lines()
        self.assertLessEqual(self.names(line), {'work', 'inner', '<listcomp>'})

    def test_a_call_is_not_examined_before_one_is_due(self) -> None:
        agent = self.start()
        agent.left = 1000
        for _ in range(100):
            with strata_agent.profile():
                work()
        self.assertEqual(agent.left, 900)
        self.assertEqual(agent.worker.counters['captured'], 0)


class OtherProfilerTests(AgentTest):
    def test_a_profiler_of_the_program_is_left_alone(self) -> None:
        self.start()
        own = cProfile.Profile()
        own.enable()
        with strata_agent.profile():
            work()
        own.disable()
        own.create_stats()
        self.assertIn('work', {function[2] for function in own.stats})  # type: ignore[attr-defined]
        self.assertEqual(strata_agent.status()['stepped_aside'], 1)
        self.assertEqual(strata_agent.status()['captured'], 0)

    def test_a_hook_of_the_program_is_left_alone(self) -> None:
        self.start()
        events = []
        sys.setprofile(lambda *event: events.append(event[1]))
        with strata_agent.profile():
            work()
        sys.setprofile(None)
        self.assertGreater(len(events), 10)
        self.assertEqual(strata_agent.status()['stepped_aside'], 1)

    @unittest.skipIf(IS_PROCESS_WIDE, 'a second profiler is refused by this Python')
    def test_a_profiler_that_starts_during_a_capture_goes_on(self) -> None:
        self.start()
        own = cProfile.Profile()
        with strata_agent.profile():
            own.enable()
        work()
        own.disable()
        own.create_stats()
        self.assertIn('work', {function[2] for function in own.stats})  # type: ignore[attr-defined]
        self.assertEqual(strata_agent.status()['stepped_aside'], 1)
        self.assertEqual(strata_agent.status()['captured'], 0)

    def test_a_failed_capture_is_charged_and_the_next_stands_for_it(self) -> None:
        agent = self.start()
        with strata_agent.profile():
            work()
            spent = agent.governor.spent
            spin(0.05)
            agent.captures.running.capture.is_lost = True
        self.assertGreater(agent.governor.spent - spent, 40_000_000)
        self.assertEqual(strata_agent.status()['stepped_aside'], 1)
        with strata_agent.profile():
            work()
        line, = self.lines()
        self.assertEqual(line['weight'], '2')

    def test_after_the_other_profiler_captures_go_on(self) -> None:
        self.test_a_profiler_of_the_program_is_left_alone()
        with strata_agent.profile():
            work()
        self.assertEqual(len(self.lines()), 1)


class StartTests(AgentTest):
    def test_start_says_what_is_wrong(self) -> None:
        with self.assertRaisesRegex(ValueError, 'budget'):
            strata_agent.start(service='a', send_to=self.folder, budget=3)
        wrong: Any
        for name, wrong in (('budget', '1%'), ('every', 0), ('every', '10s'), ('every', float('nan')), ('send_to', ''),
                            ('send_to', b'folder'), ('service', None), ('spool_limit', 0), ('label_limit', -1)):
            with self.subTest(name), self.assertRaisesRegex(ValueError, name):
                strata_agent.start(**dict({'service': 'a', 'send_to': self.folder}, **{name: wrong}))
        file = os.path.join(self.folder, 'file')
        with open(file, 'w'):
            pass
        with self.assertRaises(OSError):
            strata_agent.start(service='a', send_to=file)
        strata_agent.start(service='a', send_to=self.folder)
        with self.assertRaisesRegex(RuntimeError, 'already running'):
            strata_agent.start(service='a', send_to=self.folder)


if __name__ == '__main__':
    unittest.main()
