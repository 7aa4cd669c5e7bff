# SPDX-License-Identifier: Apache-2.0
"""Whatever is killed, and however often: each capture arrives, and is stored once thanks to its id."""
from __future__ import annotations

import fcntl
import os
import random
import signal
import socket
import subprocess
import time
import unittest
from typing import Any, Dict, List, Set, Tuple

from strata_agent.spool.spool import Spool

from .sending import HERE, SHORT, SendingCase, dump, record, until

#: Faults of a receiver.
FAULTS: Tuple[Dict[str, Any], ...] = (
    {}, {'status': 500}, {'status': 429, 'headers': {'Retry-After': '0'}}, {'garbage': True}, {'break': 'before'},
    {'break': 'after'}, {'break': 'middle'}, {'break': 'early'}, {'slow': 0.05}, {'limit': {'profiles': 3}},
    {'status': 503, 'early': True}, {'status': 401}, {'pass over': ['a-1', 'b-5']})


class Outages(SendingCase):
    def setUp(self) -> None:
        super().setUp()
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            self.port = free.getsockname()[1]
        self.url = 'http://127.0.0.1:%d' % self.port
        self.kills = 0
        self.written: Set[str] = set()
        self.receiving: List['subprocess.Popen[bytes]'] = []

    def receive(self) -> None:
        """Starts a receiver process, the first or after one was killed."""
        process = self.process(os.path.join(HERE, 'receiver.py'), self.store.folder, str(self.port))
        self.receiving = [process]

    def capture(self, prefix: str, count: int = 100) -> 'subprocess.Popen[bytes]':
        """Starts a process that captures and sends."""
        return self.process('-m', 'tests.sending_process', self.path, self.url, prefix, str(count))

    def end(self, process: 'subprocess.Popen[bytes]', kill: bool = False) -> None:
        """Waits for a process or kills it, and collects the ids of the captures that it spooled."""
        if kill:
            self.kills += 1
            process.kill()
        assert process.stdout is not None
        lines = process.stdout.read().split(b'\n')
        self.written.update(line.decode() for line in lines[:-1])
        process.wait()
        process.stdout.close()

    def check(self) -> None:
        """Every spooled capture is stored once. Besides, at most one per kill that was spooled but not yet reported."""
        stored = self.store.stored()
        self.assertEqual(self.written - set(stored), set())
        self.assertLessEqual(len(set(stored) - self.written), self.kills)
        for name, (_, data) in stored.items():
            self.assertEqual(data, dump(int(name.rsplit('-', 1)[1])))
        self.assertEqual(self.spooled(), [])
        firsts = [line for line in self.store.lines('arrivals') if line.startswith('stored ')]
        self.assertEqual(len(firsts), len(set(firsts)))
        # A receiver that is killed may have stored one more than it logged.
        self.assertLessEqual(len(firsts), len(stored))

    def test_the_receiver_is_killed(self) -> None:
        self.receive()
        process = self.capture('a', 200)
        for _ in range(4):
            count = len(self.store.lines('arrivals'))
            self.assertTrue(until(lambda: len(self.store.lines('arrivals')) > count or process.poll() is not None))
            self.kill(self.receiving[0])
            self.receive()
        self.end(process)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(len(self.written), 200)
        self.check()

    def test_the_sending_process_is_killed(self) -> None:
        self.receive()
        # Slow enough that some kills fall between the answer and the removal.
        self.store.control(slow=0.02)
        for number in range(6):
            process = self.capture('p%d' % number, 1_000)  # More than it can finish.
            count = len(self.store.lines('arrivals'))
            self.assertTrue(until(lambda: len(self.store.lines('arrivals')) > count))
            time.sleep(random.random() * 0.1)
            self.end(process, kill=True)
        process = self.capture('last', 1)
        self.end(process)
        self.assertEqual(process.returncode, 0)
        self.check()

    def test_all_of_it_at_once(self) -> None:
        seed = int(os.environ.get('STRATA_SEED') or random.randrange(1 << 30))
        random.seed(seed)
        with self.subTest(seed=seed):
            self.receive()
            processes = {prefix: self.capture(prefix, 10_000) for prefix in ('a', 'b')}
            until(lambda: len(self.store.lines('arrivals')) > 10)
            for turn in range(8):
                self.store.control(**random.choice(FAULTS))
                time.sleep(random.random() * 0.2)
                if random.random() < 0.4:
                    self.kill(self.receiving[0])
                    time.sleep(random.random() * 0.1)
                    self.receive()
                if random.random() < 0.5:
                    prefix = random.choice(sorted(processes))
                    self.end(processes.pop(prefix), kill=True)
                    # On the same spool, under another name.
                    processes['%s%d' % (prefix, turn)] = self.capture('%s%d' % (prefix, turn), 10_000)
            self.store.control()
            for process in processes.values():
                self.end(process, kill=True)
            last = self.capture('last', 1)
            self.end(last)
            self.assertEqual(last.returncode, 0)
            self.check()

    def test_what_the_bounds_dropped_is_counted(self) -> None:
        size = len(record(1).data)
        spool = Spool(self.path, 30 * size)
        self.addCleanup(spool.close)
        for number in range(200):
            spool.append([record(number)])
        self.receive()
        sender = self.sender(self.url)
        until(lambda: sender.flush(1))
        stored = self.store.stored()
        self.assertEqual(len(stored) + spool.dropped, 200)
        self.assertGreater(spool.dropped, 0)
        self.assertEqual(self.spooled(), [])

    def test_another_process_sends_when_the_sending_one_is_killed(self) -> None:
        self.receive()
        self.store.control(hold=True)
        process = self.capture('a', 5)
        self.assertTrue(until(lambda: self.store.lines('requests')))
        other = self.sender(self.url, waits=SHORT)
        other.wake()
        self.assertTrue(until(lambda: other._is_locked_out))
        self.end(process, kill=True)
        self.store.control()
        self.assertTrue(until(lambda: not self.spooled()))
        self.check()

    @unittest.skipUnless(hasattr(os, 'fork'), 'needs fork')
    def test_the_child_of_a_killed_process_holds_none_of_its_locks(self) -> None:
        self.receive()
        self.store.control(hold=True)
        process = self.process('-W', 'ignore', '-m', 'tests.forking_process', self.path, self.url)
        assert process.stdout is not None
        child = int(process.stdout.readline())
        self.addCleanup(os.kill, child, signal.SIGKILL)
        for name in ('index.jsonl.lock', 'drain.lock'):
            self.assertFalse(self.is_free(name))
        process.kill()
        process.wait()
        for name in ('index.jsonl.lock', 'drain.lock'):
            self.assertTrue(until(lambda: self.is_free(name)), name)

    def is_free(self, name: str) -> bool:
        """Whether a lock is free."""
        with open(os.path.join(self.path, name), 'a') as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True


if __name__ == '__main__':
    unittest.main()
