#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the disk of disk_faults.c and disk.py itself, with small programs whose fate is known."""
import os
import random
import subprocess
import sys
import tempfile
import textwrap

from disk import Disk, build

PRELUDE = '''
import errno, fcntl, os, sys, threading
def put(name, data, offset=0, flags=0):
    file = os.open(name, os.O_RDWR | os.O_CREAT | flags)
    os.pwrite(file, data, offset)
    return file
def sync(file='.'):
    file = os.open(file, os.O_RDONLY) if isinstance(file, str) else file
    os.fsync(file)
def fails(code, function, *arguments):
    try: function(*arguments)
    except OSError as error: assert error.errno == code, error
    else: raise AssertionError('done all the same')
'''
# Name, what is there at first, program, what a power failure leaves.
POWER_LOSSES = [
    ('what is not synced vanishes', {'a': b'old'}, "put('a', b'new')", {'a': b'old'}),
    ('what is synced stays', {'a': b'old'}, "sync(put('a', b'new'))", {'a': b'new'}),
    ('so it does with fdatasync', {'a': b'old'}, "os.fdatasync(put('a', b'new'))", {'a': b'new'}),
    ('what comes after a sync vanishes', {'a': b'old'}, "f = put('a', b'new'); sync(f); os.pwrite(f, b'later', 2)", {'a': b'new'}),
    ('a sync is one of all its file', {'a': b'old'}, "put('a', b'n'); sync(put('a', b'w', 2))", {'a': b'nlw'}),
    ('a sync is of no other file', {'a': b'1', 'b': b'1'}, "put('a', b'2'); sync(put('b', b'2'))", {'a': b'1', 'b': b'2'}),
    ('a new file needs its folder synced', {}, "sync(put('a', b'new'))", {}),
    ('and has it', {}, "sync(put('a', b'new')); sync()", {'a': b'new'}),
    ('a name may be there without its bytes', {}, "put('a', b'new'); sync()", {'a': b''}),
    ('a file shortened is as long as before', {'a': b'long'}, "os.ftruncate(os.open('a', os.O_RDWR), 1)", {'a': b'long'}),
    ('a file emptied by opening, too', {'a': b'long'}, "os.open('a', os.O_WRONLY | os.O_TRUNC)", {'a': b'long'}),
    ('a hole is zeros', {}, "sync(put('a', b'x', 3)); sync()", {'a': b'\0\0\0x'}),
    ('what is written at the end', {'a': b'ab'}, "f = put('a', b'', flags=os.O_APPEND); os.write(f, b'c'); sync(f); os.write(f, b'd')", {'a': b'abc'}),
    ('what is written where the file stands', {'a': b'abcd'}, "f = put('a', b''); os.lseek(f, 1, 0); os.write(f, b'x'); os.writev(f, [b'y']); sync(f)", {'a': b'axyd'}),
    ('a deleted file comes back', {'a': b'old'}, "os.unlink('a')", {'a': b'old'}),
    ('unless the folder was synced', {'a': b'old'}, "os.unlink('a'); sync()", {}),
    ('a file made anew is another one', {'a': b'old'}, "os.unlink('a'); sync(put('a', b'new'))", {'a': b'old'}),
    ('a renamed file has its old name', {'a': b'1', 'b': b'2'}, "os.rename('a', 'b')", {'a': b'1', 'b': b'2'}),
    ('unless the folder was synced as well', {'a': b'1', 'b': b'2'}, "os.rename('a', 'b'); sync()", {'b': b'1'}),
    ('a file without a name is on no disk', {}, "os.open('.', os.O_TMPFILE | os.O_RDWR); sync()", {}),
    ('a new folder needs the one above synced', {}, "os.mkdir('d'); sync(put('d/a', b'x')); sync('d')", {}),
    ('and has it, too', {}, "os.mkdir('d'); sync(put('d/a', b'x')); sync('d'); sync()", {'d/a': b'x'}),
]
FAULTS = [
    ('a full disk refuses what grows, and nothing else', {'a': b'old'}, 'full', 0,
     "fails(errno.ENOSPC, put, 'b', b'x'); fails(errno.ENOSPC, put, 'a', b'x', 3); sync(put('a', b'new')); os.unlink('a')"),
    ('a fault comes after so many actions', {'a': b'old'}, 'full', 3, "put('a', b'longer'); put('a', b'xx'); fails(errno.ENOSPC, put, 'a', b'xx', 6)"),
    ('a disk that is read only', {'a': b'old'}, 'read-only', 2,
     "put('a', b'x'); fails(errno.EROFS, put, 'a', b'x'); fails(errno.EROFS, os.unlink, 'a'); assert os.read(os.open('a', os.O_RDONLY), 3) == b'xld'"),
    ('a write that fails', {'a': b'old'}, 'bad-write', 0, "fails(errno.EIO, put, 'a', b'x'); sync(put('a', b'new'))"),
]


def run(disk, program, check=True):
    return subprocess.run([sys.executable, '-c', PRELUDE + textwrap.dedent(program)], cwd=disk.folder, env=disk.environment, check=check)


def fill(disk, files):
    for name, data in files.items():
        with open(os.path.join(disk.folder, name), 'wb') as file:
            file.write(data)
    disk.begin()


def found(disk):
    paths = [os.path.join(parent, name) for parent, _, names in os.walk(disk.folder) for name in names]
    return {os.path.relpath(path, disk.folder): open(path, 'rb').read() for path in paths}


def expect(what, got, want):
    expect.count += 1
    if got != want:
        sys.exit('FAIL %s: %r instead of %r' % (what, got, want))


expect.count = 0


def check_power_loss(disk, name, files, program, want):
    fill(disk, files)
    run(disk, program)
    expect(name + ', as long as there is power', disk.is_complete(), True)
    disk.lose_power(random, torn=False)
    expect(name, found(disk), want)


def check_fault(disk, name, files, fault, fuse, program):
    fill(disk, files)
    disk.arm(fault, fuse)
    run(disk, program)
    expect(name, disk.refused > 0, True)


def check_failed_sync(disk):
    fill(disk, {'a': b'old'})
    disk.arm('bad-sync')
    run(disk, "f = put('a', b'x'); fails(errno.EIO, os.fsync, f); os.pwrite(f, b'y', 2); os.fsync(f)")
    disk.lose_power(random, torn=False)
    expect('what failed to be synced is lost, and what comes later is not', found(disk), {'a': b'oly'})


def check_torn(disk):
    """Each sector is the old one or one of the new ones, and all of that comes about."""
    fill(disk, {'a': b'0' * 8192})
    run(disk, "put('a', b'1' * 4096); put('a', b'2' * 512, 512); put('a', b'3' * 100, 8192)")
    seen = set()
    for seed in range(60):
        data = disk.replay().after_power_loss(random.Random(seed))[os.path.join(disk.folder, 'a')]
        expect('sectors survive whole', [len(set(data[n:n + 512])) for n in range(0, 8192, 512)], [1] * 16)
        expect('what was not written is as before', data[4096:8192], b'0' * 4096)
        seen.update([(data[0:1], data[512:513]), (len(data), data[8192:8193])])
    expect('every mixture', len(seen), 9)


def check_kill(disk, fault, fuse=0, part=0):
    """What several processes and threads said to have synced is there after a kill at any moment."""
    fill(disk, {})
    disk.arm(fault, fuse, part)
    processes = [subprocess.Popen([sys.executable, '-c', PRELUDE + WRITERS, name], cwd=disk.folder, env=disk.environment, stdout=subprocess.PIPE)
                 for name in 'ab']
    # After so many writes, not after a time: on a busy machine they might not have begun.
    said = [b''.join(process.stdout.readline() for _ in range(random.randrange(1, 60))) for process in processes]
    for process in processes:
        process.kill()
    said = [line.split() for some, process in zip(said, processes) for line in (some + process.communicate()[0]).decode().split('\n')[:-1]]
    disk.lose_power(random, torn=random.random() < 0.5)
    left = found(disk)
    for name, count in said:
        expect('what was said to be synced', left[name][int(count) * 100:][:100], b'%100d' % int(count))
    expect('writes before a kill from outside', bool(said) or fault == 'kill', True)
    return len(said)


WRITERS = '''
def write(name):
    file = put(name, b'')
    sync()
    for number in range(10000):
        os.pwrite(file, b'%100d' % number, number * 100)
        os.fsync(file)
        os.write(1, b'%s %d\\n' % (name.encode(), number))
threads = [threading.Thread(target=write, args=(sys.argv[1] + str(n),)) for n in range(3)]
for thread in threads: thread.start()
'''
LOCKS = '''
import subprocess
file = put('a', b'')
fcntl.lockf(file, fcntl.LOCK_EX)
other = "import fcntl, sys; sys.excepthook = lambda *_: None; fcntl.lockf(open('a', 'r+'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
sys.exit(subprocess.call([sys.executable, '-c', other]))
'''


def check_locks(disk):
    for lies in (False, True):
        fill(disk, {})
        disk.lie_about_locks(lies)
        expect('locks', run(disk, LOCKS, check=False).returncode, 0 if lies else 1)


def main():
    random.seed(1)
    with tempfile.TemporaryDirectory() as folder:
        library = build(folder)
        if not library:
            print('SKIPPED: the disk that loses power, which needs Linux and a C compiler')
            return

        def disk():
            path = tempfile.mkdtemp(dir=folder)
            return Disk(path, library, path + '.log')
        for case in POWER_LOSSES:
            check_power_loss(disk(), *case)
        for case in FAULTS:
            check_fault(disk(), *case)
        check_failed_sync(disk())
        check_torn(disk())
        check_locks(disk())
        synced = sum(check_kill(disk(), 'none') for _ in range(2))
        synced += sum(check_kill(disk(), 'kill', random.randrange(1, 300), random.randrange(256)) for _ in range(2))
    print('%d checks of the disk that loses power; %d writes were synced before a kill, and there after it' % (expect.count, synced))


if __name__ == '__main__':
    main()
