# SPDX-License-Identifier: Apache-2.0
"""A dump contains what cProfile reports, and the functions that cProfile loses."""
from __future__ import annotations

import cProfile
import json
import marshal
import unittest
from typing import Any

from strata_agent.capture.figures import dump, statistics


def fib(number: int) -> int:
    return number if number < 2 else fib(number - 1) + fib(number - 2)


def program() -> Any:
    return json.loads(json.dumps({'fib': [fib(number) for number in range(12)], 'sum': sum(range(10))}))


class SnapshotTests(unittest.TestCase):
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


if __name__ == '__main__':
    unittest.main()
