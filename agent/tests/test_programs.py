# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import os
import pstats
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest
from typing import Any, Dict, List, Set

from . import support
from .support import PATIENCE

ENDLESS = '%ds' % support.ENDLESS
_SOURCE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'src')


class WholeProgramTests(unittest.TestCase):
    def setUp(self) -> None:
        self.place = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.place, True)
        self.spool = os.path.join(self.place, 'spool')

    #: Code with which a program waits until a number of slices are written.
    LINES = '''
            import os as _os, time as _time
            _index = _os.path.join(_os.environ['STRATA_RUN_SPOOL'], 'index.jsonl')
            def lines():
                file = _os.open(_index, _os.O_RDONLY)
                data = _os.read(file, 1 << 20)
                _os.close(file)
                return data.count(b'\\n')
            def are_written(count, end=_time.monotonic() + %d):
                return lines() >= count or _time.monotonic() > end
    ''' % PATIENCE
    #: The functions that this code calls.
    WAITING = ('lines', 'are_written', '<built-in method posix.open>', '<built-in method posix.read>',
               '<built-in method posix.close>', "<method 'count' of 'bytes' objects>",
               '<built-in method time.monotonic>')

    def popen(self, text: str, *arguments: str, every: str = ENDLESS) -> 'subprocess.Popen[str]':
        app = os.path.join(self.place, 'app.py')
        with open(app, 'w', encoding='utf-8') as file:
            file.write(textwrap.dedent(text if 'written(' not in text else self.LINES + text))
        command = [sys.executable, '-W', 'ignore', '-m', 'strata_agent', 'run', '--every', every, '--into', self.spool,
                   '--label', 'service=test', '-W', 'ignore', app, *arguments]
        environment = dict(os.environ, PYTHONPATH=_SOURCE)
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                stdin=subprocess.PIPE, universal_newlines=True)

    def run_app(self, text: str, *arguments: str, every: str = ENDLESS) -> Any:
        process = self.popen(text, *arguments, every=every)
        output, errors = process.communicate(timeout=2 * PATIENCE)
        return process.returncode, output, errors

    def lines(self) -> List[Dict[str, Any]]:
        with open(os.path.join(self.spool, 'index.jsonl'), encoding='utf-8') as index:
            return [json.loads(line) for line in index]

    def names(self, line: Dict[str, Any]) -> Set[str]:
        stats = pstats.Stats(os.path.join(self.spool, line['file'])).stats  # type: ignore[attr-defined]
        return {function[2] for function in stats}

    def calls(self) -> Dict[str, int]:
        """The number of calls by name of function, over all dumps."""
        total: Dict[str, int] = {}
        for line in self.lines():
            stats = pstats.Stats(os.path.join(self.spool, line['file'])).stats  # type: ignore[attr-defined]
            for function, figures in stats.items():
                total[function[2]] = total.get(function[2], 0) + figures[1]
        return total

    def test_a_program_runs_as_it_would_and_is_seen_whole(self) -> None:
        code, output, errors = self.run_app('''
            import sys
            def work(): return 1
            print(sys.argv[1:], __name__, sum(work() for _ in range(50)))
            sys.exit(3)
        ''', 'one', '--two')
        self.assertEqual((code, output, errors), (3, "['one', '--two'] __main__ 50\n", ''))
        self.assertEqual(self.calls()['work'], 50)
        line, = self.lines()
        self.assertEqual(line['labels'], {'program': 'app.py', 'service': 'test'})
        self.assertEqual(line['covers'], 'slice')

    def test_slices_add_up_to_what_one_profiler_says(self) -> None:
        code, _, errors = self.run_app('''
            import time
            def inner(): return 1
            def work(): return inner() + inner()
            count = 0
            while not are_written(5):
                work(); count += 1
            with open(__file__ + '.count', 'w') as file: file.write(str(count))
        ''', every='0.25')
        self.assertEqual((code, errors), (0, ''))
        with open(os.path.join(self.place, 'app.py.count')) as file:
            count = int(file.read())
        calls = self.calls()
        self.assertEqual((calls['work'], calls['inner']), (count, 2 * count))
        lines = self.lines()
        self.assertGreaterEqual(len(lines), 5)
        for line, following in zip(lines, lines[1:]):
            # Each ends where the next begins, and no two begin in one slice.
            end = round(float(line['timestamp']) + float(line['duration']), 3)
            self.assertAlmostEqual(end, float(following['timestamp']), places=2)
            self.assertLess(float(line['timestamp']) // 0.25, float(following['timestamp']) // 0.25)

    def test_the_thread_that_dumps_is_not_in_the_dumps(self) -> None:
        code, output, errors = self.run_app('''
            from time import perf_counter
            def leaf():
                total = 0
                for number in range(2000): total += number
                return total
            def middle():
                global inside
                begin = perf_counter()
                for _ in range(20): leaf()
                inside += perf_counter() - begin
            def main():
                begin = perf_counter()
                while not are_written(15):
                    for _ in range(50): middle()
                return perf_counter() - begin
            inside = 0
            begin = perf_counter()
            inside_main = main()
            print(inside, inside_main, perf_counter() - begin)
        ''', every='0.05')
        self.assertEqual((code, errors), (0, ''))
        inside_middle, inside_main, outside = map(float, output.split())
        app = os.path.join(self.place, 'app.py')
        total: Dict[Any, float] = {}
        lines = self.lines()
        self.assertGreaterEqual(len(lines), 15)
        allowed = {'leaf', 'middle', '<built-in method time.perf_counter>', *self.WAITING}
        # The first slices contain the start of the interpreter, the last ones its shutdown.
        busy = [line for line in lines if 'leaf' in self.names(line)]
        inner = busy[1:-1]
        for line in lines:
            stats = pstats.Stats(os.path.join(self.spool, line['file'])).stats  # type: ignore[attr-defined]
            for function, figures in stats.items():
                total[function] = total.get(function, 0.0) + figures[3]
                if line in inner:
                    self.assertIn(function[2], allowed)
        # A return in that thread would end a call that is on here: functions would last longer than the program.
        main, = (figure for function, figure in total.items() if function[2] == 'main' and function[0] == app)
        middle, = (figure for function, figure in total.items() if function[2] == 'middle')
        rounding = 1e-6
        self.assertTrue(inside_main - rounding <= main <= outside + rounding, (inside_main, main, outside))
        self.assertTrue(inside_middle - rounding <= middle <= main + rounding, (inside_middle, middle, main))

    def test_a_slice_that_could_not_be_kept_comes_with_the_next(self) -> None:
        process = self.popen('''
            import os, sys, time
            spool = sys.argv[1]
            def work(): return 1
            index = spool + '/index.jsonl'
            os.rename(index, index + '2')
            os.mkdir(index)
            work()
            print('ready', flush=True)
            sys.stdin.readline()
            os.rmdir(index)
            os.rename(index + '2', index)
        ''', self.spool, every='0.2')
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        self.assertEqual(process.stdout.readline(), 'ready\n')
        self.assertIn('strata: a slice of this program was not written: ', process.stderr.readline())
        process.stdin.write('\n')
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(self.calls()['work'], 1)

    def test_threads_and_children_are_seen(self) -> None:
        code, _, errors = self.run_app('''
            import multiprocessing, os, subprocess, sys, threading
            def in_thread(): return 1
            def in_fork(): return 2
            def in_pool(): return 3
            def run_pool(number): return in_pool()
            if __name__ == '__main__':
                threads = [threading.Thread(target=lambda: [in_thread() for _ in range(10)]) for _ in range(3)]
                for thread in threads: thread.start(); thread.join()
                subprocess.run([sys.executable, '-c', 'def in_child(): pass\\nin_child()'], check=True)
                if os.fork() == 0:
                    in_fork()
                    sys.exit(0)
                os.wait()
                process = multiprocessing.get_context('fork').Process(target=run_pool, args=(1,))
                process.start(); process.join()
        ''')
        self.assertEqual((code, errors), (0, ''))
        calls = self.calls()
        self.assertEqual([calls[name] for name in ('in_thread', 'in_child', 'in_fork', 'in_pool')], [30, 1, 1, 1])

    def test_children_that_are_forked_while_a_slice_is_written_do_not_keep_the_lock(self) -> None:
        code, _, errors = self.run_app('''
            import os, signal, time
            def work(): return 1
            children = []
            for _ in range(60):
                work()
                child = os.fork()
                if child == 0:
                    time.sleep(600)
                    os._exit(0)
                children.append(child)
                time.sleep(0.01)
            begin = time.monotonic()
            import atexit
            def end():
                for child in children: os.kill(child, signal.SIGKILL)
            atexit.register(end)  # Called before the agent's.
            end = None
            import fcntl
            with open(os.environ['STRATA_RUN_SPOOL'] + '/index.jsonl.lock') as lock:
                while True:
                    try:
                        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        break
                    except BlockingIOError:
                        assert time.monotonic() < begin + 300, 'a child has the lock'
                        time.sleep(0.01)
        ''', every='0.02')
        self.assertEqual((code, errors), (0, ''))

    def test_a_program_that_is_asked_to_end_keeps_its_last_slice(self) -> None:
        process = self.popen('''
            import time
            def work(): return 1
            work()
            print('ready', flush=True)
            time.sleep(600)
        ''')
        assert process.stdout is not None and process.stderr is not None
        self.assertEqual(process.stdout.readline(), 'ready\n')
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(PATIENCE), -signal.SIGTERM)
        process.stdout.close()
        process.stderr.close()
        self.assertEqual(self.calls()['work'], 1)

    @unittest.skipUnless(hasattr(os, 'fork'), 'there are no forks')
    def test_a_child_that_is_asked_to_end_while_it_is_forked_ends(self) -> None:
        code, output, errors = self.run_app('''
            import os, signal, time
            def child():
                while True: time.sleep(0.05)
            statuses = set()
            for _ in range(20):
                pid = os.fork()
                if pid == 0: child()
                os.kill(pid, signal.SIGTERM)
                statuses.add(os.waitpid(pid, 0)[1])
            print(statuses, signal.pthread_sigmask(signal.SIG_BLOCK, []))
        ''')
        self.assertEqual((code, output, errors), (0, '{%d} set()\n' % signal.SIGTERM, ''))

    def test_a_second_signal_while_the_last_slice_is_written_waits_for_it(self) -> None:
        code, _, errors = self.run_app('''
            import os, signal
            kind = type(signal.getsignal(signal.SIGTERM).__self__._dumps)
            def slow(self, end=kind.end):
                os.kill(os.getpid(), signal.SIGHUP)
                end(self)
            kind.end = slow
            def work(): return 1
            work()
            os.kill(os.getpid(), signal.SIGTERM)
        ''')
        self.assertEqual((code, errors), (-signal.SIGHUP, ''))
        self.assertEqual(self.calls()['work'], 1)

    def test_a_program_that_is_killed_keeps_all_slices_but_the_last(self) -> None:
        process = self.popen('''
            import time
            def work(): return 1
            written = lines()
            work()
            while not are_written(written + 2): pass  # The second of two slices includes it, if not the first.
            print('ready', flush=True)
            time.sleep(600)
        ''', every='0.2')
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.kill()
        process.wait(PATIENCE)
        process.stdout.close()
        process.stderr.close()
        self.assertEqual(self.calls()['work'], 1)

    def test_wrong_calls_are_refused(self) -> None:
        for arguments in (['run'], ['run', '--every', '0s', 'a.py'], ['run', '--label', 'x', 'a.py'], []):
            done = subprocess.run([sys.executable, '-m', 'strata_agent', *arguments], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, env=dict(os.environ, PYTHONPATH=_SOURCE), timeout=PATIENCE)
            self.assertEqual(done.returncode, 2, arguments)


if __name__ == '__main__':
    unittest.main()
