# SPDX-License-Identifier: Apache-2.0
"""A spool folder: always consistent, bounded, and shared."""
from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
from typing import Any, Dict, List
from unittest import mock

from strata_agent.spool import spool as spools
from strata_agent.spool.index import Entry
from strata_agent.spool.spool import Spool

from .sending import HERE, PATIENCE, SOURCES, dump, record


class SpoolCase(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.mkdtemp(prefix='strata-test-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.index = os.path.join(self.folder, 'index.jsonl')
        # The dumps of these tests are small.
        block = mock.patch.object(spools, 'BLOCK', 1)
        block.start()
        self.addCleanup(block.stop)
        self.spool = self.open()

    def open(self, limit: int = 1 << 30) -> Spool:
        spool = Spool(self.folder, limit)
        self.addCleanup(spool.close)
        return spool

    def lines(self) -> List[Dict[str, Any]]:
        with open(self.index) as file:
            return [json.loads(line) for line in file]

    def dumps(self) -> List[str]:
        return sorted(name for name in os.listdir(self.folder) if name.endswith('.prof'))

    def size(self) -> int:
        return sum(os.path.getsize(os.path.join(self.folder, name)) for name in self.dumps())

    def check_whole(self) -> None:
        """Checks that each line names a dump, and each dump has a line."""
        self.assertEqual(sorted(line['file'] for line in self.lines()), self.dumps())
        self.assertFalse(os.path.exists(os.path.join(self.folder, 'new.tmp')))


class Killed(SpoolCase):
    def killed(self, at: str) -> None:
        """Runs a process that writes and removes dumps, and kills it before one of the steps."""
        code = '''
import os, signal, sys
from strata_agent.spool import spool as spools
from tests.sending import record
folder, at = sys.argv[1:]
spool = spools.Spool(folder)
spool.append([record(number) for number in range(4)])
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
if at == 'line':
    spools.Spool._add = die
    spool.append([record(9)])
elif at == 'index':
    spools.Spool._remove_lines = die
elif at == 'file':
    spools._remove = die
elif at == 'second':
    spools._remove = lambda path: (os.unlink(path), setattr(spools, '_remove', die))
spool.remove(spool.entries(3))
'''
        path = os.pathsep.join([SOURCES, os.path.dirname(HERE)])
        done = subprocess.run([sys.executable, '-c', code, self.folder, at], env=dict(os.environ, PYTHONPATH=path))
        self.assertEqual(done.returncode, -9)

    def test_leftovers_of_a_killed_process_are_removed_at_the_next_start(self) -> None:
        left = 0
        for at, kept in (('line', 4), ('index', 8), ('file', 9), ('second', 10)):
            with self.subTest(at):
                self.killed(at)
                left += len(self.dumps()) - len(self.lines())
                self.assertEqual(len(self.open().entries()), kept)
                self.check_whole()
        self.assertEqual(left, 1 + 0 + 3 + 2)

    def test_a_dump_that_is_being_written_is_none_of_these(self) -> None:
        code = '''
import sys, time
from strata_agent.spool.spool import Spool
from tests.sending import record
spool = Spool(sys.argv[1])
add = Spool._add
def slow(self, *arguments):
    print('dump', flush=True)
    sys.stdin.readline()
    add(self, *arguments)
Spool._add = slow
spool.append([record(0)])
'''
        path = os.pathsep.join([SOURCES, os.path.dirname(HERE)])
        writer = subprocess.Popen([sys.executable, '-c', code, self.folder], env=dict(os.environ, PYTHONPATH=path),
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert writer.stdin is not None and writer.stdout is not None
        self.assertEqual(writer.stdout.readline(), b'dump\n')
        self.assertEqual(len(self.dumps()), 1)
        starting = threading.Thread(target=lambda: self.open().entries())
        starting.start()
        writer.stdin.write(b'\n')
        writer.stdin.close()
        starting.join()
        self.assertEqual(writer.wait(PATIENCE), 0)
        writer.stdout.close()
        self.check_whole()

    def test_files_of_others_stay(self) -> None:
        names = ['mine.prof', '20260105T090000.771Z.prof', '20260105T090000.000000000Z-1-0.prof.old',
                 '20260105T090000.000000000Z-1-1.prof']
        for name in names:
            with open(os.path.join(self.folder, name), 'w'):
                pass
        with open(self.index, 'a') as file:
            file.write('{"file":"20260105T090000.000000000Z-1-1.prof","torn')
        self.open().append([record(0)])
        self.assertEqual([name for name in names if not os.path.exists(os.path.join(self.folder, name))], [])


class Writing(SpoolCase):
    def test_what_was_written_comes_back(self) -> None:
        self.spool.append([record(number) for number in range(3)])
        entries = self.open().entries()
        self.assertEqual([self.spool.read(entry) for entry in entries], [dump(number) for number in range(3)])
        self.assertEqual(entries[1].fields['id'], 'id-1')
        self.assertEqual(entries[1].fields['timestamp'], '1767603600.001')
        self.assertEqual(len(self.spool.entries(2)), 2)
        self.check_whole()

    def test_a_torn_last_line_does_not_swallow_the_next(self) -> None:
        self.spool.append([record(0)])
        with open(self.index, 'ab') as file:
            file.write(b'{"file":"torn.prof","timest')
        self.spool.append([record(1)])
        self.assertEqual([entry.fields['id'] for entry in self.spool.entries()], ['id-0', 'id-1'])
        # It remains a separate line when others are removed.
        self.spool.remove(self.spool.entries(1))
        with open(self.index, 'rb') as file:
            self.assertEqual(file.read().split(b'\n')[0], b'{"file":"torn.prof","timest')

    def test_a_last_line_without_its_end_is_kept(self) -> None:
        with open(self.index, 'ab') as file:
            file.write(b'{"file":"a.prof","timestamp":"1"}')
        self.spool.append([record(0)])
        self.assertEqual([entry.file == 'a.prof' for entry in self.spool.entries()], [True, False])

    def test_names_that_reach_outside_are_passed_over(self) -> None:
        names = ['../a', '/etc/passwd', 'a/b', '..', '.', '', 'index.jsonl', 'index.jsonl.lock', 'new.tmp',
                 'drain.lock', 'a\0b', '\ud800', 7, None, ['a'], {'a': 1}]
        with open(self.index, 'a') as file:
            for name in names:
                file.write(json.dumps({'file': name, 'timestamp': '1'}) + '\n')
            file.write('[]\n7\n"file"\nnull\n\xff\n\n')
            file.write('{"file":"fine.prof"}\n')
        self.assertEqual([entry.file for entry in self.spool.entries()], ['fine.prof'])

    def test_links_and_pipes_are_not_read(self) -> None:
        os.symlink('/etc/hostname', os.path.join(self.folder, 'link.prof'))
        os.mkfifo(os.path.join(self.folder, 'pipe.prof'))
        os.mkdir(os.path.join(self.folder, 'folder.prof'))
        for name in ('link', 'pipe', 'folder'):
            with self.assertRaises(OSError):
                self.spool.read(Entry(name + '.prof', {}))

    def test_links_are_not_written_through(self) -> None:
        other = os.path.join(self.folder, 'other')
        for name in ('new.tmp', 'index.jsonl', 'index.jsonl.lock'):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                with open(other, 'w') as file:
                    file.write('precious')
                os.symlink(other, os.path.join(folder, name))
                with self.assertRaises(OSError):
                    spool = Spool(folder)
                    self.addCleanup(spool.close)
                    spool.append([record(0)])
                    spool.remove(spool.entries())
                with open(other) as file:
                    self.assertEqual(file.read(), 'precious')

    def test_systems_without_what_posix_has(self) -> None:
        program = '''
import os, sys
sys.modules['fcntl'] = None
del os.pread, os.pwrite, os.O_NOFOLLOW, os.O_NONBLOCK
# As on Windows.
os.rename, os.O_BINARY = None, os.O_CLOEXEC
import strata_agent.sending.sender
from strata_agent.spool.spool import Spool
from tests.sending import record
spool = Spool(sys.argv[1])
spool.append([record(1)])
spool.append([record(2)])
spool.remove(spool.entries(1))
print([entry.fields['id'] for entry in spool.entries()])
'''
        done = subprocess.run([sys.executable, '-c', program, self.folder], stdout=subprocess.PIPE, cwd=HERE,
                              env=dict(os.environ, PYTHONPATH=os.pathsep.join((SOURCES, os.path.dirname(HERE)))))
        self.assertEqual((done.returncode, done.stdout), (0, b"['id-2']\n"))

    def test_a_full_disk_leaves_nothing(self) -> None:
        self.spool.append([record(0)])
        real = os.write

        def full(file: int, data: Any) -> int:
            if b'"id-2"' in bytes(data):
                # Writes only part of the lines.
                real(file, bytes(data)[:20])
                raise OSError(errno.ENOSPC, 'No space left on device')
            return real(file, data)

        with mock.patch.object(os, 'write', full):
            with self.assertRaises(OSError):
                self.spool.append([record(1), record(2)])
        self.check_whole()
        self.spool.append([record(3)])
        self.assertEqual([line['id'] for line in self.lines()], ['id-0', 'id-3'])
        self.check_whole()

    def test_a_disk_that_is_full_after_some_dumps_keeps_none_of_them(self) -> None:
        real = os.write

        def full(file: int, data: Any) -> int:
            if bytes(data) == dump(2):
                raise OSError(errno.ENOSPC, 'No space left on device')
            return real(file, data)

        with mock.patch.object(os, 'write', full):
            with self.assertRaises(OSError):
                self.spool.append([record(1), record(2)])
        self.assertEqual(self.dumps(), [])
        self.check_whole()

    def test_dumps_can_be_removed_from_a_full_disk(self) -> None:
        self.spool.append([record(number) for number in range(4)])
        real = os.fsync
        room = [False]

        def fsync(file: int) -> None:
            # Removing a dump makes room.
            if len(self.dumps()) == 4 and not room[0]:
                raise OSError(errno.ENOSPC, 'No space left on device')
            real(file)

        with mock.patch.object(os, 'fsync', fsync):
            self.spool.remove(self.spool.entries(2))
        self.assertEqual([line['id'] for line in self.lines()], ['id-2', 'id-3'])
        self.check_whole()


class Bounds(SpoolCase):
    def test_the_oldest_are_removed_and_counted(self) -> None:
        spool = self.open(20 * len(dump(1)))
        for number in range(100):
            spool.append([record(number)])
            self.assertLessEqual(self.size(), spool.limit)
        ids = [line['id'] for line in self.lines()]
        self.assertEqual(ids, ['id-%d' % number for number in range(100 - len(ids), 100)])
        self.assertEqual(spool.dropped, 100 - len(ids))
        self.assertGreaterEqual(len(ids), 17)
        self.check_whole()

    def test_a_small_dump_counts_a_block(self) -> None:
        with mock.patch.object(spools, 'BLOCK', 4096):
            spool = self.open(20 * 4096)
            for number in range(50):
                spool.append([record(number)])
        self.assertTrue(17 <= len(self.dumps()) <= 20, len(self.dumps()))
        self.assertEqual(spool.dropped, 50 - len(self.dumps()))
        self.check_whole()

    def test_dumps_that_no_spool_wrote_are_not_removed(self) -> None:
        for name in ('00-own.prof', '00-imported.prof'):
            with open(os.path.join(self.folder, name), 'wb') as file:
                file.write(dump(0))
        with open(self.index, 'a') as index:
            index.write('{"file":"00-imported.prof","timestamp":"1"}\n')
        spool = self.open(limit=len(dump(0)) * 10)
        for number in range(80):
            spool.append([record(number)])
        self.assertIn('00-own.prof', self.dumps())
        self.assertNotIn('00-imported.prof', self.dumps())

    def test_many_at_once_keep_to_the_limit(self) -> None:
        spool = self.open(20 * len(dump(1)))
        spool.append([record(number) for number in range(100)])
        self.assertLessEqual(self.size(), spool.limit)
        ids = [line['id'] for line in self.lines()]
        self.assertEqual(ids, ['id-%d' % number for number in range(100 - len(ids), 100)])
        self.assertEqual(spool.dropped, 100 - len(ids))
        self.check_whole()

    def test_one_that_is_larger_than_the_limit_does_not_cost_the_others(self) -> None:
        spool = self.open(20 * len(dump(1)))
        spool.append([record(number) for number in range(5)])
        spool.append([record(5, data=dump(5, spool.limit))])
        self.assertEqual([line['id'] for line in self.lines()], ['id-%d' % number for number in range(5)])
        self.assertEqual(spool.dropped, 1)
        self.check_whole()

    def test_dumps_of_other_writers_count_and_are_removed_too(self) -> None:
        limit = 20 * len(dump(1))
        spools = [self.open(limit) for _ in range(3)]
        with open(self.index, 'a') as index:  # Written by hand, without a size.
            index.write('{"file":"by-hand.prof","timestamp":"1"}\n')
        with open(os.path.join(self.folder, 'by-hand.prof'), 'wb') as file:
            file.write(dump(0, limit // 2))
        for number in range(60):
            spools[number % 3].append([record(number)])
            self.assertLessEqual(self.size(), limit)
        self.assertNotIn('by-hand.prof', self.dumps())
        self.assertEqual(len(self.dumps()), 61 - sum(spool.dropped for spool in spools))
        self.assertGreaterEqual(len(self.dumps()), 17)
        self.check_whole()

    def test_removed_dumps_make_room(self) -> None:
        spool = self.open(20 * len(dump(1)))
        for number in range(100):
            spool.append([record(number)])
            if number % 10 == 9:
                self.spool.remove(self.spool.entries())
        self.assertEqual(spool.dropped, 0)


class Sharing(SpoolCase):
    def test_two_processes_append_at_once(self) -> None:
        code = ('import sys\nfrom tests.sending import record\nfrom strata_agent.spool.spool import Spool\n'
                'spool = Spool(sys.argv[1])\nfirst = int(sys.argv[2])\n'
                'for number in range(first, first + 100): spool.append([record(number)])\n')
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join([SOURCES, os.path.dirname(HERE)]))
        processes = [subprocess.Popen([sys.executable, '-c', code, self.folder, str(first)], env=environment)
                     for first in (0, 1000)]
        removed = 0
        while any(process.poll() is None for process in processes):
            entries = self.spool.entries(5)
            self.spool.remove(entries)
            removed += len(entries)
        self.assertEqual([process.wait() for process in processes], [0, 0])
        self.assertEqual(len(self.lines()), 200 - removed)
        self.check_whole()

    def test_an_index_that_another_writer_replaced(self) -> None:
        other = self.open()
        self.spool.append([record(0), record(1)])
        other.remove(other.entries(1))
        self.spool.append([record(2)])
        other.append([record(3)])
        self.assertEqual([line['id'] for line in self.lines()], ['id-1', 'id-2', 'id-3'])
        self.check_whole()

    def test_a_dump_whose_writer_was_killed_is_passed_over(self) -> None:
        self.spool.append([record(0)])
        with open(os.path.join(self.folder, '20260105T090000.000000001Z-1-0.prof'), 'wb') as file:
            file.write(dump(1))
        with open(os.path.join(self.folder, 'new.tmp'), 'wb') as file:
            file.write(b'half')
        self.spool.append([record(2)])
        self.assertEqual([entry.fields['id'] for entry in self.spool.entries()], ['id-0', 'id-2'])

    def test_a_folder_that_was_removed_is_created_again(self) -> None:
        self.spool.append([record(0)])
        shutil.rmtree(self.folder)
        self.spool.append([record(1)])
        self.assertEqual([line['id'] for line in self.lines()], ['id-1'])
        self.check_whole()

    def test_a_folder_that_was_created_again_has_a_lock_of_its_own(self) -> None:
        self.spool.append([record(0)])
        shutil.rmtree(self.folder)
        other = self.open()
        other.append([record(1)])
        self.spool.append([record(2)])
        self.assertEqual([line['id'] for line in self.lines()], ['id-1', 'id-2'])
        for spool in (other, self.spool):
            assert spool._lock_file is not None
            self.assertTrue(os.path.samestat(os.fstat(spool._lock_file), os.stat(self.index + '.lock')))
        self.assertEqual((self.spool.kept, other.kept), (2, 1))

    def test_a_line_with_a_wrong_size_costs_no_others(self) -> None:
        limit = 20 * len(dump(1))
        spool = self.open(limit)
        spool.append([record(number) for number in range(3)])
        with open(self.index, 'a') as index:
            index.write('{"file":"wrong.prof","timestamp":"1","size":%d}\n' % 10 ** 30)
        spool.append([record(4)])
        self.assertEqual(spool.dropped, 0)
        self.assertEqual(len(spool.entries()), 5)

    def test_dumps_written_before_an_error_are_counted(self) -> None:
        spool = self.open(20 * len(dump(1)))
        real = os.write

        def full(file: int, data: Any) -> int:
            if b'"id-12"' in bytes(data):
                raise OSError(errno.ENOSPC, 'No space left on device')
            return real(file, data)
        with mock.patch.object(os, 'write', full), self.assertRaises(OSError):
            spool.append([record(number) for number in range(15)])
        self.assertEqual(spool.kept, len(self.lines()))
        self.assertGreater(spool.kept, 0)
        self.check_whole()

    def test_removing_what_is_gone(self) -> None:
        self.spool.append([record(0), record(1)])
        entries = self.spool.entries()
        self.open().remove(entries[:1])
        self.spool.remove(entries)
        self.assertEqual(self.lines(), [])
        self.check_whole()

    def test_a_name_in_two_lines_is_removed_from_both(self) -> None:
        self.spool.append([record(0), record(1)])
        with open(self.index, 'rb') as file:
            lines = file.read()
        with open(self.index, 'ab') as file:
            file.write(lines)
        self.spool.remove(self.spool.entries(1))
        self.assertEqual({line['id'] for line in self.lines()}, {'id-1'})


@unittest.skipUnless(os.environ.get('STRATA'), 'needs $STRATA, the command line of Strata')
class Importing(SpoolCase):
    def strata(self, *arguments: str) -> 'subprocess.CompletedProcess[str]':
        return subprocess.run([os.environ['STRATA'], *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              universal_newlines=True, env=dict(os.environ, HOME=self.folder))

    def test_strata_imports_a_spool_once(self) -> None:
        self.spool.append([record(number, weight=2.5) for number in range(5)])
        with open(self.index, 'ab') as file:
            file.write(b'{"file":"torn')
        self.spool.append([record(5)])
        store = os.path.join(self.folder, 'store.db')
        done = self.strata('import', '--store', store, self.folder)
        self.assertIn('6 stored', done.stdout + done.stderr)
        done = self.strata('import', '--store', store, self.folder)
        self.assertIn('6 already known', done.stdout + done.stderr)


if __name__ == '__main__':
    unittest.main()
