# SPDX-License-Identifier: Apache-2.0
"""The receiver of these tests is strict, and the examples of `docs/http-ingest.md` are correct."""
from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import os
import re
import shutil
import subprocess
import unittest
from typing import Any, Dict, List, Tuple

from strata_agent.sending import wire
from strata_agent.spool.index import Entry

from .receiver import Store
from .sending import HERE, PATIENCE, SendingCase, dump

BATCH = {'Content-Type': 'application/vnd.strata.profiles'}
SINGLE = {'Content-Type': 'application/octet-stream'}
PAGE = os.path.join(HERE, '..', '..', 'docs', 'http-ingest.md')

#: The two captures of the example.
EXAMPLE = (b'{"timestamp":"1767603600.771","duration":"0.25","labels":{"endpoint":"search"},"id":"a1","size":2}\n{0'
           b'{"timestamp":"1767603601","id":"a2","weight":"12.5","size":2}\n{0')


def part(data: bytes = dump(), **fields: Any) -> bytes:
    """A profile of a batch."""
    line = dict({'timestamp': '1.5', 'id': 'a', 'size': len(data)}, **fields)
    return json.dumps({key: value for key, value in line.items() if value != ()}).encode() + b'\n' + data


class ReceiverCase(SendingCase):
    def setUp(self) -> None:
        super().setUp()
        self.serve()

    def post(self, body: bytes, headers: Dict[str, str], query: str = '', path: str = '/v1/profiles',
             method: str = 'POST') -> Tuple[int, Any]:
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=PATIENCE)
        try:
            connection.request(method, path + query, body, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def results(self, body: bytes) -> List[Any]:
        status, answer = self.post(body, BATCH)
        self.assertEqual(status, 200, answer)
        self.assertEqual(answer['schema'], 'strata/ingest/1')
        results: List[Any] = answer['results']
        return results


class Strictness(ReceiverCase):
    def test_the_example_of_the_page(self) -> None:
        self.assertEqual(len(EXAMPLE), 165)
        self.assertEqual(self.results(EXAMPLE), [{'id': 'a1', 'status': 'stored'}, {'id': 'a2', 'status': 'stored'}])
        with open(PAGE, encoding='utf-8') as file:
            page = file.read()
        self.assertIn('165 bytes in all', page)
        block = re.search(r'```\n(\{"timestamp.*?)\n```', page, re.DOTALL)
        assert block is not None
        self.assertEqual(block.group(1).replace('\n', '').replace('⏎', '\n').encode(), EXAMPLE)

    def test_the_agent_writes_the_example(self) -> None:
        fields: Dict[str, object] = {'timestamp': '1767603600.771', 'duration': '0.25',
                                     'labels': {'endpoint': 'search'}, 'id': 'a1'}
        second: Dict[str, object] = {'timestamp': '1767603601', 'id': 'a2', 'weight': '12.5'}
        items = [wire.item(Entry('x', given), b'{0') for given in (fields, second)]
        self.assertEqual(wire.body(items), EXAMPLE)

    @unittest.skipUnless(shutil.which('curl') and shutil.which('sh'), 'needs curl')
    def test_the_commands_of_the_page(self) -> None:
        with open(PAGE, encoding='utf-8') as file:
            commands = re.findall(r'```sh\n(.*?)\n```', file.read(), re.DOTALL)
        self.assertEqual(len(commands), 2)
        with open(os.path.join(self.folder, 'search.prof'), 'wb') as file:
            file.write(dump())
        self.store.control(token='t0ken')
        for command in commands:
            command = command.replace('https://strata.example', 'http://127.0.0.1:%d' % self.port)
            # An older curl has no --fail-with-body.
            command = command.replace('--fail-with-body', '--fail')
            done = subprocess.run(['sh', '-c', command], cwd=self.folder, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, env=dict(os.environ, STRATA_TOKEN='t0ken'))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(b'"stored"', done.stdout)
        stored = self.store.stored()
        self.assertEqual(len(stored), 3)
        last, = (fields for fields, _ in stored.values() if 'profileID' in fields)
        self.assertEqual(last['labels'], {'service': 'shop', 'endpoint': '/search'})

    def test_frames_that_are_broken(self) -> None:
        for body in (b'', b'\n', b'{}', part()[:-1], part() + b'\n', part() + b' ', part(size=-1), part(size='2'),
                     part(size=True), part(size=1.0), part(size=()), part(id=()), part(id=''), part(id=7),
                     part(id='x' * 201), part(file='a.prof'), part(size=len(dump()) - 1), part(size=len(dump()) + 1),
                     b'[]\n', b'{"a":1\n', b'\xff\n', b'{"size":2,"size":2,"id":"a","timestamp":"1"}\n{0',
                     part(weight=float('nan')), b'{"a":"' + b'x' * 65536 + b'"}\n', part() + b'{"torn'):
            with self.subTest(body=body[:80]):
                status, answer = self.post(body, BATCH)
                self.assertEqual(status, 400)
                self.assertEqual(answer['schema'], 'strata/error/1')
                self.assertTrue(answer['error'])

    def test_gzip_that_is_broken(self) -> None:
        headers = dict(BATCH, **{'Content-Encoding': 'gzip'})
        whole = gzip.compress(part())
        wrong = bytearray(whole)
        wrong[-6] ^= 1
        for body in (b'', whole[:-1], whole[:12], bytes(wrong), whole + b'x', whole + whole, part()):
            with self.subTest(body=body):
                self.assertEqual(self.post(body, headers)[0], 400)
        self.assertEqual(self.post(whole, headers)[0], 200)

    def test_bounds(self) -> None:
        for limit, body, encoding in (({'sentBytes': 10}, part(), None), ({'batchBytes': 10}, part(), None),
                                      ({'batchBytes': 1000}, part(dump(0, 100_000)), 'gzip'),
                                      ({'profiles': 1}, part() + part(id='b'), None), ({'dumpBytes': 5}, part(), None)):
            with self.subTest(limit=limit):
                self.store.control(limit=limit)
                headers = dict(BATCH, **({'Content-Encoding': encoding} if encoding else {}))
                status, answer = self.post(gzip.compress(body) if encoding else body, headers)
                self.assertEqual(status, 413)
                self.assertEqual(answer['limit'], limit)

    def test_other_requests(self) -> None:
        cases: Tuple[Any, ...] = (
            (415, {}, {}), (415, {'Content-Type': 'text/plain'}, {}),
            (415, dict(BATCH, **{'Content-Encoding': 'br'}), {}), (404, BATCH, {'path': '/v1/profile'}),
            (404, BATCH, {'path': '/v2/profiles'}), (405, BATCH, {'method': 'GET'}),
            (400, BATCH, {'query': '?timestamp=1'}))
        for status, headers, more in cases:
            with self.subTest(status=status, headers=headers, more=more):
                self.assertEqual(self.post(part(), headers, **more)[0], status)

    def test_tokens(self) -> None:
        self.store.control(token='right')
        for value, status in ((None, 401), ('right', 401), ('Bearer wrong', 401), ('Bearer right', 200)):
            headers = dict(BATCH, **({'Authorization': value} if value else {}))
            self.assertEqual(self.post(part(), headers)[0], status)

    def test_one_unfit_profile_does_not_block_the_others(self) -> None:
        unfit: List[Dict[str, Any]] = [
            {'timestamp': ()}, {'timestamp': 'now'}, {'timestamp': True}, {'timestamp': '1e3'}, {'duration': '-1'},
            {'labels': []}, {'labels': {'a': 1}}, {'kind': 'exact'}, {'clock': 'moon'}, {'weight': '0'},
            {'id': (), 'profileID': 'xyz'}]
        dumps = [b'', b'x', dump() + b'x', dump()[:-1], b'{0'[:1], b'[\0\0\0\0', b'N']
        body = part(id='first')
        for number, fields in enumerate(unfit):
            body += part(**dict({'id': 'u%d' % number}, **fields))
        for number, data in enumerate(dumps):
            body += part(data, id='d%d' % number)
        results = self.results(body + part(id='last'))
        self.assertEqual(len(results), 2 + len(unfit) + len(dumps))
        self.assertEqual([result['id'] for result in results if result['status'] != 'refused'], ['first', 'last'])
        self.assertTrue(all(result['reason'] for result in results[1:-1]))
        self.assertEqual(sorted(self.store.stored()), ['first', 'last'])

    def test_the_same_is_stored_once(self) -> None:
        self.assertEqual([result['status'] for result in self.results(part() + part())], ['stored', 'known'])
        self.assertEqual([result['status'] for result in self.results(part())], ['known'])

    def test_unknown_keys_are_ignored(self) -> None:
        self.assertEqual(self.results(part(callsSeen=7, later={'a': [1]}))[0]['status'], 'stored')

    def test_queries_of_a_single_dump(self) -> None:
        for query, status in (('', 400), ('?timestamp=x', 400), ('?timestamp=1&lable=a=b', 400), ('?duration=1', 400),
                              ('?timestamp=1&timestamp=2', 400), ('?timestamp=1&label=a', 400),
                              ('?timestamp=1&id=', 400),
                              ('?timestamp=1&label=a=1&label=a=2', 400), ('?timestamp=1&label==1', 400),
                              ('?timestamp=1&weight=0', 400), ('?timestamp=1&x', 400),
                              ('?timestamp=1&label=a=%ff', 400),
                              ('?timestamp=1.5&label=a=b+c%2B&label=d=e=f&kind=sampled&clock=cpu&weight=2&id=s', 200)):
            with self.subTest(query=query):
                self.assertEqual(self.post(dump(), SINGLE, query)[0], status)
        (fields, _), = self.store.stored().values()
        self.assertEqual(fields['labels'], {'a': 'b c+', 'd': 'e=f'})
        status, answer = self.post(b'no dump', SINGLE, '?timestamp=1')
        self.assertEqual((status, answer['results'][0]['status']), (400, 'refused'))

    def test_a_single_dump_gets_the_id_of_an_import(self) -> None:
        status, answer = self.post(dump(), SINGLE, '?timestamp=1.5&label=b=2&label=a=1')
        preimage = b'strata-id-1\x001500000000\x001:a1:11:b1:2\x00' + dump()
        self.assertEqual(answer['results'][0]['id'], hashlib.blake2b(preimage, digest_size=16).hexdigest())
        self.assertEqual(status, 200)

    def test_what_was_answered_survives_kill(self) -> None:
        folder = os.path.join(self.folder, 'other')
        process = self.process(os.path.join(HERE, 'receiver.py'), folder, '0')
        assert process.stdout is not None
        self.port = int(process.stdout.readline())
        self.results(part())
        process.kill()
        process.wait()
        self.assertEqual(list(Store(folder).stored()), ['a'])


if __name__ == '__main__':
    unittest.main()
