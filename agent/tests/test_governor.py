# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import random
import unittest
from typing import Dict, List, Tuple
from unittest import mock

from strata_agent.capture import clocks
from strata_agent.capture.governor import Governor

MS = 1_000_000
#: A label, the CPU time of a call without a profiler, and the CPU time that capturing it costs.
Kind = Tuple[str, int, int]


class Program:
    """A simulated program with its own clock: calls of some kinds, and the cost of capturing them."""

    def __init__(self, budget: float, seed: int = 1) -> None:
        self.cpu = 0
        self.base = 0
        self.overhead = 0
        self.random = random.Random(seed)
        self.captures: Dict[str, List[int]] = {}
        with mock.patch.object(clocks, 'process_cpu', self.now):
            self.governor = Governor(budget, rng=random.Random(seed))
        self.left = self.gap = 1

    def now(self) -> int:
        return self.cpu

    def run(self, kinds: List[Kind], weights: List[float], calls: int, noise: float = 0.1) -> None:
        with mock.patch.object(clocks, 'process_cpu', self.now):
            for kind in self.random.choices(kinds, weights, k=calls):
                self.call(kind, noise)

    def call(self, kind: Kind, noise: float) -> None:
        name, bare, cost = kind
        bare = int(bare * self.random.uniform(1 - noise, 1 + noise))
        self.cpu += bare
        self.base += bare
        self.left -= 1
        if self.left > 0:
            return
        entry = self.governor.entry((('kind', name),))
        calls, self.gap = self.gap, self.governor.gap()
        self.left = self.gap
        if not self.governor.is_worth_capturing(entry, calls):
            entry.add_bare(bare)
            return
        self.captures.setdefault(name, []).append(self.governor.begin(entry))
        cost = int(cost * self.random.uniform(1 - noise, 1 + noise))
        self.cpu += cost
        self.overhead += cost
        self.governor.spend(cost)
        entry.add_cost(cost)

    def share(self) -> float:
        return self.overhead / self.base


class GovernorTests(unittest.TestCase):
    def test_the_budget_is_held_and_used(self) -> None:
        for budget in (0.01, 0.02, 0.05):
            program = Program(budget)
            program.run([('web', 1 * MS, 4 * MS)], [1], 200_000)
            self.assertLessEqual(program.share(), budget)
            self.assertGreater(program.share(), 0.8 * budget)

    def test_the_weights_of_all_captures_are_the_calls(self) -> None:
        program = Program(0.02)
        program.run([('a', MS, 4 * MS), ('b', 2 * MS, 3 * MS)], [3, 1], 100_000)
        total = sum(sum(weights) for weights in program.captures.values())
        pending = sum(entry.pending for entry in program.governor._entries.values())
        self.assertLessEqual(abs(total + pending - 100_000), program.gap)
        self.assertAlmostEqual(sum(program.captures['b']) / total, 0.25, delta=0.03)

    def test_a_rare_kind_is_captured_early(self) -> None:
        program = Program(0.01)
        program.run([('web', MS, 4 * MS)], [1], 50_000)
        program.run([('web', MS, 4 * MS), ('rare', 3 * MS, 9 * MS)], [99.8, 0.2], 20_000)
        self.assertGreaterEqual(len(program.captures.get('rare', [])), 1)

    def test_an_expensive_kind_does_not_wait_for_ever(self) -> None:
        program = Program(0.01)
        program.run([('cheap', MS // 10, MS // 5), ('dear', 10 * MS, 40 * MS)], [10, 1], 100_000)
        self.assertGreater(len(program.captures['dear']), 5)
        self.assertGreater(len(program.captures['cheap']), 50)
        self.assertLessEqual(program.share(), 0.01)

    def test_what_costs_more_than_was_saved_is_paid_before_the_next(self) -> None:
        program = Program(0.01)
        program.run([('huge', 100 * MS, 400 * MS)], [1], 3_000)
        self.assertLessEqual(program.share(), 0.0135)
        self.assertGreater(len(program.captures['huge']), 3)

    def test_calls_that_become_expensive_stay_within_the_budget(self) -> None:
        program = Program(0.01)
        for step in range(10):
            program.run([('web', MS, (4 << (step % 4)) * MS)], [1], 20_000)
        self.assertLessEqual(program.share(), 0.01)

    def test_a_budget_is_a_fraction(self) -> None:
        for budget in (0, 1, -0.1, 7):
            with self.assertRaisesRegex(ValueError, 'budget: expected'):
                Governor(budget)

    def test_label_sets_without_end_share_an_account(self) -> None:
        governor = Governor(0.01, entries=10)
        entries = {id(governor.entry((('id', str(number)),))) for number in range(1000)}
        self.assertEqual(len(entries), 11)


if __name__ == '__main__':
    unittest.main()
