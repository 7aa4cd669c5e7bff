# SPDX-License-Identifier: Apache-2.0
"""A dump contains what cProfile reports, and the functions that cProfile loses."""
from __future__ import annotations

import cProfile
import gc
import json
import marshal
import unittest
from typing import Any

from strata_agent.capture.figures import dump, statistics
from strata_agent.programs.dumps import add, rows_since, table


def fib(number: int) -> int:
    return number if number < 2 else fib(number - 1) + fib(number - 2)


def program() -> Any:
    return json.loads(json.dumps({'fib': [fib(number) for number in range(12)], 'sum': sum(range(10))}))


class FigureTest(unittest.TestCase):
    def setUp(self) -> None:
        # Otherwise garbage of other tests could be finalized while a profiler is on, and be in what it reports.
        gc.collect()
        gc.disable()
        self.addCleanup(gc.enable)


class SnapshotTests(FigureTest):
    def profile(self, function: Any) -> Any:
        profile = cProfile.Profile()
        profile.runcall(function)
        return profile

    def test_a_dump_is_what_cprofile_reports(self) -> None:
        profile = self.profile(program)
        profile.create_stats()
        self.assertGreater(len(profile.stats), 10)
        self.assertEqual(statistics(profile), profile.stats)
        expected = {function: row for function, row in profile.stats.items()
                    if function[2] != "<method 'disable' of '_lsprof.Profiler' objects>"}
        data, calls = dump(profile)
        self.assertEqual(marshal.loads(data), expected)
        self.assertEqual(calls, sum(row[1] for row in expected.values()))

    def test_functions_with_one_label_are_added_up(self) -> None:
        def lambdas() -> None:
            first, second = lambda: fib(3), lambda: fib(4)  # noqa: E731
            first(), second(), second()
        profile = self.profile(lambdas)
        profile.create_stats()
        lost, = [row for function, row in profile.stats.items() if function[2] == '<lambda>']
        (function, row), = [item for item in statistics(profile).items() if item[0][2] == '<lambda>']
        self.assertIn(lost[1], (1, 2))  # CPython keeps one of them.
        self.assertEqual(row[:2], (3, 3))
        self.assertEqual([edge[:2] for edge in row[4].values()], [(3, 3)])
        fibs, = [row for function, row in statistics(profile).items() if function[2] == 'fib']
        self.assertEqual(fibs[4][function][:2], (3, 3))
        self.assertEqual(fibs[:2], (3, 5 + 2 * 9))


class TableTests(FigureTest):
    """What whole programs count, in whole nanoseconds."""

    def test_it_has_the_figures_of_a_dump(self) -> None:
        profile = cProfile.Profile()
        profile.runcall(program)
        found = table(profile)
        self.assertEqual(rows_since({}, found).keys(), statistics(profile).keys())
        for function, row in statistics(profile).items():
            figures, callers = found[function]
            self.assertEqual(figures[:2], row[:2])
            self.assertLessEqual(abs(figures[2] - row[2] * 1e9), 1)
            self.assertEqual({caller: edge[:2] for caller, edge in callers.items()},
                             {caller: edge[:2] for caller, edge in row[4].items()})

    def test_slices_add_up_exactly(self) -> None:
        profile, before, total = cProfile.Profile(), table(cProfile.Profile()), {}
        for _ in range(5):
            profile.runcall(program)
            counted = table(profile)
            add(total, {function: (whole(row), {caller: whole(edge) for caller, edge in row[4].items()})
                        for function, row in rows_since(before, counted).items()})
            before = counted
        self.assertEqual(total, before)
        self.assertEqual(rows_since(before, before), {})


def whole(row: Any) -> Any:
    """The figures of a row, with its times in nanoseconds."""
    return row[0], row[1], round(row[2] * 1e9), round(row[3] * 1e9)


if __name__ == '__main__':
    unittest.main()
