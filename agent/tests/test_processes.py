# SPDX-License-Identifier: Apache-2.0
"""Exits, forks and signals."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import threading
import unittest
from typing import Any, Dict
from unittest import mock

import strata_agent
from strata_agent.capture import clocks, scopes
from strata_agent.capture.profiler import Capture, is_slot_taken

from .support import ENDLESS, PATIENCE, AgentTest, work

SOURCE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'src')


class ProcessTests(AgentTest):
    def run_program(self, text: str) -> 'subprocess.CompletedProcess[str]':
        environment = dict(os.environ, PYTHONPATH=SOURCE + os.pathsep + os.path.dirname(SOURCE), FOLDER=self.folder)
        return subprocess.run([sys.executable, '-c', textwrap.dedent(text)], env=environment, timeout=2 * PATIENCE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)

    BEGIN = '''
        import os, strata_agent
        from strata_agent import api
        from strata_agent.agent import Agent
        from strata_agent.spool.spool import Spool
        from tests.support import Always
        agent = api._agent = Agent(lambda: Spool(os.environ['FOLDER']), {}, 0.01, governor=Always())
        agent.after = 0
    '''

    def test_captures_are_kept_at_exit(self) -> None:
        done = self.run_program(self.BEGIN + '''
        with strata_agent.profile(end='normal'): sum(range(10))
        ''')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertEqual([line['labels'] for line in self.lines()], [{'end': 'normal'}])

    def test_parent_and_child_each_keep_their_own(self) -> None:
        done = self.run_program(self.BEGIN + '''
        import warnings; warnings.simplefilter('ignore')
        with strata_agent.profile_job('parent', probability=1): sum(range(10))
        scope = strata_agent.profile_job('both', probability=1)
        scope.__enter__()
        child = os.fork()
        if child == 0:
            scope.__exit__(None, None, None)
            for _ in range(3):
                with strata_agent.profile_job('child', probability=1): sum(range(10))
            os._exit(0 if strata_agent.stop(300) else 1)
        scope.__exit__(None, None, None)
        assert os.waitpid(child, 0)[1] == 0
        ''')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        names = sorted(line['labels']['job'] for line in self.lines())
        self.assertEqual(names, ['both', 'child', 'child', 'child', 'parent'])

    def test_children_of_multiprocessing_keep_what_they_captured(self) -> None:
        for begin, count in (self.BEGIN, 6), (self.BEGIN.replace('Always()', 'Always(), every=%d' % ENDLESS), 4):
            with self.subTest(count=count):
                done = self.run_program(begin + '''
        import multiprocessing, warnings
        warnings.simplefilter('ignore')

        def capture():
            for _ in range(3):
                with strata_agent.profile(): sum(range(10))
                strata_agent.flush(300)  # From 3.12 on, a capture waits for the agent's thread.

        def start_and_capture():
            api._agent = None
            strata_agent.start(service='a', send_to=os.environ['FOLDER'])
            api._agent.governor, api._agent.after = Always(), 0
            capture()

        for target in capture, start_and_capture:
            child = multiprocessing.get_context('fork').Process(target=target)
            child.start()
            child.join()
            assert child.exitcode == 0
                ''')
                self.assertEqual((done.returncode, done.stderr), (0, ''))
                self.assertEqual(len(self.lines()), count)
                shutil.rmtree(self.folder)

    def test_a_storm_of_forks_leaves_no_process_and_loses_nothing(self) -> None:
        done = self.run_program(self.BEGIN + '''
        import warnings; warnings.simplefilter('ignore')
        children = []
        for number in range(40):
            with strata_agent.profile_job('parent', probability=1): sum(range(10))
            child = os.fork()
            if child == 0:
                with strata_agent.profile_job('child', probability=1): sum(range(10))
                os._exit(0 if strata_agent.stop(300) else 1)
            children.append(child)
        assert all(os.waitpid(child, 0)[1] == 0 for child in children)
        ''')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        names = [line['labels']['job'] for line in self.lines()]
        self.assertEqual((names.count('parent'), names.count('child')), (40, 40))

    def test_an_interrupt_while_a_capture_ends_does_not_keep_its_place(self) -> None:
        agent = self.start()
        for broken in ('free', 'stop'):
            with self.subTest(broken):
                kind: Any = type(agent.captures.slot) if broken == 'free' else Capture
                interrupted = mock.patch.object(kind, broken, side_effect=KeyboardInterrupt)
                with self.assertRaises(KeyboardInterrupt), interrupted:
                    with strata_agent.profile():
                        work()
                self.assertIsNotNone(agent.captures.slot.capture)
                with mock.patch.object(scopes, 'LONGEST', 0):
                    agent.limiter.look()
                for _ in range(3):  # The main thread cuts its own capture between two of its instructions.
                    work()
                self.assertIsNone(agent.captures.slot.capture)
                self.assertFalse(is_slot_taken())

    def test_an_interrupt_while_a_capture_begins_does_not_keep_its_place(self) -> None:
        class Broken(Dict[str, Any]):
            def setdefault(self, key: str, value: Any = None) -> Any:
                super().setdefault(key, value)
                raise KeyboardInterrupt

        agent = self.start()
        agent.captures.slot._holder = Broken()
        with self.assertRaises(KeyboardInterrupt):
            strata_agent.profile()
        self.assertEqual(agent.captures.slot._holder, {})
        with mock.patch.object(Capture, 'start', side_effect=KeyboardInterrupt):
            agent.captures.slot._holder = {}
            with self.assertRaises(KeyboardInterrupt), strata_agent.profile():
                pass
            with self.assertRaises(KeyboardInterrupt), strata_agent.profile_job('nightly', probability=1):
                pass
        self.assertIsNone(agent.captures.slot.capture)
        self.assertFalse(is_slot_taken())

    def test_a_child_has_a_cutter_of_its_own_and_starts_to_send_with_its_first_capture(self) -> None:
        agent = self.start()
        agent.captures.is_watched = True
        sender: Any = mock.Mock()
        agent.send_with(sender)
        agent.after_fork()
        self.assertFalse(agent.captures.is_watched)
        sender.start.assert_not_called()
        with strata_agent.profile():
            work()
        sender.start.assert_called()
        agent.sender = None

    def test_a_signal_handler_may_stop_the_agent(self) -> None:
        for name in ('governor._lock', 'worker._condition'):
            with self.subTest(name):
                agent = self.start()
                lock: Any = agent
                for part in name.split('.'):
                    lock = getattr(lock, part)
                with strata_agent.profile(lock=name):
                    work()
                with lock:  # As if the handler had interrupted its holder.
                    self.assertTrue(strata_agent.stop(PATIENCE))
        self.assertEqual(len(self.lines()), 2)

    def test_a_thread_that_ends_inside_a_capture_does_not_end_the_process(self) -> None:
        done = self.run_program(self.BEGIN + '''
        import threading, time
        from strata_agent.capture import delivery, limits
        limits.PERIOD = 0.05
        delivery.LONGEST_REST = 50_000_000  # Else its thread rests for some seconds between two looks.
        agent = api._agent
        threading.stack_size(1 << 29)  # Too large to be cached, so that it is unmapped with its thread.
        thread = threading.Thread(target=lambda: strata_agent.profile().__enter__())
        thread.start()
        thread.join()
        assert agent.captures.running is not None
        for _ in range(3):
            other = threading.Thread(target=int)
            other.start()
            other.join()
        last, end = agent.limiter._last, time.monotonic() + 300
        while agent.limiter._last == last and time.monotonic() < end:
            time.sleep(0.01)
        assert agent.limiter._last > last
        ''')
        self.assertEqual((done.returncode, done.stderr), (0, ''))

    def test_identities_that_are_no_threads_have_no_clock(self) -> None:
        self.assertIsNotNone(clocks.of_this_thread())
        with mock.patch.object(clocks, '_get_ident', lambda: 1 << 20):  # As with gevent.
            self.assertIsNone(clocks.of_this_thread())

    def test_a_storm_of_signals_disturbs_nothing(self) -> None:
        done = self.run_program(self.BEGIN + '''
        import signal, time
        count = [0]
        signal.signal(signal.SIGALRM, lambda *_: count.__setitem__(0, count[0] + 1))
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
        end = time.monotonic() + 300
        while (count[0] <= 100 or not strata_agent.status()['captured']) and time.monotonic() < end:
            with strata_agent.profile(): sum(range(10))
        signal.setitimer(signal.ITIMER_REAL, 0)
        assert count[0] > 100, count
        status = strata_agent.status()
        assert status['errors'] == 0 and status['captured'] > 0, status
        ''')
        self.assertEqual((done.returncode, done.stderr), (0, ''))

    def test_a_signal_handler_may_be_profiled_too(self) -> None:
        # It may interrupt the main thread anywhere, even inside the agent while that holds a lock.
        agent = self.start()
        for lock in (agent.governor._lock, agent.worker._condition):
            seen = []

            def handler() -> None:
                with lock:
                    with strata_agent.profile(kind='handler'):
                        work()
                    seen.append(strata_agent.status())

            thread = threading.Thread(target=handler, daemon=True)
            thread.start()
            thread.join(PATIENCE)
            self.assertTrue(seen)
        self.assertEqual(len(self.lines()), 2)


if __name__ == '__main__':
    unittest.main()
