"""Finds which functions and data of the command are used, and writes them in the order that keeps them close.

    python3 order_code.py STRATA DUMPS OUTPUT

Runs usual commands under valgrind, which prints every address that is executed, read or written, and looks up the
symbols there. The command says when it has come from one part of its work to the next (arguments, paths, a dump, the
text), and gives back the memory of the code that it needed until then: so what each part needs should stand together.
The program is linked at a fixed address, so that the addresses are those of its symbols.

Left out are the 6,700 descriptions of conformances: Swift's runtime reads through all of them, and they would make
the list three times as long for a fiftieth of the memory.
"""
import bisect
import os
import shutil
import subprocess
import sys
import tempfile

# The call that ends a part of the work (Sources/CStrataSystem/memory.c).
END_OF_PART = 'strata_give_back_code'


# What is profiled to be reported: some thousand functions, two of which share a line, of which a report warns.
PROFILED = """
import asyncio, concurrent.futures, doctest, email.mime.text, http.server, logging.config, sqlite3, tarfile, unittest, xml.dom.minidom
long, short = lambda: sum(range(100000)), lambda: None
long()
short()
"""


def symbols(program):
    """Address, end and name of each symbol that has a size, sorted."""
    lines = subprocess.run(['nm', '--defined-only', '--print-size', program], stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
    found = []
    for line in lines:
        parts = line.split(None, 3)
        if len(parts) == 4:
            start, size = int(parts[0], 16), int(parts[1], 16)
            found.append((start, start + size, parts[3]))
    return sorted(found)


def touched(command, end_of_part):
    """The addresses that a command touches, a set for each part of its work."""
    reading, writing = os.pipe()
    with open(os.devnull, 'wb') as null, open(reading, 'rb', 1 << 20) as trace:
        process = subprocess.Popen(['valgrind', '--tool=lackey', '--trace-mem=yes', '--log-fd=%d' % writing] + command,
                                   stdout=null, stderr=null, pass_fds=(writing,))
        os.close(writing)
        parts = [set()]
        for line in trace:
            if line[:1] in b'I ' and line[3:4].isalnum():
                address = line[3:line.index(b',')]
                if address == end_of_part and line[:1] == b'I':
                    parts.append(set())
                parts[-1].add(address)
    if process.wait():
        sys.exit('%s: %d' % (' '.join(command), process.returncode))
    return [{int(address, 16) for address in part} for part in parts]


def names(addresses, table):
    """The symbols at some addresses, in the order of the program."""
    starts = [symbol[0] for symbol in table]
    found = {}
    for address in sorted(addresses):
        place = bisect.bisect_right(starts, address) - 1
        # Several names of one place are its aliases.
        while place >= 0 and table[place][0] <= address < table[place][1]:
            found[table[place][2]] = None
            place -= 1
    return found


def by_parts(parts, table):
    """The symbols of a command: first those of all parts of its work, then those of one part after the other.

    What only the start needs, which is the first part, comes last.
    """
    found = {}
    for number, part in enumerate(parts):
        for name in names(part, table):
            found.setdefault(name, []).append(number)
    work = {name: [number for number in numbers if number > 0] for name, numbers in found.items()}
    return sorted(found, key=lambda name: (-len(work[name]), work[name]))


def main():
    strata, dumps, output = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3]
    with tempfile.TemporaryDirectory() as temporary:
        program = os.path.join(temporary, 'strata')
        dump, code = os.path.join(temporary, 'program.prof'), os.path.join(temporary, 'program.py')
        with open(code, 'w') as file:
            file.write(PROFILED)
        subprocess.run([sys.executable, '-m', 'cProfile', '-o', dump, code], check=True)
        # A few are enough, and stores are left out: valgrind prints a million addresses in a second.
        folder = os.path.join(temporary, 'dumps')
        os.mkdir(folder)
        for name in sorted(os.listdir(dumps))[:5]:
            shutil.copy(os.path.join(dumps, name), folder)
        subprocess.run(['strip', '-g', '-o', program, strata], check=True)
        table = symbols(program)
        end_of_part = next(b'%08x' % start for start, _, name in table if name == END_OF_PART)
        commands = [
            ['report', '--sort', 'time', dump],
            ['report', '--callers', dump],
            ['slices', '--every', '10s', '--format', 'json', folder],
        ]
        order = {}
        for command in commands:
            print('order-code: strata %s' % ' '.join(command[:2]), file=sys.stderr)
            for name in by_parts(touched([program] + command, end_of_part), table):
                order.setdefault(name)
    kept = [name for name in order if not name.endswith('Mc') and ' ' not in name]
    with open(output, 'w') as file:
        file.write('# Made by scripts/order-code.\n')
        file.writelines(name + '\n' for name in kept)
    print('order-code: %d names in %s' % (len(kept), output), file=sys.stderr)


if __name__ == '__main__':
    main()
