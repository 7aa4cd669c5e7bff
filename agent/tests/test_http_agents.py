# SPDX-License-Identifier: Apache-2.0
"""The agent with a server: `start` with a URL."""
from __future__ import annotations

import http.client
import os
import resource
import signal
import time
import unittest
from unittest import mock

import strata_agent
from strata_agent.sending.destination import default_spool
from strata_agent.spool.spool import Spool

from .sending import PATIENCE, SHORT, SendingCase, record, until


class Agents(SendingCase):
    """All parts together: `start` with a URL."""

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(strata_agent.stop, 1.0)

    def start(self, url: str) -> None:
        with mock.patch('strata_agent.sending.sender.WAITS', SHORT):
            strata_agent.start(service='shop', send_to=url, spool=self.path, budget=0.9)

    def capture(self) -> None:
        with strata_agent.profile_job('nightly', probability=1):
            sum(number * number for number in range(10))

    def test_a_capture_arrives(self) -> None:
        self.start(self.serve())
        self.capture()
        self.assertTrue(strata_agent.flush(PATIENCE))
        (fields, data), = self.store.stored().values()
        self.assertEqual(fields['labels'], {'job': 'nightly', 'service': 'shop'})
        status = strata_agent.status()
        self.assertEqual((status['sent'], status['refused'], status['send_error']), (1, 0, None))
        self.capture()
        self.assertTrue(strata_agent.stop(PATIENCE))
        self.assertEqual(len(self.store.stored()), 2)

    @unittest.skipUnless(hasattr(os, 'fork'), 'needs fork')
    def test_parent_and_child_both_deliver(self) -> None:
        self.start(self.serve())
        self.capture()
        self.assertTrue(strata_agent.flush(PATIENCE))
        child = os.fork()
        if child == 0:
            code = 1
            try:
                self.capture()
                if strata_agent.flush(PATIENCE):  # Whichever of the two processes sent it.
                    code = 0
            finally:
                os._exit(code)
        self.capture()
        self.assertTrue(strata_agent.flush(PATIENCE))
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(len(self.store.stored()), 3)

    @unittest.skipUnless(hasattr(os, 'fork'), 'needs fork')
    def test_a_child_holds_no_lock_of_its_parent(self) -> None:
        url = self.serve()
        self.store.control(hold=True)
        self.addCleanup(self.store.control)
        self.start(url)
        self.capture()
        self.assertTrue(until(lambda: self.store.lines('requests')))
        child = os.fork()  # While the parent sends.
        if child == 0:
            time.sleep(600)
            os._exit(0)
        self.addCleanup(os.waitpid, child, 0)
        self.addCleanup(os.kill, child, signal.SIGKILL)
        self.store.control()
        self.assertTrue(strata_agent.stop(PATIENCE))
        other = self.sender(url)
        self.spool.append([record(1)])
        self.assertTrue(other.flush(PATIENCE))

    @unittest.skipUnless(hasattr(os, 'fork'), 'needs fork')
    def test_a_fork_while_an_answer_is_read(self) -> None:
        url = self.serve()
        self.store.control(drip=True)
        self.start(url)
        self.capture()
        self.assertTrue(until(lambda: self.store.lines('drips')))
        child = os.fork()  # While the rest of the answer is awaited.
        if child == 0:
            os._exit(0 if strata_agent.status()['sent'] == 0 else 1)
        self.addCleanup(lambda: os.kill(child, signal.SIGKILL) if not ended else None)
        ended = until(lambda: os.waitpid(child, os.WNOHANG)[0])
        self.assertTrue(ended)
        self.store.control()
        self.assertTrue(strata_agent.flush(PATIENCE))
        self.assertEqual(len(self.store.stored()), 1)

    def test_errors_are_said_at_once(self) -> None:
        for more in ({'send_to': 'http://'}, {'send_to': 'ftp://h'}, {'send_to': 'http://h', 'token': 'a b'},
                     {'send_to': self.path, 'token': 'a'}, {'send_to': 'https:/h'}):
            with self.assertRaises(ValueError):
                strata_agent.start(service='shop', **more)  # type: ignore[arg-type]
        self.assertEqual(strata_agent.status(), {})

    def test_the_folder_by_default(self) -> None:
        with mock.patch.dict(os.environ, XDG_STATE_HOME=self.folder):
            first = default_spool('a/../b ü', 'http://h')
            self.assertEqual(first, default_spool('a/../b ü', 'http://h'))
            self.assertNotEqual(first, default_spool('a/../b ü', 'http://other'))
            self.assertEqual(os.path.dirname(first), os.path.join(self.folder, 'strata', 'spool'))
            self.assertEqual(os.stat(first).st_mode & 0o77, 0)
        with mock.patch.dict(os.environ, XDG_STATE_HOME='/proc/none', TMPDIR=self.folder), \
                mock.patch('tempfile.gettempdir', lambda: self.folder):
            temporary = os.path.join(self.folder, 'strata-')
            self.assertTrue(default_spool('a', 'http://h').startswith(temporary))
            with mock.patch.dict(os.environ, XDG_STATE_HOME=''), mock.patch('os.path.expanduser', lambda path: path):
                self.assertTrue(default_spool('b', 'http://h').startswith(temporary))
            with mock.patch('os.getuid', lambda: 4711):
                os.mkdir(temporary + '4711')  # Created by another user.
                with self.assertRaisesRegex(PermissionError, 'owned by this user'):
                    default_spool('a', 'http://h')

    def test_all_that_is_written_is_in_the_folder_by_default(self) -> None:
        here = os.path.join(self.folder, 'here')
        os.mkdir(here)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(here)
        with mock.patch.dict(os.environ, XDG_STATE_HOME=self.folder):
            with mock.patch('strata_agent.sending.sender.WAITS', SHORT):
                strata_agent.start(service='shop', send_to='http://127.0.0.1:9', budget=0.9)
            path = default_spool('shop', 'http://127.0.0.1:9')
        self.capture()
        self.assertTrue(until(lambda: 'drain.lock' in os.listdir(path)))
        strata_agent.stop(1)
        self.assertEqual(os.listdir(here), [])
        self.assertIn('drain.lock', os.listdir(path))

    def test_flush_says_if_a_folder_could_not_be_written(self) -> None:
        strata_agent.start(service='shop', send_to=self.path, budget=0.9)
        self.capture()
        self.assertTrue(strata_agent.flush(PATIENCE))
        with mock.patch.object(Spool, 'append', side_effect=OSError(28, 'No space left on device')):
            self.capture()
            self.assertFalse(strata_agent.flush(PATIENCE))
        self.capture()
        self.assertTrue(strata_agent.flush(PATIENCE))

    def test_a_full_disk_is_counted_and_passes(self) -> None:
        self.start(self.serve())
        self.capture()
        self.assertTrue(strata_agent.flush(PATIENCE))
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
            self.capture()
            self.assertTrue(until(lambda: strata_agent.status()['failed'] == 1))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, handler)
        self.assertIn('File too large', strata_agent.status()['error'])
        self.capture()
        self.assertTrue(strata_agent.flush(PATIENCE))
        self.assertEqual(len(self.store.stored()), 2)
        self.assertEqual(http.client.HTTPConnection.debuglevel, 0)


if __name__ == '__main__':
    unittest.main()
