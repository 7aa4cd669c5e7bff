# SPDX-License-Identifier: Apache-2.0
"""The sender with a receiver that works."""
from __future__ import annotations

import json
import os
import threading
import unittest
from typing import Any, Dict, List, Tuple
from unittest import mock

from strata_agent.sending.backoff import now
from strata_agent.sending.sender import Sender

from .sending import PATIENCE, SHORT, SendingCase, dump, record, until


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
        self.assertTrue(sender.flush(PATIENCE))
        self.check_stored([0])


class Sending(SendingCase):
    def test_what_is_spooled_arrives_and_leaves_the_spool(self) -> None:
        sender = self.sender()
        self.spool.append([record(number) for number in range(150)])
        sender.wake()
        self.assertTrue(sender.flush(PATIENCE))
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
        self.spool.append([record(number) for number in range(3)])
        for _ in range(3):
            sender.wake()
        self.assertTrue(until(lambda: len(self.store.stored()) == 3))
        self.assertEqual(len(self.store.lines('requests')), 1)

    def test_the_first_capture_waits_for_others(self) -> None:
        sender = self.sender(waits=SHORT._replace(gather=3600.0, idle=7200.0))
        self.spool.append([record(0)])
        before = now()
        sender.wake()
        self.assertTrue(before + 3600 <= sender._backoff.due <= now() + 3600)

    def test_batches_keep_to_their_bytes(self) -> None:
        sender = self.sender()
        sender._outbox.bytes = 5_000
        self.spool.append([record(number, data=dump(number, 2_000)) for number in range(6)])
        self.assertTrue(sender.flush(PATIENCE))
        self.assertEqual(len(self.store.stored()), 6)
        self.assertEqual(len(self.store.lines('requests')), 3)

    def test_a_line_without_an_id_gets_that_of_an_import(self) -> None:
        with open(os.path.join(self.path, 'hand.prof'), 'wb') as file:
            file.write(dump(7))
        with open(os.path.join(self.path, 'index.jsonl'), 'w') as file:
            file.write('{"file":"hand.prof","timestamp":"1.5","labels":{"b":"2","a":"ä"}}\n')
        self.assertTrue(self.sender().flush(PATIENCE))
        import hashlib
        preimage = b'strata-id-1\x001500000000\x001:a2:\xc3\xa41:b1:2\x00' + dump(7)
        self.assertEqual(list(self.store.stored()), [hashlib.blake2b(preimage, digest_size=16).hexdigest()])

    def test_bad_lines_of_an_index_do_not_stop_the_rest(self) -> None:
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
        self.assertTrue(sender.flush(PATIENCE))
        self.check_stored(range(5))
        self.assertEqual(sorted(entry.fields.get('id', '')[:3] for entry in self.aside()), ['', '', 'nan', 'xxx'])
        self.assertEqual(sender.status()['refused'], 4)

    def test_cpu_time_is_taken_out_of_the_budget(self) -> None:
        sender = self.sender()
        spent: List[float] = []
        sender.spend = spent.append
        self.spool.append([record(number, data=dump(number, 100_000)) for number in range(20)])
        self.assertTrue(sender.flush(PATIENCE))
        self.assertTrue(until(lambda: sum(spent) > 1_000_000), spent)


class Ends(SendingCase):
    def test_stop_makes_one_last_attempt(self) -> None:
        sender = self.sender(waits=SHORT._replace(gather=60))
        self.spool.append([record(number) for number in range(100)])
        sender.wake()
        self.assertTrue(sender.stop(PATIENCE))
        self.check_stored(range(100))

    def test_stop_returns_when_its_time_is_over(self) -> None:
        sender = self.sender()
        self.store.control(hold=True)
        self.spool.append([record(0)])
        self.assertFalse(sender.stop(0.3))  # While the server does not answer.
        self.assertEqual(self.spooled(), ['id-0'])
        self.assertEqual(self.store.stored(), {})
        self.store.control()

    def test_stop_without_a_server(self) -> None:
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
        self.assertTrue(all(sender.flush(PATIENCE) for sender in senders))
        self.check_stored(range(200))
        self.assertEqual([line for line in self.store.lines('arrivals') if line.startswith('known')], [])

    def test_a_sender_that_is_locked_out_stops_when_the_other_has_sent(self) -> None:
        url = self.serve()
        self.store.control(hold=True)
        self.addCleanup(self.store.control)
        first, second = self.sender(url), self.sender(url)
        self.spool.append([record(0)])
        first.wake()
        self.assertTrue(until(lambda: self.store.lines('requests')))
        # The answer comes when the second has found that it has to wait.
        release = threading.Thread(target=lambda: until(lambda: second._is_locked_out) and self.store.control())
        release.start()
        self.assertTrue(second.stop(PATIENCE))
        release.join()
        self.check_stored([0])


if __name__ == '__main__':
    unittest.main()
