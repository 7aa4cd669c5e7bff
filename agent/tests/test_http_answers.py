# SPDX-License-Identifier: Apache-2.0
"""How the sender handles the answers of a server."""
from __future__ import annotations

import email.utils
import os
import unittest
from typing import Any, Dict, Tuple
from unittest import mock

from strata_agent.sending import wire
from strata_agent.spool.index import Entry

from .sending import PATIENCE, SHORT, SendingCase, dump, record, until


#: An error of a receiver that names a bound.
FAULT = '{"schema": "strata/error/1", "error": "too large", "limit": {"%s": 4194304}}'

_HTML = '<html><head><title>Sign in</title></head></html>'
#: Answers of proxies, portals and other services, which say nothing about any capture.
STRANGERS: Tuple[Dict[str, Any], ...] = (
    *({'status': status, 'body': body}
      for status in (400, 413)
      for body in ('', _HTML, '{"error": "no"}', '{"schema": "other/error/1", "error": "no"}', 'null', '[]', '{"sch',
                   '{"schema": "strata/error/1"}', '{"schema": "strata/error/1", "error": ""}',
                   '{"schema": "strata/ingest/1", "results": [{"id": "id-0", "status": "refused"}]}',
                   '{"schema": "strata/error/2", "error": "no", "limit": {"dumpBytes": 1}}')),
    *({'status': status, 'body': _HTML if status % 2 else ''}
      for status in (401, 402, 403, 404, 405, 407, 408, 409, 410, 411, 414, 415, 416, 417, 421, 422, 423, 426, 429, 431,
                     451, 499, 500, 501, 502, 503, 504, 505, 507, 511, 520, 599, 999)),
    *({'status': 200, 'body': body}
      for body in ('', _HTML, '{}', 'null', '{"ok": true}', '{"schema": "strata/ingest/1"}', '{"schema": "strata/inge',
                   '{"schema": "strata/ingest/1", "results": []}', '{"schema": "strata/ingest/1", "results": NaN}',
                   '{"schema": "strata/ingest/2", "results": [{"id": "id-0", "status": "stored"}]}',
                   '{"results": [{"id": "id-0", "status": "stored"}, {"id": "id-1", "status": "stored"}]}',
                   '{"schema": "strata/ingest/1", "results": [{"id": "other", "status": "stored"}]}',
                   '{"schema": "strata/ingest/1", "results": [{"id": "id-0", "status": "deleted"}]}',
                   '{"schema": "strata/error/1", "error": "no"}', '{"schema": "strata/ingest/1", "results": %s}' % (
                       '1' * 100_000), '[' * 100_000)),
    *({'status': status} for status in (201, 202, 203, 204, 205, 206, 226)),
    *({'status': status, 'headers': {'Location': '/v1/profiles'}} for status in (300, 301, 302, 303, 304, 307, 308)),
    {'break': 'early'}, {'break': 'before'})


class Answers(SendingCase):
    def test_429_waits_as_long_as_it_says(self) -> None:
        sender = self.sender()
        self.store.control(status=429, headers={'Retry-After': '3600'})
        self.spool.append([record(0)])
        sender.wake()
        self.assertTrue(until(lambda: sender.status()['send_error']))
        self.store.control()
        self.assertFalse(sender.flush(0.5))  # Even if it is urgent.
        self.assertEqual(len(self.store.lines('requests')), 1)
        self.assertEqual(self.store.stored(), {})

    def test_after_that_it_tries_again(self) -> None:
        sender = self.sender()
        self.store.control(status=429, headers={'Retry-After': '1'})
        self.spool.append([record(0)])
        sender.wake()
        self.assertTrue(until(lambda: sender.status()['send_error']))
        self.store.control()
        self.assertTrue(sender.flush(PATIENCE))
        self.check_stored([0])

    def test_retry_after_as_a_date_counts_by_the_clock_of_the_server(self) -> None:
        from strata_agent.sending.connection import _retry_after
        early, late = email.utils.formatdate(970), email.utils.formatdate(1000)
        for headers, expected in (({'Retry-After': late, 'Date': early}, 30), ({'Retry-After': late}, 0),
                                  ({'Retry-After': '7'}, 7),
                                  ({'Retry-After': 'soon'}, None), ({'Retry-After': '\xb2'}, None), ({}, None)):
            response = mock.Mock()
            response.getheader = lambda name, headers=headers: headers.get(name)
            self.assertEqual(_retry_after(response), expected)

    def test_413_halves_the_batch_and_drops_one_that_is_too_large_alone(self) -> None:
        self.store.control(limit={'batchBytes': 8 << 20, 'dumpBytes': 4 << 20, 'profiles': 5})
        sender = self.sender()
        self.spool.append([record(number) for number in range(20)] + [record(20, data=dump(20, (4 << 20) + 1))]
                          + [record(number) for number in range(21, 30)])
        self.assertTrue(sender.flush(PATIENCE))
        self.check_stored([number for number in range(30) if number != 20])
        self.assertEqual(sender.status()['too_large'], 1)
        self.assertIn('413', str(sender.status()['refused_reason']))

    def test_a_profile_that_breaks_the_frame_is_found(self) -> None:
        self.spool.append([record(number) for number in range(10)])
        real = wire.item

        def broken(entry: Entry, data: bytes) -> wire.Item:
            made = real(entry, data)
            return made._replace(line=b'{]\n') if made.id == 'id-6' else made

        with mock.patch.object(wire, 'item', broken):
            sender = self.sender()
            self.assertTrue(sender.flush(PATIENCE))
        self.check_stored([number for number in range(10) if number != 6])
        self.assertEqual([entry.fields['id'] for entry in self.aside()], ['id-6'])
        self.assertEqual(sender.status()['refused'], 1)

    def test_refused_profiles_are_set_aside_with_the_reason(self) -> None:
        self.store.control(refuse=['id-2'])
        sender = self.sender()
        self.spool.append([record(number) for number in range(4)] + [record(4, data=b'no dump')])
        self.assertTrue(sender.flush(PATIENCE))
        self.check_stored([0, 1, 3])
        aside = {entry.fields['id']: entry.fields['refused'] for entry in self.aside()}
        self.assertEqual(aside['id-2'], 'told so')
        self.assertIn('dump', aside['id-4'])
        self.assertEqual(sender.status()['refused'], 2)
        count = len(self.store.lines('requests'))
        self.assertTrue(sender.flush(PATIENCE))
        self.assertLessEqual(len(self.store.lines('requests')), count)

    def test_one_that_the_server_fails_at_does_not_hold_up_the_others(self) -> None:
        self.store.control(crash=['id-3'])
        sender = self.sender()
        self.spool.append([record(number) for number in range(9)])
        sender.wake()
        self.assertTrue(until(lambda: self.spooled() == ['id-3']), self.spooled())
        self.store.control()
        self.assertTrue(sender.flush(PATIENCE))
        self.check_stored(range(9))

    def test_one_that_the_answer_passes_over_is_sent_again(self) -> None:
        self.store.control(**{'pass over': ['id-0']})
        sender = self.sender()
        sender._outbox.count = 1
        self.spool.append([record(number) for number in range(3)])
        sender.wake()
        self.assertTrue(until(lambda: self.spooled() == ['id-0']), self.spooled())
        self.store.control()
        self.assertTrue(sender.flush(PATIENCE))
        self.check_stored(range(3))

    def test_a_server_without_gzip(self) -> None:
        self.store.control(**{'no gzip': True})
        sender = self.sender()
        self.spool.append([record(0)])
        self.assertTrue(sender.flush(PATIENCE))
        self.check_stored([0])

    def test_a_large_answer_before_the_body_was_read(self) -> None:
        self.store.control(status=413, early=True, body=FAULT % 'dumpBytes')
        sender = self.sender()
        self.spool.append([record(0, data=os.urandom((4 << 20) + 1))])
        self.assertTrue(until(lambda: sender.flush(0.5)))
        self.assertEqual(sender.status()['too_large'], 1)

    def test_an_answer_of_any_other_service_is_an_outage(self) -> None:
        sender = self.sender(waits=SHORT._replace(gather=0.005, first=0.02, longest=0.04))
        for case, how in enumerate(STRANGERS):
            with self.subTest(how=how):
                small, large = 2 * case, 2 * case + 1
                self.store.control(**how)
                self.spool.append([record(small), record(large, data=dump(large, 100_000))])
                count = len(self.store.lines('requests'))
                sender.wake()
                # Sent alone and together, more than once.
                self.assertTrue(until(lambda: len(self.store.lines('requests')) >= count + 5))
                self.assertIsNotNone(sender.status()['send_error'])
                self.assertEqual(self.spooled(), ['id-%d' % small, 'id-%d' % large])
                self.store.control()
                self.assertTrue(until(lambda: sender.flush(1)))
                self.assertEqual(self.aside(), [])
        status = sender.status()
        self.assertEqual((status['sent'], status['refused'], status['too_large']), (2 * len(STRANGERS), 0, 0))
        self.assertEqual(len(self.store.stored()), 2 * len(STRANGERS))

    def test_a_dump_that_every_receiver_takes_is_not_dropped_for_its_size(self) -> None:
        # These answers are incomplete, wrong, or not allowed for a receiver.
        for case, limit in enumerate(('"dumpBytes": 100', '"batchBytes": 0', '"sentBytes": -1', '"profiles": 0', '')):
            with self.subTest(limit=limit):
                body = '{"schema": "strata/error/1", "error": "too large", "limit": {%s}}' % limit
                self.store.control(status=413, body=body)
                sender = self.sender()
                self.spool.append([record(case, data=dump(case, 4_000_000))])
                sender.wake()
                self.assertTrue(until(lambda: sender.status()['retries'] > 2))
                self.assertEqual(self.spooled(), ['id-%d' % case])
                self.store.control()
                self.assertTrue(until(lambda: sender.flush(1)))
                self.assertEqual(sender.status()['too_large'], 0)

    def test_a_dump_too_large_for_a_proxy_does_not_hold_up_the_others(self) -> None:
        self.store.control(proxy=50_000)
        sender = self.sender()
        self.spool.append([record(0, data=os.urandom(100_000))] + [record(number) for number in range(1, 20)])
        sender.wake()
        self.assertTrue(until(lambda: self.spooled() == ['id-0']), self.spooled())
        self.spool.append([record(number) for number in range(20, 30)])
        sender.wake()
        self.assertTrue(until(lambda: self.spooled() == ['id-0']), self.spooled())
        self.check_stored(range(1, 30))


if __name__ == '__main__':
    unittest.main()
