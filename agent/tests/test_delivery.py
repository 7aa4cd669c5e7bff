# SPDX-License-Identifier: Apache-2.0
"""The agent's thread: when it works, and how it stays out of captures."""
from __future__ import annotations

import marshal
import os
import shutil
import subprocess
import sys
import threading
import time
import unittest
from typing import Any, List, Optional
from unittest import mock

import strata_agent
from strata_agent.capture import profiler
from strata_agent.capture import agent_thread, clocks, delivery
from strata_agent.agent import Agent
from strata_agent.capture.profiler import IS_PROCESS_WIDE, Capture, Slot
from strata_agent.capture.delivery import Finished, Worker
from strata_agent.capture.agent_thread import SwitchInterval
from strata_agent.sending.sender import Sender
from strata_agent.capture.agent_thread import AgentThread
from strata_agent.spool.spool import Spool

from .receiver import Store
from .sending import PATIENCE, SHORT, record, until
from .support import AgentTest


class Folder:
    """A spool that uses a given CPU time to write."""

    def __init__(self, cpu: float = 0.0) -> None:
        self.cpu = cpu
        self.kept = self.dropped = 0
        self.batches: List[int] = []

    def append(self, records: List[Any]) -> None:
        end = time.thread_time() + self.cpu
        while time.thread_time() < end:
            pass
        self.batches.append(len(records))
        self.kept += len(records)

    def close(self) -> None:
        pass


class Profile:
    """A profiler that recorded nothing."""

    def getstats(self) -> List[Any]:
        return []


def finished(number: int = 0) -> Finished:
    return Finished(Profile(), record(number), lambda calls, cpu: cpu)


class Resting(unittest.TestCase):
    def worker(self, cpu: float, budget: float) -> Worker:
        self.folder: Any = Folder(cpu)
        worker = Worker(lambda: self.folder, budget, lambda cpu: None)
        self.addCleanup(worker.stop, 5.0)
        return worker

    def test_what_comes_while_it_rests_comes_together(self) -> None:
        worker = self.worker(cpu=0.02, budget=0.05)
        begin = clocks.elapsed()
        worker.add(finished())
        worker.tell()
        self.assertTrue(until(lambda: self.folder.batches == [1] and worker._due > 0))
        # 20 ms of CPU time are three tenths of 5 % of 1.3 s.
        self.assertGreater(worker._due - begin, 1_300_000_000)
        worker._due = clocks.elapsed() + 3_600_000_000_000
        for number in range(5):
            worker.add(finished(number))
            worker.tell()
            worker.wake()
        self.assertEqual(self.folder.batches, [1])
        worker._due = 0
        worker.wake()
        self.assertTrue(until(lambda: self.folder.batches == [1, 5]))

    def test_flush_and_stop_do_not_wait_for_the_rest(self) -> None:
        worker = self.worker(cpu=0.02, budget=1e-6)
        with mock.patch.object(delivery, 'LONGEST_REST', 3_600_000_000_000):
            for end in (worker.flush, worker.flush, worker.stop):
                worker.add(finished())
                worker.tell()
                self.assertTrue(end(PATIENCE))
        self.assertEqual(self.folder.batches, [1, 1, 1])

    def test_it_does_not_wake_up_more_often_than_the_budget_pays_for(self) -> None:
        looks: List[int] = []

        def look() -> float:
            looks.append(clocks.elapsed())
            end = time.thread_time() + 0.01
            while time.thread_time() < end:
                pass
            return 0.001
        worker = Worker(lambda: self.folder, 0.5, lambda cpu: None, look)
        self.addCleanup(worker.stop, 5.0)
        worker.wake()
        self.assertTrue(until(lambda: worker._awake > 0))
        # 10 ms of CPU time are a tenth of 50 % of 200 ms.
        self.assertGreater(worker._awake - looks[0], 200_000_000)
        self.assertTrue(until(lambda: len(looks) > 3))
        worker._awake = clocks.elapsed() + 3_600_000_000_000
        self.assertGreater(worker._wait_time(0.001), 3000)


class Watched(Slot):
    """Counts how often the agent's thread checks for a capture."""

    looks = 0
    _capture: Any = None

    @property
    def capture(self) -> Any:
        self.looks += 1
        return self._capture

    @capture.setter
    def capture(self, capture: Any) -> None:
        self._capture = capture

    def wait_for_looks(self) -> None:
        """Waits until the thread has checked again, more than once."""
        before = self.looks
        assert until(lambda: self.looks > before + 2)


@unittest.skipUnless(IS_PROCESS_WIDE, 'a profiler sees its own thread here')
class BetweenCaptures(AgentTest):
    def start(self, *arguments: Any, **options: Any) -> Agent:
        agent = super().start(*arguments, **options)
        agent.use_slot(Slot())
        return agent

    def quiet(self, slot: Slot) -> AgentThread:
        self.turns: List[float] = []
        is_over = threading.Event()

        def turn() -> Optional[float]:
            self.turns.append(time.monotonic())
            return None if is_over.is_set() else -1.0

        def end() -> None:
            is_over.set()
            thread.is_urgent = True
            thread.wake()
            thread.join(PATIENCE)
        thread = AgentThread('quiet', turn, slot)
        thread.start()
        self.addCleanup(end)
        self.assertTrue(until(lambda: len(self.turns) == 1))
        return thread

    def test_a_thread_that_is_woken_waits_for_the_capture(self) -> None:
        slot, capture = Watched(), Capture()
        thread = self.quiet(slot)
        self.assertTrue(slot.take(capture, must=False))
        thread.wake()
        slot.wait_for_looks()
        self.assertEqual(len(self.turns), 1)
        self.assertFalse(capture.is_shared)
        self.assertTrue(until(lambda: not slot.at_work))  # It is asleep.
        slot.free(capture)
        self.assertTrue(until(lambda: len(self.turns) == 2))
        self.assertTrue(until(lambda: not slot.at_work))

    def test_an_urgent_thread_does_not_wait_and_the_capture_is_marked(self) -> None:
        slot, capture = Slot(), Capture()
        thread = self.quiet(slot)
        self.assertTrue(slot.take(capture))
        capture.is_on = True
        thread.is_urgent = True
        thread.wake()
        self.assertTrue(until(lambda: len(self.turns) == 2))
        self.assertTrue(capture.is_shared)

    def test_a_capture_that_is_due_is_examined(self) -> None:
        slot, capture = Watched(), Capture()
        thread = self.quiet(slot)
        self.assertTrue(slot.take(capture))
        capture.is_on = True
        thread.wake()
        slot.wait_for_looks()
        self.assertEqual(len(self.turns), 1)
        capture.look_at = clocks.elapsed()
        self.assertTrue(until(lambda: len(self.turns) == 2))
        self.assertTrue(capture.is_shared)

    def test_a_capture_does_not_begin_beside_a_thread_at_work_but_a_job_does(self) -> None:
        slot, capture = Slot(), Capture()
        slot.at_work.add(1)
        self.assertFalse(slot.take(capture, must=False))
        self.assertFalse(capture.is_shared)
        self.assertTrue(slot.take(capture, must=True))
        self.assertTrue(capture.is_shared)
        slot.free(capture)
        slot.at_work.clear()
        self.assertTrue(slot.take(capture, must=False))

    def test_captures_do_not_wait_for_a_slow_server(self) -> None:
        slot, capture = Slot(), Capture()
        slot.at_work.add(threading.get_ident())
        with slot.waiting():
            self.assertFalse(slot.take(capture, must=False))
            with mock.patch.object(profiler, 'LONG', 0):
                self.assertTrue(slot.take(capture, must=False))
            self.assertTrue(capture.is_shared)
            slot.free(capture)
            slot.at_work.add(1)  # Another thread is working.
            with mock.patch.object(profiler, 'LONG', 0):
                self.assertFalse(slot.take(capture, must=False))
            slot.at_work.discard(1)
        with mock.patch.object(profiler, 'LONG', 0):
            self.assertFalse(slot.take(capture, must=False))

    def test_the_thread_that_sends_is_in_no_capture_that_does_not_say_so(self) -> None:
        # In a separate process, so that its threads are not in the captures.
        store = Store(os.path.join(self.folder, 'server'))
        command = [sys.executable, '-m', 'tests.receiver', store.folder, '0']
        place = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        receiver = subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE)
        self.addCleanup(receiver.communicate)
        self.addCleanup(receiver.kill)
        assert receiver.stdout is not None
        url = 'http://127.0.0.1:%d' % int(receiver.stdout.readline())
        agent = self.start()
        agent.send_with(Sender(url, os.path.join(self.folder, 'spool'), waits=SHORT))
        agent.worker._open = lambda: Spool(os.path.join(self.folder, 'spool'))
        agent.worker._budget = 0.5

        def are_enough() -> bool:
            for _ in range(100):
                with strata_agent.profile():
                    sum(len(str(number)) for number in range(500))
            return len(found()) > 20

        def found() -> List[Any]:
            return [marshal.loads(data) for fields, data in store.stored().values() if not fields.get('otherThreads')]

        self.assertTrue(until(are_enough))
        self.assertTrue(strata_agent.flush(PATIENCE))
        alone = found()
        self.assertEqual({function[2] for stats in alone for function in stats if function[0] != '~'}, {'<genexpr>'})

    def test_what_is_captured_is_right_whatever_the_thread_does(self) -> None:
        def leaf(number: int) -> int:
            return number

        def middle() -> int:
            total = 0
            for number in range(1500):
                total += leaf(number)
            return total

        def outer() -> int:
            return middle() + middle()
        for every, least in (None, 20), (1000.0, 1):
            with self.subTest(every=every):
                agent = self.start(every=every)
                agent.worker._budget = 0.5  # It rests only briefly.

                def are_enough() -> bool:
                    with strata_agent.profile():
                        outer()
                    return agent.captures.count > 50

                self.assertTrue(until(are_enough))
                self.assertTrue(strata_agent.stop(PATIENCE))
                lines = self.lines()
                self.assertGreaterEqual(len(lines), least)
                for line in lines:
                    self.assertNotIn('otherThreads', line)
                    found = {function[2]: figures[:2] for function, figures in self.stats(line).items()}
                    count = found['outer'][1]
                    self.assertEqual(found, {'outer': (count, count), 'middle': (2 * count, 2 * count),
                                             'leaf': (3000 * count, 3000 * count)})
                shutil.rmtree(self.folder)

    def test_the_thread_is_in_no_capture_that_does_not_say_so(self) -> None:
        agent = self.start()
        agent.worker._budget = 0.5

        def work() -> int:
            return sum(len(str(number)) for number in range(500))
        lines: List[Any] = []

        def are_enough() -> bool:
            for _ in range(100):
                with strata_agent.profile():
                    work()
            lines[:] = [line for line in self.lines() if 'otherThreads' not in line]
            return len(lines) > 20

        self.assertTrue(until(are_enough))
        strangers = {function for line in lines for function in self.stats(line) if function[0] != '~'}
        self.assertEqual({name for _, _, name in strangers}, {'work', '<genexpr>'})


class Asking(unittest.TestCase):
    def setUp(self) -> None:
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(0.004)

    def interval(self, interval: SwitchInterval) -> float:
        with interval.while_writing(1):
            return round(sys.getswitchinterval(), 6)

    def test_the_interval_is_short_while_writing_is_expensive(self) -> None:
        interval = SwitchInterval()
        with mock.patch.object(agent_thread, 'CHEAP', -1):
            self.assertEqual([self.interval(interval) for _ in range(5)], [1e-5] * 5)
        with mock.patch.object(agent_thread, 'CHEAP', 1 << 60):
            self.assertEqual([self.interval(interval) for _ in range(3)], [1e-5, 0.004, 0.004])
        self.assertEqual(sys.getswitchinterval(), 0.004)
        with mock.patch.object(agent_thread, 'EXPENSIVE', -1):
            self.assertEqual([self.interval(interval) for _ in range(2)], [0.004, 1e-5])

    def test_the_interval_comes_back_whatever_happens(self) -> None:
        interval = SwitchInterval()
        with self.assertRaises(OSError), interval.while_writing(1):
            raise OSError
        self.assertEqual(sys.getswitchinterval(), 0.004)

    def test_what_the_program_sets_meanwhile_stays(self) -> None:
        interval = SwitchInterval()
        with interval.while_writing(1):
            sys.setswitchinterval(0.002)
        self.assertEqual(sys.getswitchinterval(), 0.002)

    def test_a_child_forked_meanwhile_has_the_usual_interval(self) -> None:
        interval = SwitchInterval()
        with interval.while_writing(1):
            interval.restore()
            self.assertEqual(sys.getswitchinterval(), 0.004)


if __name__ == '__main__':
    unittest.main()
