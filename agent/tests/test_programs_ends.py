# SPDX-License-Identifier: Apache-2.0
"""The end of a recording: processes that continue leave the folder alone and run at full speed."""
from __future__ import annotations

import fcntl
import os
import shutil
import signal
import unittest
from typing import List

from strata_agent.spool.layout import KEY_LIMIT, LABEL_LIMIT, VALUE_LIMIT, cut
from strata_agent.programs.recording import Labels, texts

from .support import PATIENCE
from .programs_support import ProgramCase, until

#: Code with which a program checks whether a profiler is on in its thread.
IS_ON = '''
import sys
def is_on():
    monitoring = getattr(sys, 'monitoring', None)
    return sys.getprofile() is not None or (monitoring is not None and monitoring.get_tool(2) is not None)
def tell(text):
    print(text, flush=True)
'''


class Ends(ProgramCase):
    def wait_for(self, name: str) -> None:
        """Waits for a file that the program creates."""
        self.assertTrue(until(lambda: os.path.exists(os.path.join(self.place, name))), name)

    def close(self) -> List[str]:
        """Ends the recording and removes the folder, as `strata run` does; returns what was in it."""
        self.close_spool()
        names = os.listdir(self.spool)
        shutil.rmtree(self.spool)
        return names

    def test_a_process_that_continues_stops_recording_and_creates_no_folder(self) -> None:
        app = self.write('app.py', IS_ON + '''
import os, threading, time
def work(): time.sleep(0.001)
def in_thread():
    while not os.path.exists('off'):
        work()
    threads_off.append(is_on())
threads_off = []
thread = threading.Thread(target=in_thread)
thread.start()
work()
assert is_on()
open('ready', 'w').close()
while is_on():
    work()
open('off', 'w').close()
thread.join()
tell('off %s' % threads_off)
later = []
thread = threading.Thread(target=lambda: later.append(is_on()))
thread.start()
thread.join()
tell('later %s' % later)
if os.fork() == 0:
    tell('child %s' % is_on())
    os._exit(0)
os.wait()
''')
        process = self.popen('-W', 'ignore', app, env=self.environment(every=0.05))
        self.wait_for('ready')
        self.assertTrue(until(lambda: self.lines()))
        self.close()
        output, errors = process.communicate(timeout=PATIENCE)
        self.assertEqual((process.returncode, errors), (0, ''))
        self.assertEqual(output, 'off [False]\nlater [False]\nchild False\n')
        self.assertFalse(os.path.exists(self.spool))

    def test_a_folder_that_is_closed_and_still_there_stays_as_it_is(self) -> None:
        app = self.write('app.py', IS_ON + '''
import os, subprocess, time
open('ready', 'w').close()
while is_on(): time.sleep(0.001)
subprocess.run([sys.executable, '-c', 'def in_child(): pass\\nin_child()'], check=True)
if os.fork() == 0: os._exit(0)
os.wait()
''')
        process = self.popen('-W', 'ignore', app, env=self.environment(every=0.05))
        self.wait_for('ready')
        self.assertTrue(until(lambda: self.lines()))
        self.close_spool()
        names = sorted(os.listdir(self.spool))
        self.assertEqual(process.communicate(timeout=PATIENCE), ('', ''))
        self.assertEqual(sorted(os.listdir(self.spool)), names)
        # Every dump had a line when the folder was closed.
        self.assertEqual(sorted(line['file'] for line in self.lines()),
                         [name for name in names if name.endswith('.prof')])

    def test_a_process_that_starts_later_is_not_recorded(self) -> None:
        self.close()
        app = self.write('app.py', IS_ON + 'tell(is_on())\n')
        self.assertEqual(self.outcome(app), (0, 'False\n', ''))
        self.assertFalse(os.path.exists(self.spool))

    def test_the_gate_shows_whether_a_process_records(self) -> None:
        app = self.write('app.py', '''
            import os, sys, time
            children = int(sys.argv[1])
            if children and os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    open('ready', 'w').close()
                    while not os.path.exists('end'): time.sleep(0.01)
                os._exit(0)
            if children: os.wait()
        ''')
        with open(os.path.join(self.spool, 'run.lock')) as gate:
            process = self.popen('-W', 'ignore', app, '1')
            self.wait_for('ready')
            process.wait(PATIENCE)
            with self.assertRaises(BlockingIOError):
                fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.write('end', '')

            def is_free() -> bool:
                try:
                    fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return False
                return True

            self.assertTrue(until(is_free))
            # While the folder is being closed, programs that start are not recorded.
            count = len(self.lines())
            self.assertEqual(self.outcome(app, '0'), (0, '', ''))
            self.assertEqual(len(self.lines()), count)

    def test_the_lock_uses_no_descriptor_that_the_program_would_get(self) -> None:
        code = 'import os; print(os.open(os.devnull, os.O_RDONLY))'
        self.assertEqual(self.outcome('-c', code), self.outcome('-c', code, env=self.plain()))
        # The descriptor is not needed either: daemons close all files.
        code = 'import os; os.closerange(3, 4096); print(os.open(os.devnull, os.O_RDONLY))'
        self.assertEqual(self.outcome('-c', code), (0, '3\n', ''))
        self.assertEqual(len(self.lines()), 2)

    def test_a_dump_that_is_being_written_is_waited_for(self) -> None:
        # Many processes are writing while the folder is closed: every dump in it has a line, and is complete.
        app = self.write('app.py', IS_ON + '''
import os, time
for _ in range(6):
    if os.fork() == 0: break
open('ready%d' % os.getpid(), 'w').close()
while is_on(): pass
os._exit(0)
''')
        for _ in range(5):
            processes = [self.popen('-W', 'ignore', app, env=self.environment(every=0.01)) for _ in range(2)]
            self.assertTrue(until(lambda: len(self.lines()) > 20))
            self.close_spool()
            lines, names = self.lines(), os.listdir(self.spool)
            self.assertEqual(sorted(line['file'] for line in lines), sorted(n for n in names if n.endswith('.prof')))
            self.assertGreater(sum(self.calls().values()), 0)
            for process in processes:
                self.assertEqual(process.communicate(timeout=PATIENCE)[1], '')
            self.assertEqual(sorted(os.listdir(self.spool)), sorted(names))
            shutil.rmtree(self.spool)
            self.setUp_spool()

    def test_workers_that_are_terminated_are_in_it(self) -> None:
        app = self.write('app.py', '''
            import multiprocessing, sys, time
            def in_worker(): return 1
            def run(_): return in_worker()
            if __name__ == '__main__':
                context = multiprocessing.get_context(sys.argv[1])
                with context.Pool(2) as pool:
                    assert sum(pool.map(run, range(10))) == 10
                process = context.Process(target=run, args=(1,))
                process.start(); process.join()
        ''')
        for method in ('fork', 'spawn', 'forkserver'):
            process = self.popen('-W', 'ignore', app, method)
            self.assertEqual(process.communicate(timeout=PATIENCE), ('', ''))
            with open(os.path.join(self.spool, 'run.lock')) as gate:
                fcntl.flock(gate, fcntl.LOCK_EX)  # Waits until the helper processes have ended too.
            self.assertGreaterEqual(self.calls()['in_worker'], 1)
            named = {line['file'] for line in self.lines()}
            self.assertEqual({name for name in os.listdir(self.spool) if name.endswith('.prof')}, named)
            self.setUp_spool(again=True)

    def test_a_writer_that_is_killed_leaves_the_lock_free(self) -> None:
        app = self.write('app.py', 'while True: abs(1)\n')
        for _ in range(10):
            process = self.popen(app, env=self.environment(every=0.01))
            count = len(self.lines())
            self.assertTrue(until(lambda: len(self.lines()) > count + 2))
            process.send_signal(signal.SIGKILL)
            process.wait()
        named = {line['file'] for line in self.lines()}
        unnamed = {name for name in os.listdir(self.spool) if name.endswith('.prof')} - named
        self.assertLessEqual(len(unnamed), 10)
        self.close()

    def setUp_spool(self, again: bool = False) -> None:
        """Creates the folder again."""
        from strata_agent.programs import folder
        if again:
            shutil.rmtree(self.spool)
        folder.make(self.spool)


class LabelsOfRuns(ProgramCase):
    def test_labels_are_no_more_than_a_reader_takes(self) -> None:
        many = {'key%d' % number: 'v' for number in range(100)}
        code, output, errors = self.outcome('-c', '', env=self.environment(labels=many))
        self.assertEqual((code, output), (0, ''))
        self.assertIn('strata: 36 labels were left out', errors)
        line, = self.lines()
        self.assertEqual(len(line['labels']), LABEL_LIMIT)
        self.assertNotIn('program', line['labels'])

    def test_long_labels_are_cut(self) -> None:
        self.outcome('-c', '', env=self.environment(labels={'k' * 300: 'é' * 3000, 'empty': '', 'quote': '"\\\u2028'}))
        labels = self.lines()[0]['labels']
        self.assertEqual(set(labels), {'k' * 197 + '…', 'empty', 'quote', 'program'})
        self.assertEqual((labels['empty'], labels['quote'], labels['program']), ('', '"\\\u2028', '-c'))
        self.assertTrue(labels['k' * 197 + '…'].endswith('é…'))
        self.assertLessEqual(len(labels['k' * 197 + '…'].encode()), VALUE_LIMIT)

    def test_a_line_has_room_for_what_is_left(self) -> None:
        self.outcome('-c', '', env=self.environment(labels={'%d' % number: '\x01' * 1500 for number in range(12)}))
        with open(os.path.join(self.spool, 'index.jsonl'), 'rb') as index:
            line = index.readline()
        self.assertLess(len(line), 64 << 10)
        self.assertEqual(len(self.lines()[0]['labels']), 5 + 1)

    def test_the_name_of_a_program_may_be_anything(self) -> None:
        code = 'import sys; sys.argv[0] = %r'
        for name, expected in (('x' * 5000, 'x' * 4000), ('a\udc80', 'a?'), ('/', 'python'), ('é' * 3000, 'é' * 2000)):
            self.outcome('-c', code % name)
            found = self.lines()[-1]['labels']['program']
            self.assertTrue(found.startswith(expected), found)
            self.assertLessEqual(len(found.encode()), VALUE_LIMIT)

    def test_the_texts_of_an_object(self) -> None:
        for text, expected in (('{}', {}), (' { "a" : "b" , "c":"" } ', {'a': 'b', 'c': ''}),
                               (r'{"\u00e9\ud83d\ude00":"\"\\\/\n"}', {'é\U0001f600': '"\\/\n'}),
                               ('{" a":" b "}', {' a': ' b '})):
            self.assertEqual(texts(text), expected, text)
        for text in ('', '[]', '{"a"}', '{"a":1}', '{"a":"b"', '{"a":"b",', '{a:"b"}', '{"a":"b"', '{"a":"', 'null'):
            with self.assertRaises(ValueError, msg=text):
                texts(text)

    def test_no_character_is_split(self) -> None:
        for limit in range(3, 20):
            for text in ('abcdefghijklmnopqrstuvwxyz', 'éàüöß' * 4, '\U0001f600' * 9, 'a\U0001f600é' * 5):
                found = cut(text, limit)
                self.assertLessEqual(len(found.encode()), limit)
                self.assertTrue(found.endswith('…') and text.startswith(found[:-1]))
        self.assertEqual([cut(text, 4) for text in ('abcd', 'éé', '\ud800', '')], ['abcd', 'éé', '?', ''])
        self.assertEqual(Labels({'k' * KEY_LIMIT: ''}).left_out, 0)


if __name__ == '__main__':
    unittest.main()
