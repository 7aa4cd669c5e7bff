# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import cProfile
import os
import shutil
import subprocess
import sys
import textwrap
import threading
import time
import unittest
from typing import Any
from unittest import mock

import strata_agent
from strata_agent import clocks, cutting
from strata_agent.capture import IS_PROCESS_WIDE, Capture, is_slot_taken
from strata_agent.governor import Governor

from .support import AgentTest, Always

SOURCE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'src')


def inner(number: int) -> int:
    return number + 1


def work(calls: int = 10) -> int:
    return sum([inner(number) for number in range(calls)])


def spin(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        work()


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

    def test_a_call_is_not_looked_at_while_none_is_due(self) -> None:
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

    def test_what_came_to_nothing_is_paid_for_and_stood_for_by_the_next(self) -> None:
        agent = self.start()
        with strata_agent.profile():
            work()
            spent = agent.governor.spent
            spin(0.05)
            agent._running.capture.is_lost = True
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


class ThreadTests(AgentTest):
    def test_threads_are_captured_one_at_a_time(self) -> None:
        self.start()

        def calls() -> None:
            for _ in range(50):
                with strata_agent.profile(thread=threading.current_thread().name):
                    work()

        threads = [threading.Thread(target=calls, name=str(number)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        lines = self.lines()
        self.assertGreater(len(lines), 4)
        self.assertEqual(strata_agent.status()['errors'], 0)
        for line in lines:
            self.assertIn('work', self.names(line))
            if IS_PROCESS_WIDE:
                self.assertTrue(line['otherThreads'])
            else:
                self.assertNotIn('otherThreads', line)
                work_calls = [figures[1] for function, figures in self.stats(line).items() if function[2] == 'work']
                self.assertEqual(work_calls, [1])

    def test_the_agent_s_own_threads_are_no_others(self) -> None:
        agent = self.start()
        with strata_agent.profile():
            work()
        agent.sender = sender = mock.Mock(is_running=True)
        self.addCleanup(setattr, agent, 'sender', None)
        with mock.patch.object(threading, 'active_count', return_value=3):
            self.assertFalse(agent._has_other_threads())
            sender.is_running = False
            self.assertTrue(agent._has_other_threads())

    def test_a_capture_that_lasts_too_long_is_cut_and_kept(self) -> None:
        agent = self.start()
        agent.governor.limit = lambda entry: 50_000_000  # type: ignore[method-assign]
        with strata_agent.profile(endpoint='/long'):
            spin(0.8)
        line, = self.lines()
        self.assertEqual(line['labels'], {'endpoint': '/long', 'cut': 'true'})
        self.assertLess(float(line['duration']), 0.75)
        self.assertEqual(strata_agent.status()['cut'], 1)
        self.assertIsNone(sys.getprofile())
        with strata_agent.profile(endpoint='/next'):
            work()
        self.assertEqual(len(self.lines()), 2)

    def test_what_was_open_is_kept_where_another_thread_is_captured_at_the_end(self) -> None:
        agent = self.start(every=1000)
        for _ in range(5):
            with strata_agent.profile(endpoint='/a'):
                work()
        is_in, may_end = threading.Event(), threading.Event()

        def call() -> None:
            with strata_agent.profile(endpoint='/a'):
                work()
                is_in.set()
                may_end.wait(10)

        thread = threading.Thread(target=call)
        thread.start()
        is_in.wait(10)
        is_stopped = strata_agent.stop()
        may_end.set()
        thread.join()
        self.assertTrue(is_stopped)
        line, = self.lines()
        calls = {function[2]: figures[1] for function, figures in self.stats(line).items()}
        self.assertEqual(calls['work'], 6)
        self.assertFalse(is_slot_taken())
        self.assertEqual(agent.status()['errors'], 0)

    def test_stopping_between_a_choice_and_its_call_raises_nothing(self) -> None:
        self.start()
        scope = strata_agent.profile()
        self.assertTrue(strata_agent.stop())
        with scope:
            work()
        self.assertFalse(is_slot_taken())

    def test_a_system_without_threads_raises_nothing_and_is_tried_again(self) -> None:
        agent = self.start()
        with mock.patch.object(threading.Thread, 'start', side_effect=RuntimeError("can't start new thread")):
            for _ in range(3):
                with strata_agent.profile():
                    work()
            self.assertIn('thread', strata_agent.status()['error'])
        with strata_agent.profile():
            work()
        self.assertEqual(len(self.lines()), 4)
        self.assertEqual(agent.status()['errors'], 0)

    def test_the_thread_survives_what_goes_wrong_in_it(self) -> None:
        agent = self.start()
        with mock.patch.object(agent.cutter, 'look', side_effect=MemoryError('no closure')):
            with strata_agent.profile():
                work()
            self.assertFalse(strata_agent.flush())
        self.assertIn('no closure', strata_agent.status()['error'])
        with strata_agent.profile():
            work()
        self.assertEqual(len(self.lines()), 2)


class SliceTests(AgentTest):
    def test_the_captures_of_a_slice_are_one_dump_for_each_set_of_labels(self) -> None:
        agent = self.start(every=3600)
        for _ in range(10):
            for endpoint in '/a', '/b':
                with strata_agent.profile(endpoint=endpoint):
                    work(3)
        self.assertEqual(strata_agent.status()['captured'], 0)
        self.assertTrue(agent.stop(5))
        lines = self.lines()
        self.assertEqual(sorted(line['labels']['endpoint'] for line in lines), ['/a', '/b'])
        for line in lines:
            self.assertEqual(float(line['timestamp']) % 3600, 0)
            self.assertEqual(line['duration'], '3600')
            calls = {function[2]: figures[1] for function, figures in self.stats(line).items()}
            self.assertEqual((calls['work'], calls['inner']), (10, 30))

    def test_what_goes_with_a_capture_that_was_lost_is_counted_and_stood_for_by_the_next(self) -> None:
        agent = self.start(every=3600)
        for is_lost in False, False, True, False, False:
            with strata_agent.profile():
                work()
                agent._running.capture.is_lost = is_lost  # type: ignore[union-attr]
        status = strata_agent.status()
        self.assertEqual((status['stepped_aside'], status['forgotten']), (1, 2))
        self.assertTrue(agent.stop(5))
        line, = self.lines()
        self.assertEqual({function[2]: figures[1] for function, figures in self.stats(line).items()}['work'], 2)
        self.assertEqual(line['weight'], '2.5')  # Two stand for five.

    def test_a_job_that_was_lost_takes_no_slice_with_it(self) -> None:
        agent = self.start(every=3600)
        with strata_agent.profile_job('nightly'):
            work()
        with strata_agent.profile_job('nightly', probability=1):
            agent._running.capture.is_lost = True  # type: ignore[union-attr]
        self.assertTrue(agent.stop(5))
        self.assertEqual(len(self.lines()), 1)
        self.assertEqual(agent.counters['forgotten'], 0)

    def test_what_comes_while_a_capture_ends_neither_loses_nor_doubles_it(self) -> None:
        def end_the_slice(agent: Any) -> None:
            with mock.patch.object(agent.slices, '_has_ended', lambda now: True):
                agent.slices.close_due(agent.slot)

        def capture_in_another_thread(agent: Any) -> None:
            def call() -> None:
                with strata_agent.profile():
                    work()

            thread = threading.Thread(target=call)
            thread.start()
            thread.join()

        def stop(agent: Any) -> None:  # As a signal handler may.
            self.assertTrue(strata_agent.stop())

        for first, meanwhile in ((True, end_the_slice), (True, stop), (False, capture_in_another_thread)):
            with self.subTest(meanwhile.__name__):
                shutil.rmtree(self.folder)
                agent: Any = self.start(every=3600)
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
                captures = agent.captures
                self.assertTrue(agent.stop(5))
                calls = [{function[2]: figures[1] for function, figures in self.stats(line).items()}['work']
                         for line in self.lines()]
                self.assertEqual(sum(calls), captures)

    def test_slices_end_by_themselves(self) -> None:
        self.start(every=0.2)
        end = time.monotonic() + 1.0
        while time.monotonic() < end:
            with strata_agent.profile():
                work()
            time.sleep(0.01)
        time.sleep(0.5)
        lines = self.lines()
        self.assertGreaterEqual(len(lines), 4)
        self.assertEqual(len({line['timestamp'] for line in lines}), len(lines))

    def test_a_clock_that_is_set_back_ends_a_slice_and_no_more(self) -> None:
        self.start(every=3600)
        with strata_agent.profile():
            work()
        day = clocks.now()
        with mock.patch.object(clocks, 'now', lambda: day - 7_200_000_000_000):
            for _ in range(2):
                with strata_agent.profile():
                    work()
            assert strata_agent._agent is not None
            self.assertTrue(strata_agent._agent.stop(5))
        starts = [float(line['timestamp']) for line in self.lines()]
        self.assertEqual(starts[0] - starts[1], 7200)
        self.assertEqual([line['duration'] for line in self.lines()], ['3600', '3600'])


class GovernedTests(AgentTest):
    def test_labels_that_cannot_be_had_are_not_asked_for_each_time(self) -> None:
        asked = [0]

        def labels() -> Any:
            asked[0] += 1
            raise KeyError('own')

        self.start(Governor(0.01))
        function = strata_agent.profiled(labels=labels)(lambda: work(20))
        for _ in range(5000):
            function()
        self.assertLess(asked[0], 1000)
        self.assertEqual(strata_agent.status()['errors'], asked[0])

    def test_labels_that_are_dear_are_asked_for_rarely(self) -> None:
        asked = [0]

        def labels() -> Any:
            asked[0] += 1
            spin(0.001)
            return {}

        self.start(Governor(0.01))
        function = strata_agent.profiled(labels=labels)(lambda: work(20))
        for _ in range(5000):
            function()
        self.assertLess(asked[0], 200)

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
        # What the last captures cost more than they were expected to is a debt, to be paid before the next.
        self.assertLess(status['share'] - 0.05, max(0.0, -status['credit_seconds']) / 3.5 + 0.0001)
        self.assertGreater(status['credit_seconds'], -0.05)


class JobTests(AgentTest):
    def test_a_job_is_captured_with_its_probability(self) -> None:
        agent = self.start(Governor(0.01))
        for _ in range(400):
            with strata_agent.profile_job('nightly', probability=0.1, size='small'):
                pass
        lines = self.lines()
        self.assertTrue(15 <= len(lines) <= 75, len(lines))
        self.assertEqual(lines[0]['labels'], {'job': 'nightly', 'size': 'small'})
        self.assertEqual({line['weight'] for line in lines}, {'10'})
        self.assertEqual(agent.counters['cut'], 0)

    def test_a_job_says_how_many_there_were(self) -> None:
        agent = self.start(Governor(0.01))
        agent.governor.chance = iter((1.0, 0.0, 1.0, 1.0, 0.0, 0.0)).__next__  # type: ignore[method-assign]
        for size in 'small', 'small', 'large', 'small', 'small', 'large':
            with strata_agent.profile_job('nightly', probability=0.5, size=size):
                pass
        self.assertEqual([(line['labels']['size'], line['callsSeen']) for line in self.lines()],
                         [('small', 2), ('small', 4), ('large', 2)])


class ProcessTests(AgentTest):
    def run_program(self, text: str) -> 'subprocess.CompletedProcess[str]':
        environment = dict(os.environ, PYTHONPATH=SOURCE + os.pathsep + os.path.dirname(SOURCE), FOLDER=self.folder)
        return subprocess.run([sys.executable, '-c', textwrap.dedent(text)], env=environment, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)

    BEGIN = '''
        import os, strata_agent
        from strata_agent.agent import Agent
        from strata_agent.spool import Spool
        from tests.support import Always
        agent = strata_agent._agent = Agent(lambda: Spool(os.environ['FOLDER']), {}, 0.01, governor=Always())
        agent.after = 0
    '''

    def test_what_was_captured_is_kept_at_exit(self) -> None:
        done = self.run_program(self.BEGIN + '''
        with strata_agent.profile(end='normal'): sum(range(10))
        ''')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertEqual([line['labels'] for line in self.lines()], [{'end': 'normal'}])

    def test_parent_and_child_each_keep_their_own(self) -> None:
        done = self.run_program(self.BEGIN + '''
        import warnings; warnings.simplefilter('ignore')
        with strata_agent.profile(process='parent'): sum(range(10))
        scope = strata_agent.profile(process='both')
        scope.__enter__()
        child = os.fork()
        if child == 0:
            scope.__exit__(None, None, None)
            for _ in range(3):
                with strata_agent.profile(process='child'): sum(range(10))
            os._exit(0 if strata_agent.stop() else 1)
        scope.__exit__(None, None, None)
        assert os.waitpid(child, 0)[1] == 0
        ''')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        names = sorted(line['labels']['process'] for line in self.lines())
        self.assertEqual(names, ['both', 'child', 'child', 'child', 'parent'])

    def test_a_storm_of_forks_leaves_no_process_and_loses_nothing(self) -> None:
        done = self.run_program(self.BEGIN + '''
        import warnings; warnings.simplefilter('ignore')
        children = []
        for number in range(40):
            with strata_agent.profile(process='parent'): sum(range(10))
            child = os.fork()
            if child == 0:
                with strata_agent.profile(process='child'): sum(range(10))
                os._exit(0 if strata_agent.stop() else 1)
            children.append(child)
        assert all(os.waitpid(child, 0)[1] == 0 for child in children)
        ''')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        names = [line['labels']['process'] for line in self.lines()]
        self.assertEqual((names.count('parent'), names.count('child')), (40, 40))

    def test_an_interrupt_while_a_capture_ends_does_not_keep_its_place(self) -> None:
        agent = self.start()
        for broken in ('free', 'stop'):
            with self.subTest(broken):
                kind: Any = type(agent.slot) if broken == 'free' else Capture
                interrupted = mock.patch.object(kind, broken, side_effect=KeyboardInterrupt)
                with self.assertRaises(KeyboardInterrupt), interrupted:
                    with strata_agent.profile():
                        work()
                self.assertIsNotNone(agent.slot.capture)
                with mock.patch.object(cutting, 'LONGEST', 0):
                    agent.cutter.look(agent, agent._running)
                for _ in range(3):  # The main thread cuts what is its own, between two of its steps.
                    work()
                self.assertIsNone(agent.slot.capture)
                self.assertFalse(is_slot_taken())

    def test_a_signal_handler_may_stop_the_agent(self) -> None:
        for name in ('governor._lock', 'worker._condition'):
            with self.subTest(name):
                agent = self.start()
                lock: Any = agent
                for part in name.split('.'):
                    lock = getattr(lock, part)
                with strata_agent.profile(lock=name):
                    work()
                with lock:  # As where the handler interrupts who has it.
                    self.assertTrue(strata_agent.stop(5))
        self.assertEqual(len(self.lines()), 2)

    def test_a_thread_that_ends_inside_a_capture_does_not_end_the_process(self) -> None:
        done = self.run_program(self.BEGIN + '''
        import threading, time
        from strata_agent import cutting
        cutting.PERIOD = 0.05
        agent = strata_agent._agent
        threading.stack_size(1 << 29)  # What the system keeps of stacks is less, so that it is gone with its thread.
        thread = threading.Thread(target=lambda: strata_agent.profile().__enter__())
        thread.start()
        thread.join()
        assert agent._running is not None
        for _ in range(3):
            other = threading.Thread(target=int)
            other.start()
            other.join()
        time.sleep(0.3)
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
        end = time.time() + 1
        calls = 0
        while time.time() < end:
            with strata_agent.profile(): sum(range(10))
            calls += 1
        signal.setitimer(signal.ITIMER_REAL, 0)
        assert count[0] > 100, count
        status = strata_agent.status()
        assert status['errors'] == 0 and status['captured'] > 0, status
        ''')
        self.assertEqual((done.returncode, done.stderr), (0, ''))

    def test_a_signal_handler_may_be_profiled_too(self) -> None:
        # It runs in the middle of whatever the main thread does, also in the agent, whose locks it then finds taken.
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
            thread.join(10)
            self.assertTrue(seen)
        self.assertEqual(len(self.lines()), 2)

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
        with self.assertRaisesRegex(RuntimeError, 'started already'):
            strata_agent.start(service='a', send_to=self.folder)


if __name__ == '__main__':
    unittest.main()
