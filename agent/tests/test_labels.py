# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import unittest

from strata_agent import number_bin, size_class
from strata_agent.capture.labels import OTHER, TEXT_LIMIT, LabelLimits
from strata_agent.capture.record import Record
from strata_agent.frameworks.requests import endpoint, request_labels


class LabelTests(unittest.TestCase):
    def test_size_classes_are_powers_of_two(self) -> None:
        cases = {-3: '0', 0: '0', 0.9: '0', 1: '1', 2: '2-3', 3: '2-3', 4: '4-7', 1023: '512-1023', 1024: '1024-2047'}
        self.assertEqual({number: size_class(number) for number in cases}, cases)
        self.assertEqual(size_class(2 ** 80), '%d-%d' % (2 ** 80, 2 ** 81 - 1))

    def test_bins_have_their_lower_edge(self) -> None:
        self.assertEqual([number_bin(number, (10, 100)) for number in (9.5, 10, 99, 100, 1e9)],
                         ['<10', '10-100', '10-100', '>=100', '>=100'])

    def test_values_are_bounded_in_number_and_length(self) -> None:
        limits = LabelLimits(limit=3)
        values = [dict(limits.bounded({'user': name}))['user'] for name in 'abcdea']
        self.assertEqual(values, ['a', 'b', 'c', OTHER, OTHER, 'a'])
        self.assertEqual(limits.replaced, 2)
        (_, text), = limits.bounded({'path': 'x' * 10_000})
        self.assertEqual(text, 'x' * (TEXT_LIMIT - 1) + '…')

    def test_numbers_that_are_none(self) -> None:
        self.assertEqual([size_class(float(text)) for text in ('inf', '-inf', 'nan')], ['inf', '-inf', 'nan'])
        self.assertEqual(number_bin(float('nan'), (1, 10)), 'nan')
        with self.assertRaisesRegex(ValueError, 'number_bin'):
            number_bin(1, ())

    def test_long_texts_are_not_kept_as_they_were_given(self) -> None:
        limits = LabelLimits()
        limits.bounded({'body': 'short'})
        limits.bounded({'body': 'x' * 1_000_000})
        self.assertEqual([given for given in limits._known], [(('body', 'short'),)])

    def test_keys_are_bounded_and_in_order(self) -> None:
        limits = LabelLimits(keys=2)
        self.assertEqual(limits.bounded({'b': 1, 'a': True, 'none': None, 'c': 'late'}), (('a', 'true'), ('b', '1')))

    def test_keys_are_cut_at_a_character_with_a_mark(self) -> None:
        for key in ('k' * 201, 'é' * 150, '\U0001f600' * 51, 'k' * 100_000):
            (cut, _), = LabelLimits().bounded({key: 'v'})
            self.assertLessEqual(len(cut.encode()), 200)
            self.assertGreater(len(cut.encode()), 193)
            self.assertTrue(cut.endswith('…') and key.startswith(cut[:-1]))
        self.assertEqual(LabelLimits().bounded({'é' * 100: 'v'}), (('é' * 100, 'v'),))

    def test_a_line_has_room_for_what_is_left(self) -> None:
        limits = LabelLimits(keys=64)
        labels = {'%02d' % number + '\U0001f600' * 100: '\U0001f600' * 300 for number in range(64)}
        bounded = limits.bounded(labels)
        self.assertGreater(len(bounded), 10)
        self.assertEqual(limits.replaced, 64 - len(bounded))
        line = Record(b'', 0, 1, bounded, is_cut=True, is_slice=True).line('f' * 255)
        self.assertLess(len(line), 64 << 10)
        self.assertLessEqual(len(json.loads(line)['labels']), 64)

    def test_keys_that_become_one_are_one_label(self) -> None:
        self.assertEqual(len(LabelLimits().bounded({'k' * 300: 'a', 'k' * 400: 'b'})), 1)

    def test_equal_values_of_other_kinds_stay_apart(self) -> None:
        limits = LabelLimits()
        values = [limits.bounded({'n': value})[0][1] for value in (1, True, 1.0, '1')]
        self.assertEqual(values, ['1', 'true', '1.0', '1'])

    def test_lone_surrogates_become_text(self) -> None:
        self.assertEqual(LabelLimits().bounded({'path': 'a\udc80'}), (('path', 'a?'),))


class PathTests(unittest.TestCase):
    def test_parts_that_name_one_of_many_are_left_out(self) -> None:
        cases = {
            '/users/4711/orders': 'GET /users/{}/orders', '/': 'GET /', '': 'GET /',
            '/f/9f3b2c1d-0000-4000-8000-1234567890ab': 'GET /f/{}', '/static/app.css': 'GET /static/app.css',
            '/commit/0123456789abcdef0123': 'GET /commit/{}', '/a/b/c/d/e/f/g/h': 'GET /a/b/c/d/e/f/{}',
        }
        self.assertEqual({path: endpoint('GET', path) for path in cases}, cases)

    def test_the_size_of_a_body_is_an_input(self) -> None:
        self.assertEqual(request_labels('POST', '/a', '1500'), {'endpoint': 'POST /a', 'input': '1024-2047 B'})
        for length in (None, '', '0', 'nonsense', b'-4'):
            self.assertEqual(request_labels('GET', '/a', length), {'endpoint': 'GET /a'})


if __name__ == '__main__':
    unittest.main()
