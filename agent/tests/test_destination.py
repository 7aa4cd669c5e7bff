# SPDX-License-Identifier: Apache-2.0
"""The destinations that `start()` accepts."""
from __future__ import annotations

import os
import pathlib
import shutil
import tempfile
import unittest

import strata_agent
from strata_agent.sending.destination import Destination, is_url


class Urls(unittest.TestCase):
    def test_urls_lead_to_the_path_of_the_contract(self) -> None:
        for url, expected in (('http://h', (False, 'h', None, '/v1/profiles')),
                              ('HTTPS://h:8443/', (True, 'h', 8443, '/v1/profiles')),
                              ('https://h/a/b/', (True, 'h', None, '/a/b/v1/profiles')),
                              ('http://[::1]:80/v1/profiles', (False, '::1', 80, '/v1/profiles'))):
            self.assertEqual(tuple(Destination.of(url)), expected)

    def test_bad_urls_say_what_is_wrong(self) -> None:
        for url, word in (('ftp://h', 'ftp'), ('http://', 'no host'), ('http:h', 'no host'), ('http://h:x', 'h:x'),
                          ('http://h:99999', '99999'), ('http://h:0', 'port 0'), ('http://h?a=1', 'query'),
                          ('http://h#a', 'fragment'), ('http://h/a b', 'space'), ('http://h/\r\nX: y', 'control'),
                          ('http://[::1', '::1')):
            with self.assertRaisesRegex(ValueError, word):
                Destination.of(url)

    def test_a_password_is_not_shown(self) -> None:
        with self.assertRaises(ValueError) as raised:
            Destination.of('http://me:secret@h')
        self.assertNotIn('secret', str(raised.exception))
        self.assertIn('token', str(raised.exception))


class Places(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        self.addCleanup(strata_agent.stop)

    def test_a_server_without_a_scheme_is_not_a_folder(self) -> None:
        for place in ('localhost:8080', 'localhost:8080/v1', 'strata.example:443', '127.0.0.1:80', '[::1]:8080',
                      ':8080', 'h:80', 'h:80/a', 'mailto:me', ' http://h', 'profiles:today'):
            with self.subTest(place), self.assertRaisesRegex(ValueError, r'send_to.*http://… .*\./…'):
                strata_agent.start(service='shop', send_to=place)
        with self.assertRaisesRegex(ValueError, 'ftp'):
            strata_agent.start(service='shop', send_to='ftp://h')
        self.assertEqual(os.listdir('.'), [])

    def test_folders_stay_folders(self) -> None:
        os.mkdir('known:1')
        for place in ('profiles', './localhost:8080', 'a/b:1', os.path.join(self.folder, 'c:1'), '.d:1', '../e:1',
                      '~/f:1', 'known:1', 'known:1/more', r'C:\profiles', 'C:/profiles', 'C:profiles',
                      '//host/share:1'):
            with self.subTest(place):
                self.assertFalse(is_url(place))

    def test_a_folder_with_a_colon_is_written(self) -> None:
        for place in ('./localhost:8080', os.path.join(self.folder, 'c:1'), pathlib.Path('p:1')):
            strata_agent.start(service='shop', send_to=place)
            strata_agent.stop()
        self.assertEqual(sorted(os.listdir('.')), ['c:1', 'localhost:8080', 'p:1'])


if __name__ == '__main__':
    unittest.main()
