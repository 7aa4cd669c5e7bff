# SPDX-License-Identifier: Apache-2.0
"""The sender against a receiver that fails in every way."""
from __future__ import annotations

import email.utils
import http.client
import json
import os
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
import unittest
from typing import Any, Dict, List, Tuple
from unittest import mock

import strata_agent
from strata_agent import clocks, ingest
from strata_agent.http import Sender
from strata_agent.target import Target, default_spool
from strata_agent.spool import Entry, Spool

from .sending import SHORT, SendingCase, dump, record, until


class Urls(unittest.TestCase):
    def test_urls_lead_to_the_path_of_the_contract(self) -> None:
        for url, expected in (('http://h', (False, 'h', None, '/v1/profiles')),
                              ('HTTPS://h:8443/', (True, 'h', 8443, '/v1/profiles')),
                              ('https://h/a/b/', (True, 'h', None, '/a/b/v1/profiles')),
                              ('http://[::1]:80/v1/profiles', (False, '::1', 80, '/v1/profiles'))):
            self.assertEqual(tuple(Target.of(url)), expected)

    def test_bad_urls_say_what_is_wrong(self) -> None:
        for url, word in (('ftp://h', 'ftp'), ('http://', 'no host'), ('http:h', 'no host'), ('http://h:x', 'h:x'),
                          ('http://h:99999', '99999'), ('http://h:0', 'port 0'), ('http://h?a=1', 'query'),
                          ('http://h#a', 'fragment'), ('http://h/a b', 'space'), ('http://h/\r\nX: y', 'control'),
                          ('http://[::1', '::1')):
            with self.assertRaisesRegex(ValueError, word):
                Target.of(url)

    def test_a_password_is_not_shown(self) -> None:
        with self.assertRaises(ValueError) as raised:
            Target.of('http://me:secret@h')
        self.assertNotIn('secret', str(raised.exception))
        self.assertIn('token', str(raised.exception))


class Headers(SendingCase):
    def test_headers_and_tokens_that_cannot_be_sent(self) -> None:
        cases: Tuple[Dict[str, Any], ...] = (
            {'token': 'a b'}, {'token': ''}, {'token': 'ä'}, {'headers': {'A:': 'b'}},
            {'headers': {'A': 'b\r\nC: d'}}, {'headers': {'content-type': 'x'}})
        for more in cases:
            with self.assertRaises(ValueError):
                Sender('http://h', self.path, **more)

    def test_a_token_and_headers_arrive(self) -> None:
        self.store.control(token='s3cret')
        with mock.patch.dict(os.environ, STRATA_TOKEN='s3cret', http_proxy='http://127.0.0.1:1'):
            sender = self.sender(headers={'X-Tenant': 'a'})
        self.spool.append([record(0)])
        self.assertTrue(sender.flush(5))
        self.check_stored([0])


class Sending(SendingCase):
    def test_what_is_spooled_arrives_and_leaves_the_spool(self) -> None:
        sender = self.sender()
        self.spool.append([record(number) for number in range(150)])
        sender.wake()
        self.assertTrue(sender.flush(5))
        self.check_stored(range(150))
        self.assertEqual(self.spooled(), [])
        self.assertEqual(sender.status()['sent'], 150)
        self.assertIsNone(sender.status()['send_error'])
        # Three batches over one connection.
        requests = self.store.lines('requests')
        self.assertEqual(len(requests), 3)
        self.assertEqual(len(set(requests)), 1)
        self.assertEqual([name for name in os.listdir(self.path) if name.endswith('.prof')], [])

    def test_a_wake_is_enough(self) -> None:
        sender = self.sender()
        for number in range(3):
            self.spool.append([record(number)])
            sender.wake()
        self.assertTrue(until(lambda: len(self.store.stored()) == 3))
        self.assertEqual(len(self.store.lines('requests')), 1)

    def test_batches_keep_to_their_bytes(self) -> None:
        sender = self.sender()
        sender._outbox.bytes = 5_000
        self.spool.append([record(number, data=dump(number, 2_000)) for number in range(6)])
        self.assertTrue(sender.flush(5))
        self.assertEqual(len(self.store.stored()), 6)
        self.assertEqual(len(self.store.lines('requests')), 3)

    def test_a_line_without_an_id_gets_that_of_an_import(self) -> None:
        with open(os.path.join(self.path, 'hand.prof'), 'wb') as file:
            file.write(dump(7))
        with open(os.path.join(self.path, 'index.jsonl'), 'w') as file:
            file.write('{"file":"hand.prof","timestamp":"1.5","labels":{"b":"2","a":"ä"}}\n')
        self.assertTrue(self.sender().flush(5))
        import hashlib
        preimage = b'strata-id-1\x001500000000\x001:a2:\xc3\xa41:b1:2\x00' + dump(7)
        self.assertEqual(list(self.store.stored()), [hashlib.blake2b(preimage, digest_size=16).hexdigest()])

    def test_a_foreign_index_does_not_stop_the_rest(self) -> None:
        os.symlink('/etc/hostname', os.path.join(self.path, 'link.prof'))
        os.mkfifo(os.path.join(self.path, 'pipe.prof'))
        os.mkdir(os.path.join(self.path, 'folder.prof'))
        for name in ('nan', 'labels', 'huge', 'long'):
            with open(os.path.join(self.path, name + '.prof'), 'wb') as file:
                file.write(dump(1))
        with open(os.path.join(self.path, 'index.jsonl'), 'w') as file:
            for name in ('link', 'pipe', 'folder', 'gone', '../spool', 'index.jsonl', 'new.tmp', 'drain.lock'):
                file.write(json.dumps({'file': name if '.' in name else name + '.prof', 'timestamp': '1'}) + '\n')
            file.write('{"file":"nan.prof","timestamp":"1","id":"nan","weight":NaN}\n')
            file.write('{"file":"labels.prof","timestamp":"1","labels":[1]}\n')
            file.write('{"file":"huge.prof","timestamp":"1e99999999"}\n')
            file.write('{"file":"long.prof","timestamp":"1","id":"%s"}\n' % ('x' * 300))
            file.write('{"file":"torn')
        self.spool.append([record(number) for number in range(5)])
        sender = self.sender()
        self.assertTrue(sender.flush(5))
        self.check_stored(range(5))
        self.assertEqual(sorted(entry.fields.get('id', '')[:3] for entry in self.aside()), ['', '', 'nan', 'xxx'])
        self.assertEqual(sender.status()['refused'], 4)

    def test_cpu_time_is_taken_out_of_the_budget(self) -> None:
        sender = self.sender()
        spent: List[float] = []
        sender.spend = spent.append
        self.spool.append([record(number, data=dump(number, 100_000)) for number in range(20)])
        self.assertTrue(sender.flush(5))
        self.assertTrue(until(lambda: sum(spent) > 1_000_000), spent)


class Faults(SendingCase):
    def test_a_server_that_is_down_and_comes_back(self) -> None:
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        sender = self.sender('http://127.0.0.1:%d' % port)
        self.spool.append([record(number) for number in range(5)])
        self.assertFalse(sender.flush(0.3))
        self.assertIn('refused', str(sender.status()['send_error']))
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
                self.assertTrue(sender.flush(5))
                self.check_stored([1, 2])
                self.assertEqual(self.aside(), [])
                self.assertTrue(sender.stop(2))

    def test_a_large_answer_before_the_body_was_read(self) -> None:
        self.store.control(status=413, early=True)
        sender = self.sender()
        self.spool.append([record(0, data=os.urandom(3_000_000))])
        self.assertTrue(until(lambda: sender.flush(0.5)))
        self.assertEqual(sender.status()['too_large'], 1)

    def test_a_slow_server(self) -> None:
        sender = self.sender(waits=SHORT._replace(network=0.2))
        self.store.control(slow=0.6)
        self.spool.append([record(number) for number in range(3)])
        begin = time.monotonic()
        self.spool.append([record(3)])
        sender.wake()
        self.assertLess(time.monotonic() - begin, 0.2)
        self.assertTrue(until(lambda: sender.status()['send_error']))
        self.assertIn('timed out', str(sender.status()['send_error']))
        self.store.control()
        self.assertTrue(sender.flush(5))
        self.check_stored(range(4))

    def test_429_waits_as_long_as_it_says(self) -> None:
        sender = self.sender()
        self.store.control(status=429, headers={'Retry-After': '1'})
        self.spool.append([record(0)])
        sender.wake()
        self.assertTrue(until(lambda: self.store.lines('requests')))
        self.store.control()
        begin = time.monotonic()
        self.assertFalse(sender.flush(0.5))  # In no haste.
        self.assertEqual(len(self.store.lines('requests')), 1)
        self.assertTrue(sender.flush(5))
        self.assertGreater(time.monotonic() - begin, 0.8)
        self.check_stored([0])

    def test_other_processes_wait_too(self) -> None:
        sender = self.sender()
        self.store.control(status=429, headers={'Retry-After': '1'})
        self.spool.append([record(0)])
        sender.wake()
        self.assertTrue(until(lambda: sender.status()['send_error']))
        self.store.control()
        begin = time.monotonic()
        other = self.sender('http://127.0.0.1:%d' % self.port)
        self.assertFalse(other.flush(0.3))
        self.assertTrue(other.status()['send_error'])
        self.assertEqual(len(self.store.lines('requests')), 1)
        self.assertTrue(other.flush(5))
        self.assertGreater(time.monotonic() - begin, 0.8)
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
            self.assertTrue(sender.stop(5))

    def test_retry_after_as_a_date_counts_by_the_clock_of_the_server(self) -> None:
        from strata_agent.connection import _retry_after
        early, late = email.utils.formatdate(970), email.utils.formatdate(1000)
        for headers, expected in (({'Retry-After': late, 'Date': early}, 30), ({'Retry-After': late}, 0),
                                  ({'Retry-After': '7'}, 7),
                                  ({'Retry-After': 'soon'}, None), ({'Retry-After': '\xb2'}, None), ({}, None)):
            response = mock.Mock()
            response.getheader = lambda name, headers=headers: headers.get(name)
            self.assertEqual(_retry_after(response), expected)

    def test_413_halves_the_batch_and_drops_one_that_is_too_large_alone(self) -> None:
        self.store.control(limit={'batchBytes': 3_000, 'profiles': 5})
        sender = self.sender()
        self.spool.append([record(number) for number in range(20)] + [record(20, data=dump(20, 5_000))]
                          + [record(number) for number in range(21, 30)])
        self.assertTrue(sender.flush(8))
        self.check_stored([number for number in range(30) if number != 20])
        self.assertEqual(sender.status()['too_large'], 1)
        self.assertIn('413', str(sender.status()['refused_reason']))

    def test_a_profile_that_breaks_the_frame_is_found(self) -> None:
        self.spool.append([record(number) for number in range(10)])
        real = ingest.item

        def broken(entry: Entry, data: bytes) -> ingest.Item:
            made = real(entry, data)
            return made._replace(line=b'{]\n') if made.id == 'id-6' else made

        with mock.patch.object(ingest, 'item', broken):
            sender = self.sender()
            self.assertTrue(sender.flush(8))
        self.check_stored([number for number in range(10) if number != 6])
        self.assertEqual([entry.fields['id'] for entry in self.aside()], ['id-6'])
        self.assertEqual(sender.status()['refused'], 1)

    def test_refused_profiles_are_set_aside_with_the_reason(self) -> None:
        self.store.control(refuse=['id-2'])
        sender = self.sender()
        self.spool.append([record(number) for number in range(4)] + [record(4, data=b'no dump')])
        self.assertTrue(sender.flush(5))
        self.check_stored([0, 1, 3])
        aside = {entry.fields['id']: entry.fields['refused'] for entry in self.aside()}
        self.assertEqual(aside['id-2'], 'told so')
        self.assertIn('dump', aside['id-4'])
        self.assertEqual(sender.status()['refused'], 2)
        count = len(self.store.lines('requests'))
        self.assertTrue(sender.flush(1))
        self.assertLessEqual(len(self.store.lines('requests')), count)

    def test_one_that_the_server_fails_at_does_not_hold_up_the_others(self) -> None:
        self.store.control(crash=['id-3'])
        sender = self.sender()
        self.spool.append([record(number) for number in range(9)])
        sender.wake()
        self.assertTrue(until(lambda: self.spooled() == ['id-3']), self.spooled())
        self.store.control()
        self.assertTrue(sender.flush(5))
        self.check_stored(range(9))

    def test_one_that_the_answer_passes_over_is_sent_again(self) -> None:
        self.store.control(**{'pass over': ['id-0']})
        sender = self.sender()
        sender._outbox.count = 1
        self.spool.append([record(number) for number in range(3)])
        sender.wake()
        self.assertTrue(until(lambda: self.spooled() == ['id-0']), self.spooled())
        self.store.control()
        self.assertTrue(sender.flush(5))
        self.check_stored(range(3))

    def test_a_server_without_gzip(self) -> None:
        self.store.control(**{'no gzip': True})
        sender = self.sender()
        self.spool.append([record(0)])
        self.assertTrue(sender.flush(5))
        self.check_stored([0])

    def test_a_connection_that_was_closed_meanwhile_is_no_fault(self) -> None:
        url = self.serve()
        sender = self.sender(url)
        self.spool.append([record(0)])
        self.assertTrue(sender.flush(5))
        self.store.control(**{'break': 'early'})
        connection = sender._connection._connection
        assert connection is not None and connection.sock is not None
        connection.sock.shutdown(socket.SHUT_RDWR)
        self.store.control()
        self.spool.append([record(1)])
        self.assertTrue(sender.flush(5))
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
                self.assertTrue(sender.flush(5))
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
            self.assertTrue(sender.flush(5))
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
            self.assertTrue(sender.flush(5))
        self.check_stored(range(100))

    def test_certificates_that_are_not(self) -> None:
        self.spool.append([record(0)])
        sender = self.sender('https://localhost:%d' % self.port)
        self.assertFalse(sender.flush(0.5))
        self.assertIn('certificate verify failed', str(sender.status()['send_error']).lower())
        sender.stop(1)
        with mock.patch.dict(os.environ, SSL_CERT_FILE=self.certificate):
            other = self.sender('https://127.0.0.1:%d' % self.port)
            self.assertFalse(other.flush(0.5))
            self.assertIn('certificate', str(other.status()['send_error']).lower())
        self.assertEqual(self.store.stored(), {})
        self.assertEqual(self.spooled(), ['id-0'])


class Ends(SendingCase):
    def test_stop_makes_one_last_attempt(self) -> None:
        sender = self.sender(waits=SHORT._replace(gather=60))
        self.spool.append([record(number) for number in range(100)])
        sender.wake()
        self.assertTrue(sender.stop(5))
        self.check_stored(range(100))

    def test_stop_keeps_to_its_time(self) -> None:
        sender = self.sender()
        self.store.control(slow=1.5)
        self.spool.append([record(0)])
        begin = time.monotonic()
        self.assertFalse(sender.stop(0.3))
        self.assertLess(time.monotonic() - begin, 1.2)
        self.assertEqual(self.spooled(), ['id-0'])

    def test_stop_where_nobody_answers(self) -> None:
        sender = self.sender('http://127.0.0.1:9')
        self.spool.append([record(0)])
        self.assertFalse(sender.stop(1))
        self.assertEqual(self.spooled(), ['id-0'])

    def test_of_two_senders_one_sends(self) -> None:
        url = self.serve()
        self.store.control(slow=0.2)
        senders = [self.sender(url) for _ in range(3)]
        self.spool.append([record(number) for number in range(200)])
        for sender in senders:
            sender.wake()
        self.assertTrue(all(sender.flush(8) for sender in senders))
        self.check_stored(range(200))
        self.assertEqual([line for line in self.store.lines('arrivals') if line.startswith('known')], [])

    def test_a_sender_that_is_locked_out_stops_when_the_other_has_sent(self) -> None:
        url = self.serve()
        self.store.control(slow=0.3)
        first, second = self.sender(url), self.sender(url)
        self.spool.append([record(0)])
        first.wake()
        self.assertTrue(until(lambda: self.store.lines('requests')))
        self.assertTrue(second.stop(5))
        self.check_stored([0])


class Agents(SendingCase):
    """The whole: `start` with a URL."""

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(strata_agent.stop, 1.0)

    def start(self, url: str) -> None:
        with mock.patch('strata_agent.http.WAITS', SHORT):
            strata_agent.start(service='shop', send_to=url, spool=self.path, budget=0.9)

    def capture(self) -> None:
        with strata_agent.profile_job('nightly', probability=1):
            sum(number * number for number in range(10))

    def test_a_capture_arrives(self) -> None:
        self.start(self.serve())
        self.capture()
        self.assertTrue(strata_agent.flush(5))
        (fields, data), = self.store.stored().values()
        self.assertEqual(fields['labels'], {'job': 'nightly', 'service': 'shop'})
        status = strata_agent.status()
        self.assertEqual((status['sent'], status['refused'], status['send_error']), (1, 0, None))
        self.capture()
        self.assertTrue(strata_agent.stop(5))
        self.assertEqual(len(self.store.stored()), 2)

    @unittest.skipUnless(hasattr(os, 'fork'), 'needs fork')
    def test_parent_and_child_both_deliver(self) -> None:
        self.start(self.serve())
        self.capture()
        self.assertTrue(strata_agent.flush(5))
        child = os.fork()
        if child == 0:
            code = 1
            try:
                self.capture()
                if strata_agent.flush(5):  # Whichever of the two sent it.
                    code = 0
            finally:
                os._exit(code)
        self.capture()
        self.assertTrue(strata_agent.flush(5))
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(len(self.store.stored()), 3)

    @unittest.skipUnless(hasattr(os, 'fork'), 'needs fork')
    def test_a_child_holds_no_lock_of_its_parent(self) -> None:
        url = self.serve()
        self.store.control(slow=0.5)
        self.start(url)
        self.capture()
        self.assertTrue(until(lambda: self.store.lines('requests')))
        child = os.fork()  # While the parent sends.
        if child == 0:
            time.sleep(20)
            os._exit(0)
        self.addCleanup(os.waitpid, child, 0)
        self.addCleanup(os.kill, child, signal.SIGKILL)
        self.assertTrue(strata_agent.stop(5))
        other = self.sender(url)
        self.spool.append([record(1)])
        self.assertTrue(other.flush(5))

    @unittest.skipUnless(hasattr(os, 'fork'), 'needs fork')
    def test_a_fork_while_an_answer_is_read(self) -> None:
        url = self.serve()
        self.store.control(drip=1.0)
        self.start(url)
        self.capture()
        self.assertTrue(until(lambda: self.store.lines('drips')))
        time.sleep(0.05)
        child = os.fork()
        if child == 0:
            os._exit(0 if strata_agent.status()['sent'] == 0 else 1)
        self.addCleanup(lambda: os.kill(child, signal.SIGKILL) if not ended else None)
        ended = until(lambda: os.waitpid(child, os.WNOHANG)[0], 5)
        self.assertTrue(ended)
        self.assertTrue(strata_agent.flush(5))
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
                os.mkdir(temporary + '4711')  # Made by somebody else.
                with self.assertRaisesRegex(PermissionError, 'of this user'):
                    default_spool('a', 'http://h')

    def test_all_that_is_written_is_in_the_folder_by_default(self) -> None:
        here = os.path.join(self.folder, 'here')
        os.mkdir(here)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(here)
        with mock.patch.dict(os.environ, XDG_STATE_HOME=self.folder):
            strata_agent.start(service='shop', send_to='http://127.0.0.1:9', budget=0.9)
            path = default_spool('shop', 'http://127.0.0.1:9')
        self.capture()
        strata_agent.stop(1)
        self.assertEqual(os.listdir(here), [])
        self.assertIn('drain.lock', os.listdir(path))

    def test_flush_says_if_a_folder_could_not_be_written(self) -> None:
        strata_agent.start(service='shop', send_to=self.path, budget=0.9)
        self.capture()
        self.assertTrue(strata_agent.flush(5))
        with mock.patch.object(Spool, 'append', side_effect=OSError(28, 'No space left on device')):
            self.capture()
            self.assertFalse(strata_agent.flush(5))
        self.capture()
        self.assertTrue(strata_agent.flush(5))

    def test_a_full_disk_is_counted_and_passes(self) -> None:
        self.start(self.serve())
        self.capture()
        self.assertTrue(strata_agent.flush(5))
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
        self.assertTrue(strata_agent.flush(5))
        self.assertEqual(len(self.store.stored()), 2)
        self.assertEqual(http.client.HTTPConnection.debuglevel, 0)


if __name__ == '__main__':
    unittest.main()
