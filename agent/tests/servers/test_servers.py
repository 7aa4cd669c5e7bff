# SPDX-License-Identifier: Apache-2.0
"""Real frameworks under real servers with a bounded load; skipped if a package is missing (scripts/test-agent)."""
from __future__ import annotations

import http.client
import importlib.util
import json
import os
import pstats
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from typing import Any, Dict, List

_HERE = os.path.dirname(os.path.abspath(__file__))
_AGENT = os.path.dirname(os.path.dirname(_HERE))
_SOURCE = os.path.join(_AGENT, 'src')

#: How long a server may take to start, to answer or to end, in seconds: the machine may be busy.
PATIENCE = 300
REQUESTS = 2000
CLIENTS = 4


def has(*packages: str) -> bool:
    return all(importlib.util.find_spec(package) is not None for package in packages)


class ServerTests(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder, True)
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.port = probe.getsockname()[1]

    def serve(self, *command: str) -> 'subprocess.Popen[bytes]':
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join([_SOURCE, _HERE]), STRATA_TEST_SPOOL=self.folder)
        log = open(os.path.join(self.folder, 'log'), 'wb')
        self.addCleanup(log.close)
        server = subprocess.Popen([sys.executable, '-m', *command], env=environment, stdout=log, stderr=log)
        self.addCleanup(self.end, server)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(('127.0.0.1', self.port), 1).close()
                return server
            except OSError:
                if time.monotonic() > deadline or server.poll() is not None:
                    self.fail('the server did not start: ' + self.log())
                time.sleep(0.1)

    def end(self, server: 'subprocess.Popen[bytes]') -> None:
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()

    def log(self) -> str:
        with open(os.path.join(self.folder, 'log'), encoding='utf-8', errors='replace') as log:
            return log.read()[-2000:]

    def load(self) -> None:
        """Requests 40 and 400 items in turn, from several clients."""
        failures: List[str] = []

        def client() -> None:
            connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=PATIENCE)
            for number in range(REQUESTS // CLIENTS):
                count = (40, 400)[number % 2]
                connection.request('GET', '/items/%d' % count)
                answer = connection.getresponse()
                if answer.status != 200 or len(json.loads(answer.read())['items']) != count:
                    failures.append(str(answer.status))
            connection.close()

        clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
        for thread in clients:
            thread.start()
        for thread in clients:
            thread.join()
        self.assertEqual(failures, [])

    def check(self) -> None:
        with open(os.path.join(self.folder, 'index.jsonl'), encoding='utf-8') as index:
            lines: List[Dict[str, Any]] = [json.loads(line) for line in index]
        self.assertGreater(len(lines), 20, self.log())
        for line in lines:
            self.assertEqual(line['labels'], {'service': 'shop', 'endpoint': 'GET /items/{}'})
            stats = pstats.Stats(os.path.join(self.folder, line['file'])).stats  # type: ignore[attr-defined]
            calls = {function[2]: figures[1] for function, figures in stats.items()}
            self.assertEqual(calls.get('find_items'), 1, sorted(calls))
            self.assertIn(calls['price_of'], (40, 400))
        weights = sum(float(line.get('weight', 1)) for line in lines)
        # The requests after the last capture are in no weight.
        self.assertLessEqual(weights, REQUESTS)
        self.assertGreater(weights, REQUESTS / 4)

    @unittest.skipUnless(has('flask', 'gunicorn'), 'no flask and gunicorn')
    def test_flask_under_gunicorn(self) -> None:
        server = self.serve('gunicorn', '-w', '2', '-b', '127.0.0.1:%d' % self.port, 'apps:flask_app()')
        self.load()
        self.end(server)
        self.check()

    @unittest.skipUnless(has('flask', 'gunicorn'), 'no flask and gunicorn')
    def test_flask_under_gunicorn_loaded_before_it_forks(self) -> None:
        server = self.serve('gunicorn', '--preload', '-w', '2', '-b', '127.0.0.1:%d' % self.port, 'apps:flask_app()')
        self.load()
        self.end(server)
        self.check()

    @unittest.skipUnless(has('django', 'gunicorn'), 'no django and gunicorn')
    def test_django_under_gunicorn(self) -> None:
        server = self.serve('gunicorn', '-w', '2', '-b', '127.0.0.1:%d' % self.port, 'apps:django_app()')
        self.load()
        self.end(server)
        self.check()

    @unittest.skipUnless(has('starlette', 'uvicorn'), 'no starlette and uvicorn')
    def test_starlette_under_uvicorn(self) -> None:
        server = self.serve('uvicorn', '--factory', '--port', str(self.port), 'apps:starlette_app')
        self.load()
        self.end(server)
        self.check()

    @unittest.skipUnless(has('fastapi', 'uvicorn'), 'no fastapi and uvicorn')
    def test_fastapi_under_uvicorn(self) -> None:
        server = self.serve('uvicorn', '--factory', '--port', str(self.port), 'apps:fastapi_app')
        self.load()
        self.end(server)
        self.check()


if __name__ == '__main__':
    unittest.main()
