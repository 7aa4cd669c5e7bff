# SPDX-License-Identifier: Apache-2.0
"""Greenlets instead of threads, simulated by modules that answer like gevent and eventlet."""
from __future__ import annotations

import sys
import types
import unittest
from typing import Any
from unittest import mock

import strata_agent

from .support import PATIENCE, AgentTest, work


def patched(module: str, **functions: Any) -> Any:
    """As if a module had been imported."""
    fake = types.ModuleType(module)
    fake.__dict__.update(functions)
    return mock.patch.dict(sys.modules, {module: fake})


GEVENT = ('gevent.monkey', {'is_module_patched': lambda name: name == 'threading'})
EVENTLET = ('eventlet.patcher', {'is_monkey_patched': lambda name: name == 'thread'})


class GreenletTests(AgentTest):
    def test_nothing_is_captured_beside_greenlets_and_that_is_said_once(self) -> None:
        for module, functions in (GEVENT, EVENTLET):
            library = module.partition('.')[0]
            with self.subTest(library), patched(module, **functions):
                agent = self.start()
                with self.assertLogs('strata_agent', 'WARNING') as logged:
                    for _ in range(3):
                        agent.left = 1
                        with strata_agent.profile():
                            work()
                        with strata_agent.profile_job('nightly', probability=1):
                            self.assertIsNone(sys.getprofile())
                            work()
                        strata_agent.profiled(labels=lambda: {})(work)()
                self.assertEqual(len(logged.records), 1)
                self.assertIn(library, logged.output[0])
                status = strata_agent.status()
                self.assertIn(library, status['error'])
                self.assertEqual((status['captured'], status['errors']), (0, 0))
                self.assertGreater(agent.left, 1 << 40)
                self.assertTrue(strata_agent.stop(PATIENCE))

    def test_greenlets_may_come_after_captures(self) -> None:
        self.start()
        with strata_agent.profile():
            work()
        with patched(GEVENT[0], **GEVENT[1]), self.assertLogs('strata_agent', 'WARNING'):
            with strata_agent.profile():
                work()
        self.assertEqual(len(self.lines()), 1)

    def test_a_library_that_has_not_put_them_there_changes_nothing(self) -> None:
        self.start()
        for fake in (patched('gevent.monkey', is_module_patched=lambda name: False), patched('gevent.monkey'),
                     patched('eventlet.patcher', is_monkey_patched=lambda name: name == 'socket')):
            with fake, strata_agent.profile():
                work()
        self.assertEqual(len(self.lines()), 3)

    def test_a_child_without_them_captures(self) -> None:
        agent = self.start()
        with patched(GEVENT[0], **GEVENT[1]), self.assertLogs('strata_agent', 'WARNING'):
            strata_agent.profile()
        agent.after_fork()
        with strata_agent.profile():
            work()
        self.assertEqual(len(self.lines()), 1)
        self.assertIsNone(strata_agent.status()['error'])


if __name__ == '__main__':
    unittest.main()
