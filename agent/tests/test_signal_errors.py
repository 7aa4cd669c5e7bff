# SPDX-License-Identifier: Apache-2.0
"""Signal handlers that raise while the agent's code runs, for example to enforce a time limit."""
from __future__ import annotations

import functools
import signal
import threading
import time
import unittest
from typing import Any
from unittest import mock

import strata_agent
from strata_agent import api
from strata_agent.capture.profiler import IS_PROCESS_WIDE, is_slot_taken
from strata_agent.capture.governor import Governor

from .support import PATIENCE, AgentTest, work
from .test_scopes import Never


class Timeout(Exception):
    """The program's own error."""


def raise_timeout(*_: Any) -> None:
    raise Timeout('too late')


class Raising:
    def __call__(self, *_: Any) -> None:
        raise Timeout('too late')

    def method(self, *_: Any) -> None:
        raise_timeout()


def interrupt(*_: Any, **__: Any) -> Any:
    """Called by the agent; the signal arrives during the call."""
    signal.raise_signal(signal.SIGTERM)
    return {}


class HandlerTests(AgentTest):
    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(signal.signal, signal.SIGTERM, signal.signal(signal.SIGTERM, raise_timeout))

    def check(self) -> None:
        agent = api._agent
        assert agent is not None
        self.assertFalse(is_slot_taken())
        self.assertIsNone(agent.captures.slot.capture)
        self.assertEqual(agent.captures.counters['errors'], 0)
        with strata_agent.profile(after=True):
            work()
        self.assertEqual(agent.captures.counters['errors'], 0)

    def test_the_program_gets_what_its_handler_raises_while_a_call_is_chosen(self) -> None:
        agent = self.start()
        for name in 'entry', 'is_worth_capturing', 'begin':
            with self.subTest(name), mock.patch.object(agent.governor, name, interrupt):
                with self.assertRaises(Timeout):
                    with strata_agent.profile():
                        self.fail('the call was made')
        with mock.patch.object(agent.governor, 'count', interrupt), self.assertRaises(Timeout):
            strata_agent.profile_job('nightly', probability=1)
        self.check()

    def test_the_program_gets_what_its_handler_raises_in_a_function_for_labels(self) -> None:
        self.start()

        class Label:
            __str__ = interrupt

        with self.assertRaises(Timeout):
            strata_agent.profiled(labels=interrupt)(work)()
        with self.assertRaises(Timeout):
            strata_agent.profile(label=Label())
        self.check()

    def test_the_program_gets_what_its_handler_raises_while_a_capture_ends(self) -> None:
        agent = self.start()
        with mock.patch.object(agent.worker, 'add', interrupt), self.assertRaises(Timeout):
            with strata_agent.profile():
                work()
        self.check()

    def test_the_program_gets_what_its_handler_raises_while_a_timing_ends(self) -> None:
        agent = self.start(Never())
        scope: Any = strata_agent.profile()
        scope.entry = mock.Mock(baseline=None, add_bare=interrupt)
        with self.assertRaises(Timeout):
            with scope:
                work()
        self.assertEqual(agent.captures.counters['errors'], 0)

    @unittest.skipIf(IS_PROCESS_WIDE, 'here the thread of the agent cuts')
    def test_the_program_gets_what_its_handler_raises_while_a_capture_is_cut(self) -> None:
        agent = self.start()
        with mock.patch.object(agent.worker, 'add', interrupt), self.assertRaises(Timeout):
            with strata_agent.profile():
                agent.limiter._ask_main_thread(agent.captures.running)  # type: ignore[arg-type]
                end = time.monotonic() + PATIENCE
                while time.monotonic() < end:
                    work()
                self.fail('it was cut, and nothing raised')
        self.check()

    def test_handlers_of_each_kind_are_known(self) -> None:
        self.start()
        handlers: Any = (Raising(), Raising().method, functools.partial(raise_timeout, 1), lambda *_: raise_timeout())
        for handler in handlers:
            signal.signal(signal.SIGTERM, handler)
            with self.assertRaises(Timeout):
                strata_agent.profiled(labels=interrupt)(work)()
        self.check()

    def test_errors_of_labels_are_still_not_for_the_program(self) -> None:
        agent = self.start(Governor(0.01))

        def labels(*_: Any) -> Any:
            raise Timeout('not by the handler')

        def call() -> None:
            for _ in range(3):
                agent.left = 1
                self.assertEqual(strata_agent.profiled(labels=labels)(work)(3), 6)

        call()
        thread = threading.Thread(target=call)
        thread.start()
        thread.join()
        self.assertEqual(agent.captures.counters['errors'], 6)


if __name__ == '__main__':
    unittest.main()
