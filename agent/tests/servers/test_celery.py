# SPDX-License-Identifier: Apache-2.0
"""Tasks under a real Celery worker; skipped if the package is missing (scripts/test-agent)."""
from __future__ import annotations

import importlib.util
import json
import os
import pstats
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from typing import Any, Dict, List, Tuple

_HERE = os.path.dirname(os.path.abspath(__file__))
_SOURCE = os.path.join(os.path.dirname(os.path.dirname(_HERE)), 'src')

#: How long a worker may take for what it has to do, in seconds: the machine may be busy.
PATIENCE = 300
#: Sends tasks: three prices for each report. Reports are captured whatever that costs, prices within what is left.
_SEND = '''
import tasks
def send(count):
    for number in range(count):
        if number % 4 == 0:
            tasks.report.delay(100)
        else:
            tasks.price.delay(20000)
'''

#: A worker in a thread of the sending process, whose main thread waits: some profilers see all threads.
_IN_PROCESS = _SEND + '''
import threading
from celery.contrib.testing.worker import start_worker
from celery.signals import task_postrun
left, is_done = [120], threading.Event()
@task_postrun.connect
def count(**_):
    left[0] -= 1
    if not left[0]:
        is_done.set()
send(120)
with start_worker(tasks.app, pool='solo', perform_ping_check=False, loglevel='ERROR'):
    is_done.wait(200)
'''


@unittest.skipUnless(importlib.util.find_spec('celery'), 'no celery')
class CeleryTests(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder, True)
        os.mkdir(os.path.join(self.folder, 'queue'))
        with open(os.path.join(self.folder, 'done'), 'w'):
            pass
        self.environment = dict(os.environ, PYTHONPATH=os.pathsep.join([_SOURCE, _HERE]),
                                STRATA_TEST_FOLDER=self.folder)
        self.log = open(os.path.join(self.folder, 'log'), 'w+', encoding='utf-8', errors='replace')
        self.addCleanup(self.log.close)

    def run_python(self, *arguments: str, **environment: str) -> None:
        subprocess.run([sys.executable, *arguments], env=dict(self.environment, **environment), check=True, timeout=PATIENCE,
                       cwd=self.folder, stdout=self.log, stderr=self.log)

    def work(self, *options: str) -> 'subprocess.Popen[bytes]':
        worker = subprocess.Popen([sys.executable, '-m', 'celery', '-A', 'tasks', 'worker', '--loglevel=WARNING',
                                   '--without-gossip', '--without-mingle', *options], env=self.environment,
                                  cwd=self.folder, stdout=self.log, stderr=self.log)
        self.addCleanup(worker.wait)
        self.addCleanup(lambda: worker.poll() is None and worker.kill())
        return worker

    def done(self) -> List[Tuple[str, str]]:
        """The finished tasks, each with its process."""
        with open(os.path.join(self.folder, 'done')) as file:
            return [(line.split()[0], line.split()[1]) for line in file]

    def wait_for(self, tasks: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while len(self.done()) < tasks:
            self.assertLess(time.monotonic(), deadline, self.logged())
            time.sleep(0.05)

    def logged(self) -> str:
        self.log.seek(0)
        return self.log.read()[-3000:]

    def lines(self, **labels: str) -> List[Dict[str, Any]]:
        """The lines of the dumps with the given labels."""
        with open(os.path.join(self.folder, 'spool', 'index.jsonl'), encoding='utf-8') as index:
            lines = [json.loads(line) for line in index]
        return [line for line in lines if labels.items() <= line['labels'].items()]

    def calls(self, line: Dict[str, Any], function: str) -> int:
        stats = pstats.Stats(os.path.join(self.folder, 'spool', line['file'])).stats  # type: ignore[attr-defined]
        return sum(figures[1] for key, figures in stats.items() if key[2] == function)

    def check(self, processes: int) -> None:
        """Each report has a dump, and all captured prices of a process have one."""
        done = self.done()
        reports = self.lines(job='report')
        self.assertEqual(len(reports), sum(task == 'report' for task, _ in done), self.logged())
        for line in reports:
            self.assertEqual(line['labels'], {'service': 'shop', 'job': 'report', 'rows': '64-127'})
            self.assertEqual(self.calls(line, 'row_of'), 100)
        self.assertEqual(max(line['callsSeen'] for line in reports),
                         max(sum(each == ('report', process) for each in done) for _, process in done))
        prices = self.lines(task='price')
        self.assertEqual(len(prices), processes, self.logged())
        for line in prices:
            self.assertEqual(line['labels'], {'service': 'shop', 'task': 'price', 'rows': '16384-32767'})
            captures, rest = divmod(self.calls(line, 'row_of'), 20000)
            self.assertEqual((captures, rest), (round(line['callsSeen'] / float(line['weight'])), 0))

    def test_children_of_a_worker_keep_what_they_captured_when_it_ends(self) -> None:
        worker = self.work('--pool=prefork', '--concurrency=2', '-O', 'fair')
        self.run_python('-c', _SEND + 'send(400)')
        self.wait_for(200)
        worker.send_signal(signal.SIGTERM)  # A warm shutdown: running tasks are finished.
        self.assertEqual(worker.wait(PATIENCE), 0, self.logged())
        self.assertEqual(len({process for _, process in self.done()}), 2)
        self.check(processes=2)

    def test_children_that_are_replaced_keep_what_they_captured(self) -> None:
        worker = self.work('--pool=prefork', '--concurrency=1', '--max-tasks-per-child=60')
        self.run_python('-c', _SEND + 'send(120)')
        self.wait_for(120)
        worker.send_signal(signal.SIGTERM)
        self.assertEqual(worker.wait(PATIENCE), 0, self.logged())
        self.check(processes=2)

    def test_a_worker_in_a_thread_of_the_process_that_sends(self) -> None:
        self.run_python('-c', _IN_PROCESS, STRATA_TEST_BROKER='memory://')
        self.check(processes=1)


if __name__ == '__main__':
    unittest.main()
