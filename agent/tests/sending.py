# SPDX-License-Identifier: Apache-2.0
"""Support for tests of sending: captures, spools, receivers and senders."""
from __future__ import annotations

import marshal
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from typing import Any, List

from strata_agent.sending.sender import Sender
from strata_agent.sending.backoff import Waits
from strata_agent.capture.record import Record
from strata_agent.spool.spool import Spool

from .receiver import Server, Store, serve
from .support import PATIENCE, until

__all__ = ['HERE', 'PATIENCE', 'SHORT', 'SOURCES', 'SendingCase', 'dump', 'record', 'until']

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(os.path.dirname(HERE), 'src')

#: Waits short enough for a test, but a long one for the network.
SHORT = Waits(gather=0.02, first=0.05, longest=0.2, other=0.1, idle=0.5, network=PATIENCE)


def dump(number: int = 0, size: int = 0) -> bytes:
    """A dump of one function, whose name has at least `size` letters."""
    return marshal.dumps({('f.py', number, 'f' + 'x' * size): (1, 1, 0.5, 0.5, {})}, 2)


def record(number: int, **fields: Any) -> Record:
    """A distinct capture."""
    data = fields.pop('data', None) or dump(number)
    return Record(data, 1_767_603_600_000_000_000 + number * 1_000_000, 250_000_000, (('endpoint', 'search'),),
                  id='id-%d' % number, **fields)


class SendingCase(unittest.TestCase):
    """A test with a spool, a receiver in a thread and a sender."""

    def setUp(self) -> None:
        self.folder = tempfile.mkdtemp(prefix='strata-test-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.path = os.path.join(self.folder, 'spool')
        self.spool = Spool(self.path)
        self.addCleanup(self.spool.close)
        self.store = Store(os.path.join(self.folder, 'server'))

    def serve(self, port: int = 0) -> str:
        """Starts a receiver; returns its URL."""
        server = serve(self.store.folder, port)
        self.addCleanup(self.close, server)
        self.port = server.server_address[1]
        self.server = server
        return 'http://127.0.0.1:%d' % self.port

    def close(self, server: Server) -> None:
        """Ends a receiver."""
        server.shutdown()
        server.server_close()

    def sender(self, url: str = '', **more: Any) -> Sender:
        """A sender of the spool, which is stopped when the test ends."""
        sender = Sender(url or self.serve(), self.path, waits=more.pop('waits', SHORT), **more)
        self.addCleanup(sender.stop, 0.0)
        return sender

    def spooled(self) -> List[str]:
        """The ids that wait in the spool."""
        return [str(entry.fields['id']) for entry in self.spool.entries()]

    def aside(self) -> List[Any]:
        """The refused dumps."""
        path = os.path.join(self.path, 'refused')
        return Spool(path).entries() if os.path.exists(path) else []

    def check_stored(self, numbers: Any) -> None:
        """Checks that exactly these are stored, unchanged."""
        stored = self.store.stored()
        self.assertEqual(sorted(stored), sorted('id-%d' % number for number in numbers))
        for number in numbers:
            fields, data = stored['id-%d' % number]
            self.assertEqual(data, dump(number))
            self.assertEqual(fields['labels'], {'endpoint': 'search'})
            self.assertEqual(fields['duration'], '0.25')

    def process(self, *arguments: str) -> 'subprocess.Popen[bytes]':
        """Starts a Python process, which is killed when the test ends."""
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join([SOURCES, os.path.dirname(HERE)]))
        process = subprocess.Popen((sys.executable, *arguments), env=environment, stdout=subprocess.PIPE)
        self.addCleanup(self.kill, process)
        return process

    def kill(self, process: 'subprocess.Popen[bytes]') -> None:
        """Kills a process."""
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
