# SPDX-License-Identifier: Apache-2.0
"""The sender where servers, networks, clocks and disks fail."""
from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
import unittest
from unittest import mock

from strata_agent.capture import clocks
from strata_agent.spool.spool import Spool

from .sending import PATIENCE, SHORT, SendingCase, record, until


class Faults(SendingCase):
    def test_dumps_that_were_removed_are_counted_in_one_pass(self) -> None:
        self.spool.append([record(number) for number in range(50)])
        for entry in self.spool.entries()[:40]:
            os.unlink(os.path.join(self.path, entry.file))
        with mock.patch.object(Spool, '_remove_lines', autospec=True, side_effect=Spool._remove_lines) as rewrite:
            sender = self.sender()
            self.assertTrue(sender.flush(PATIENCE))
        self.check_stored(range(40, 50))
        self.assertEqual(sender.status()['missing'], 40)
        self.assertLess(rewrite.call_count, 5)

    def test_a_server_that_is_down_and_comes_back(self) -> None:
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        sender = self.sender('http://127.0.0.1:%d' % port)
        self.spool.append([record(number) for number in range(5)])
        self.assertFalse(sender.flush(0.3))
        self.assertTrue(until(lambda: 'refused' in str(sender.status()['send_error'])))
        self.assertEqual(len(self.spooled()), 5)
        self.serve(port)
        self.assertTrue(until(lambda: len(self.store.stored()) == 5))
        self.assertTrue(until(lambda: sender.status()['send_error'] is None))
        self.check_stored(range(5))

    def test_faults_that_pass(self) -> None:
        url = self.serve()
        for how in ({'status': 500}, {'status': 503}, {'status': 418}, {'status': 302, 'headers': {'Location': '/'}},
                    {'status': 204}, {'status': 400, 'body': '<html>'}, {'garbage': True}, {'break': 'before'},
                    {'break': 'after'}, {'break': 'middle'}, {'break': 'early'}, {'status': 500, 'early': True},
                    {'status': 401}, {'status': 403}, {'status': 404}, {'token': 'other'},
                    {'pass over': ['id-1', 'id-2']}):
            with self.subTest(how=how):
                sender = self.sender(url)
                self.store.control(**how)
                self.spool.append([record(number) for number in (1, 2)])
                sender.wake()
                self.assertTrue(until(lambda: int(sender.status()['retries']) >= 2))  # type: ignore[call-overload]
                self.assertTrue(sender.status()['send_error'])
                self.assertEqual(len(self.spooled()), 2)
                self.store.control()
                self.assertTrue(sender.flush(PATIENCE))
                self.check_stored([1, 2])
                self.assertEqual(self.aside(), [])
                self.assertTrue(sender.stop(PATIENCE))

    def test_a_slow_server(self) -> None:
        sender = self.sender(waits=SHORT._replace(network=0.2))
        self.addCleanup(self.store.control)
        self.store.control(hold=True)
        self.spool.append([record(number) for number in range(3)])
        sender.wake()
        self.spool.append([record(3)])
        sender.wake()  # Neither waits for the server, which does not answer yet.
        self.assertTrue(until(lambda: sender.status()['send_error']))
        self.assertIn('timed out', str(sender.status()['send_error']))
        sender._waits = SHORT  # On a busy machine one that works may be that slow, too.
        self.store.control()
        self.assertTrue(sender.flush(PATIENCE))
        self.check_stored(range(4))

    def test_other_processes_wait_too(self) -> None:
        sender = self.sender()
        self.store.control(status=429, headers={'Retry-After': '3600'})
        self.spool.append([record(0)])
        sender.wake()
        self.assertTrue(until(lambda: sender.status()['send_error']))
        self.store.control()
        other = self.sender('http://127.0.0.1:%d' % self.port)
        self.assertFalse(other.flush(0.3))
        self.assertTrue(until(lambda: other.status()['send_error']))
        self.assertEqual(len(self.store.lines('requests')), 1)

    def test_other_processes_try_again_when_the_time_has_come(self) -> None:
        sender = self.sender()
        self.store.control(status=429, headers={'Retry-After': '1'})
        self.spool.append([record(0)])
        sender.wake()
        self.assertTrue(until(lambda: sender.status()['send_error']))
        self.store.control()
        other = self.sender('http://127.0.0.1:%d' % self.port)
        self.assertTrue(other.flush(PATIENCE))
        self.check_stored([0])

    def test_what_another_process_noted_need_not_be_right(self) -> None:
        url = self.serve()
        for number, text in enumerate((b'', b'x', b'1.2.3 4 5\n', b'99999999999.000 99999999999.000 7\n', b'\xff' * 100,
                                       b'%.3f %.3f 3\n' % (time.time() - 1, time.time() - 1))):
            with open(os.path.join(self.path, 'drain.lock'), 'wb') as file:
                file.write(text)
            sender = self.sender(url)
            self.spool.append([record(number)])
            sender.wake()
            self.assertTrue(until(lambda: 'id-%d' % number in self.store.stored()))
            self.assertTrue(sender.stop(PATIENCE))

    def test_a_connection_that_was_closed_meanwhile_is_no_fault(self) -> None:
        url = self.serve()
        sender = self.sender(url)
        self.spool.append([record(0)])
        self.assertTrue(sender.flush(PATIENCE))
        self.store.control(**{'break': 'early'})
        connection = sender._connection._connection
        assert connection is not None and connection.sock is not None
        connection.sock.shutdown(socket.SHUT_RDWR)
        self.store.control()
        self.spool.append([record(1)])
        self.assertTrue(sender.flush(PATIENCE))
        self.assertEqual(sender.status()['retries'], 0)
        self.check_stored([0, 1])

    def test_an_answer_that_never_ends(self) -> None:
        with socket.socket() as listener:
            listener.bind(('127.0.0.1', 0))
            listener.listen(8)

            def answer() -> None:
                while True:
                    try:
                        connection, _ = listener.accept()
                        with connection:
                            connection.recv(65536)
                            connection.sendall(b'HTTP/1.1 200 OK\r\n\r\n')
                            while True:
                                connection.sendall(b'x' * 65536)
                    except (BrokenPipeError, ConnectionResetError):
                        continue
                    except OSError:
                        return

            threading.Thread(target=answer, daemon=True).start()
            sender = self.sender('http://127.0.0.1:%d' % listener.getsockname()[1])
            self.spool.append([record(0)])
            sender.wake()
            self.assertTrue(until(lambda: sender.status()['send_error']))
            self.assertIn('at most', str(sender.status()['send_error']))
            sender.stop(1)
            listener.shutdown(socket.SHUT_RDWR)
        self.assertEqual(self.spooled(), ['id-0'])

    def test_the_clock_of_the_day_jumps(self) -> None:
        sender = self.sender()
        for number, now in enumerate((2e18, 1e9, 1.9e18, 0)):
            with mock.patch.object(time, 'time', lambda now=now: now / 1e9), \
                    mock.patch.object(clocks, 'now', lambda now=now: int(now)):
                self.spool.append([record(number)._replace(start=clocks.now())])
                self.assertTrue(sender.flush(PATIENCE))
        self.assertEqual(len(self.store.stored()), 4)
        self.assertEqual(sender.status()['retries'], 0)

    def test_a_full_disk_does_not_send_for_ever(self) -> None:
        sender = self.sender()
        self.spool.append([record(number) for number in range(3)])
        real = Spool.remove
        fail = [True]

        def remove(spool: Spool, entries: object) -> None:
            if fail[0]:
                raise OSError(28, 'No space left on device')
            real(spool, entries)  # type: ignore[arg-type]

        with mock.patch.object(Spool, 'remove', remove):
            sender.wake()
            self.assertTrue(until(lambda: int(sender.status()['retries']) >= 3))  # type: ignore[call-overload]
            self.assertEqual(len(self.store.lines('requests')), 1)
            self.assertIn('No space', str(sender.status()['send_error']))
            fail[0] = False
            self.assertTrue(sender.flush(PATIENCE))
        self.check_stored(range(3))
        self.assertEqual(sender.status()['sent'], 3)


@unittest.skipUnless(shutil.which('openssl'), 'needs openssl to make a certificate')
class Certificates(SendingCase):
    def setUp(self) -> None:
        super().setUp()
        self.certificate = os.path.join(self.folder, 'certificate')
        key = os.path.join(self.folder, 'key')
        done = subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-days', '2',
                               '-out', self.certificate, '-subj', '/CN=localhost',
                               '-addext', 'subjectAltName=DNS:localhost'],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            self.skipTest('this openssl makes no such certificate')
        self.serve()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    def test_a_certificate_that_is_known(self) -> None:
        self.spool.append([record(number) for number in range(100)])
        with mock.patch.dict(os.environ, SSL_CERT_FILE=self.certificate):
            sender = self.sender('https://localhost:%d' % self.port)
            self.assertTrue(sender.flush(PATIENCE))
        self.check_stored(range(100))

    def test_certificates_that_are_not(self) -> None:
        self.spool.append([record(0)])
        # The receiver accepts one connection at a time, its handshake included: one that hangs is tried again soon.
        waits = SHORT._replace(network=10.0)
        sender = self.sender('https://localhost:%d' % self.port, waits=waits)
        self.assertFalse(sender.flush(0.5))
        self.assertTrue(until(lambda: 'certificate verify failed' in str(sender.status()['send_error']).lower()))
        sender.stop(1)
        with mock.patch.dict(os.environ, SSL_CERT_FILE=self.certificate):
            other = self.sender('https://127.0.0.1:%d' % self.port, waits=waits)
            self.assertFalse(other.flush(0.5))
            self.assertTrue(until(lambda: 'certificate' in str(other.status()['send_error']).lower()), other.status())
        self.assertEqual(self.store.stored(), {})
        self.assertEqual(self.spooled(), ['id-0'])


if __name__ == '__main__':
    unittest.main()
