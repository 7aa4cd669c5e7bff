# SPDX-License-Identifier: Apache-2.0
"""Strata's commands, run until they end, are killed at a moment, or lose their disk's power; and what they said."""
import functools
import os
import signal
import subprocess
import tempfile
import threading
import time

TOOL = os.path.abspath(os.environ.get('STRATA', 'strata'))
PATIENCE = 600  # seconds, until a command counts as hanging: the machine may be busy


class Failure(Exception):
    """Something that must not happen, in one sentence."""


class Running:
    """A command whose lines are read as they come; commands that die together share a group."""

    def __init__(self, arguments, environment=None, group=0):
        self.arguments, self.lines, self.errors = arguments, [], tempfile.TemporaryFile()
        self.process = subprocess.Popen([TOOL] + arguments, env=environment, stdout=subprocess.PIPE, stderr=self.errors,
                                        preexec_fn=lambda: os.setpgid(0, group))
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        """A line that is cut off says nothing."""
        for line in self.process.stdout:
            if line.endswith(b'\n'):
                self.lines.append(os.fsdecode(line[:-1]))

    def wait(self, patience=PATIENCE):
        self.reader.join(patience)
        if self.reader.is_alive():
            self.process.kill()
            raise Failure('it hangs: strata %s' % ' '.join(self.arguments))
        self.process.wait()
        self.process.stdout.close()
        return self.status

    @property
    def status(self):
        return self.process.returncode

    @property
    def error(self):
        self.errors.seek(0)
        return os.fsdecode(self.errors.read()).strip()

    @property
    def acknowledged(self):
        """{path: (word, id)} of the dumps that are said to be stored, or known already."""
        words = (line.split(' ', 2) for line in self.lines)
        return {some[2]: (some[0], some[1]) for some in words if len(some) == 3 and some[0] in ('stored', 'known')}


def start(commands, environment=None):
    running = []
    for command in commands:
        running.append(Running(command, environment, running[0].process.pid if running else 0))
    return running


def kill(running, one=None):
    """All of them in one moment, or one alone, while the others go on."""
    if one is not None:
        one.process.kill()
    elif any(some.process.poll() is None for some in running):
        os.killpg(running[0].process.pid, signal.SIGKILL)


def until(running, condition, patience=PATIENCE):
    """Waits until something is so, or all have ended."""
    end = time.monotonic() + patience
    while not condition() and any(some.process.poll() is None for some in running) and time.monotonic() < end:
        time.sleep(0.0002)


def output(*arguments):
    """What a command prints that has to succeed."""
    done = subprocess.run([TOOL] + list(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
    if done.returncode:
        raise Failure('strata %s: exit code %d: %s' % (' '.join(arguments), done.returncode, os.fsdecode(done.stderr).strip()))
    return os.fsdecode(done.stdout)


@functools.lru_cache(maxsize=None)
def has(*words):
    """Whether there is such a command."""
    help_text = subprocess.run([TOOL] + list(words[:-1]) + ['--help'], stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout
    return any(line.split()[:1] == [words[-1].encode()] for line in help_text.split(b'SUBCOMMANDS:')[-1].splitlines()
               if line.startswith(b'  ') and not line.startswith(b'   '))
