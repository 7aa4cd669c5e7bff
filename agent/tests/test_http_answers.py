# SPDX-License-Identifier: Apache-2.0
"""What the sender makes of the answers of a server."""
from __future__ import annotations

import email.utils
import os
import time
import unittest
from unittest import mock

from strata_agent import ingest
from strata_agent.index import Entry

from .sending import SendingCase, dump, record, until


class Answers(SendingCase):
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

    def test_a_large_answer_before_the_body_was_read(self) -> None:
        self.store.control(status=413, early=True)
        sender = self.sender()
        self.spool.append([record(0, data=os.urandom(3_000_000))])
        self.assertTrue(until(lambda: sender.flush(0.5)))
        self.assertEqual(sender.status()['too_large'], 1)


if __name__ == '__main__':
    unittest.main()
