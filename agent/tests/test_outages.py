# SPDX-License-Identifier: Apache-2.0
"""Whatever is killed and however often: each capture arrives, and by its id once."""
from __future__ import annotations

import os
import random
import socket
import subprocess
import time
import unittest
from typing import Any, Dict, List, Set, Tuple

from strata_agent.spool import Spool

from .sending import HERE, SHORT, SendingCase, dump, record, until

#: What a receiver may do for a while.
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
        """Starts a receiver process, in place of one that was killed."""
        process = self.process(os.path.join(HERE, 'receiver.py'), self.store.folder, str(self.port))
        self.receiving = [process]

    def capture(self, prefix: str, count: int = 100) -> 'subprocess.Popen[bytes]':
        """Starts a process that captures and sends."""
        return self.process('-m', 'tests.sending_process', self.path, self.url, prefix, str(count))

    def end(self, process: 'subprocess.Popen[bytes]', kill: bool = False) -> None:
        """Waits for a process or kills it, and notes which captures it had spooled."""
        if kill:
            self.kills += 1
            process.kill()
        assert process.stdout is not None
        lines = process.stdout.read().split(b'\n')
        self.written.update(line.decode() for line in lines[:-1])
        process.wait()
        process.stdout.close()

    def check(self) -> None:
        """All that was spooled is stored once; more only what was spooled in the moment of a kill."""
        stored = self.store.stored()
        self.assertEqual(self.written - set(stored), set())
        self.assertLessEqual(len(set(stored) - self.written), self.kills)
        for name, (_, data) in stored.items():
            self.assertEqual(data, dump(int(name.rsplit('-', 1)[1])))
        self.assertEqual(self.spooled(), [])
        firsts = [line for line in self.store.lines('arrivals') if line.startswith('stored ')]
        self.assertEqual(len(firsts), len(set(firsts)))
        # A receiver that is killed may have stored one more than it has noted.
        self.assertLessEqual(len(firsts), len(stored))

    def test_the_receiver_is_killed(self) -> None:
        self.receive()
        process = self.capture('a', 200)
        for _ in range(4):
            count = len(self.store.lines('arrivals'))
            self.assertTrue(until(lambda: len(self.store.lines('arrivals')) > count or process.poll() is not None))
            self.kill(self.receiving[0])
            time.sleep(0.05)
            self.receive()
        self.end(process)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(len(self.written), 200)
        self.check()

    def test_the_sending_process_is_killed(self) -> None:
        self.receive()
        # Long enough that some kills come between the answer and the removal.
        self.store.control(slow=0.02)
        for number in range(6):
            process = self.capture('p%d' % number, 1_000)  # More than it will come to.
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
        self.store.control(slow=0.3)
        process = self.capture('a', 5)
        self.assertTrue(until(lambda: self.store.lines('requests')))
        other = self.sender(self.url, waits=SHORT)
        other.wake()
        time.sleep(0.1)
        self.end(process, kill=True)
        self.store.control()
        self.assertTrue(until(lambda: not self.spooled()))
        self.check()


if __name__ == '__main__':
    unittest.main()
