# SPDX-License-Identifier: Apache-2.0
"""What decides which calls are captured: the budget, or for jobs a probability."""
from __future__ import annotations

import random
import time
import unittest
from typing import Any

import strata_agent
from strata_agent.capture.governor import Governor

from .support import CPU, AgentTest, Always, work


class GovernedTests(AgentTest):
    def test_a_failing_labels_callback_is_not_called_each_time(self) -> None:
        asked = [0]

        def labels() -> Any:
            asked[0] += 1
            cpu.spend(5_000)
            raise KeyError('own')

        self.start(Governor(0.01, rng=random.Random(1)))
        cpu = CPU(self)
        function = strata_agent.profiled(labels=labels)(lambda: cpu.spend(5_000))
        for _ in range(5000):
            function()
        self.assertLess(asked[0], 100)
        self.assertEqual(strata_agent.status()['errors'], asked[0])

    def test_an_expensive_labels_callback_is_called_rarely(self) -> None:
        asked = [0]

        def labels() -> Any:
            asked[0] += 1
            cpu.spend(1_000_000)
            return {}

        self.start(Governor(0.01, rng=random.Random(1)))
        cpu = CPU(self)
        function = strata_agent.profiled(labels=labels)(lambda: cpu.spend(5_000))
        for _ in range(5000):
            function()
        self.assertLess(asked[0], 50)

    def test_label_sets_without_end_keep_the_labels_of_the_agent(self) -> None:
        agent = self.start(labels={'service': 'test'})
        agent.governor._entry_limit = 2
        for kind in 'abc':
            with strata_agent.profile(kind=kind):
                work()
        self.assertEqual([line['labels'] for line in self.lines()],
                         [{'kind': 'a', 'service': 'test'}, {'kind': 'b', 'service': 'test'}, {'service': 'test'}])

    def test_calls_that_pass_during_a_capture_are_counted(self) -> None:
        class Fifth(Always):
            def gap(self) -> int:
                return 5

        agent = self.start(Fifth())
        with strata_agent.profile():
            for _ in range(3):
                with strata_agent.profile():
                    work()
        for _ in range(2):
            with strata_agent.profile():
                work()
        entry, = agent.governor._entries.values()
        self.assertEqual(entry.calls, 6)

    def test_a_real_program_stays_within_its_budget_by_its_own_account(self) -> None:
        self.start(Governor(0.05))
        end = time.process_time() + 4
        while time.process_time() < end:
            with strata_agent.profile():
                work(1000)
        status = strata_agent.status()
        self.assertGreater(status['captured'], 2)
        # The excess cost of the last captures is a debt, which is paid before the next capture.
        self.assertLess(status['share'] - 0.05, max(0.0, -status['credit_seconds']) / 3.5 + 0.0001)
        self.assertGreater(status['credit_seconds'], -0.05)


class JobTests(AgentTest):
    def test_a_job_is_captured_with_its_probability(self) -> None:
        agent = self.start(Governor(0.01, rng=random.Random(1)))
        for _ in range(400):
            with strata_agent.profile_job('nightly', probability=0.1, size='small'):
                pass
        lines = self.lines()
        self.assertTrue(15 <= len(lines) <= 75, len(lines))
        self.assertEqual(lines[0]['labels'], {'job': 'nightly', 'size': 'small'})
        self.assertEqual({line['weight'] for line in lines}, {'10'})
        self.assertEqual(agent.captures.counters['cut'], 0)

    def test_a_job_says_how_many_there_were(self) -> None:
        agent = self.start(Governor(0.01))
        agent.governor.chance = iter((1.0, 0.0, 1.0, 1.0, 0.0, 0.0)).__next__  # type: ignore[method-assign]
        for size in 'small', 'small', 'large', 'small', 'small', 'large':
            with strata_agent.profile_job('nightly', probability=0.5, size=size):
                pass
        self.assertEqual([(line['labels']['size'], line['callsSeen']) for line in self.lines()],
                         [('small', 2), ('small', 4), ('large', 2)])


if __name__ == '__main__':
    unittest.main()
