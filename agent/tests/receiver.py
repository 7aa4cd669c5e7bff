# SPDX-License-Identifier: Apache-2.0
"""A receiver of `POST /v1/profiles` for tests: it accepts only what `docs/http-ingest.md` allows.

It shares no code with the agent. What it stored is durable before it answers. A file `control.json` in its folder says
how it should fail; it is read with each request, so that a test steers a receiver in another process too.
"""
from __future__ import annotations

import hashlib
import http.server
import io
import json
import marshal
import os
import re
import socket
import sys
import threading
import time
import zlib
from typing import Any, Dict, Iterator, List, Optional, Tuple
from urllib.parse import parse_qsl, urlsplit

SENT_LIMIT = 64 << 20
BATCH_LIMIT = 128 << 20
COUNT_LIMIT = 1024
DUMP_LIMIT = 32 << 20
LINE_LIMIT = 64 << 10


class Refused(Exception):
    """An answer for the whole request."""

    def __init__(self, status: int, error: str, **more: Any) -> None:
        super().__init__(error)
        self.status, self.more = status, more


class Unfit(Exception):
    """One profile cannot be stored."""


class Store:
    """A folder with what was stored, and how the receiver should behave."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        os.makedirs(os.path.join(folder, 'stored'), exist_ok=True)

    def control(self, **how: Any) -> None:
        """Sets how it fails; without arguments, it does not."""
        path = os.path.join(self.folder, 'control')
        with open(path + '.new', 'w') as file:
            json.dump(how, file)
        os.replace(path + '.new', path + '.json')

    def how(self) -> Dict[str, Any]:
        """How it should fail."""
        try:
            with open(os.path.join(self.folder, 'control.json')) as file:
                how: Dict[str, Any] = json.load(file)
                return how
        except FileNotFoundError:
            return {}

    def add(self, name: str, fields: Dict[str, Any], dump: bytes) -> str:
        """Stores a dump once; it is on the disk after `sync`."""
        path = os.path.join(self.folder, 'stored', hashlib.sha256(name.encode()).hexdigest())
        with self.lock:
            status = 'known'
            if not os.path.exists(path):
                status = 'stored'
                write(path, json.dumps(fields).encode() + b'\n' + dump)
            self.log('arrivals', '%s %s' % (status, name))
        return status

    def sync(self) -> None:
        """Writes the names of stored files to the disk."""
        folder = os.open(os.path.join(self.folder, 'stored'), os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def log(self, name: str, line: str) -> None:
        """Logs a line for the test."""
        with open(os.path.join(self.folder, name), 'a') as file:
            file.write(line + '\n')

    def lines(self, name: str) -> List[str]:
        """The lines that were logged."""
        try:
            with open(os.path.join(self.folder, name)) as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    def stored(self) -> Dict[str, Tuple[Dict[str, Any], bytes]]:
        """What is stored: ids, fields, dumps."""
        found = {}
        folder = os.path.join(self.folder, 'stored')
        for entry in os.listdir(folder):
            if not entry.endswith('.new'):
                with open(os.path.join(folder, entry), 'rb') as file:
                    fields = json.loads(file.readline())
                    found[fields.get('id') or fields['profileID']] = (fields, file.read())
        return found


def write(path: str, data: bytes) -> None:
    """Writes a file atomically."""
    with open(path + '.new', 'wb') as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(path + '.new', path)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers a connection."""

    protocol_version = 'HTTP/1.1'
    timeout = 300
    store: Store

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(405, error('expected POST'), {'Allow': 'POST'})

    def do_POST(self) -> None:
        self.how = how = self.store.how()
        self.store.log('requests', '%s %s' % (self.path, self.client_address[1]))
        time.sleep(how.get('slow', 0))
        while self.store.how().get('hold'):  # Until the test releases it.
            time.sleep(0.01)
        if how.get('break') == 'early':
            return self._break()
        if int(self.headers.get('Content-Length', 0)) > how.get('proxy', 1 << 40):
            # A proxy, such as nginx with its client_max_body_size.
            return self._answer(413, b'<html>too large</html>', {'Connection': 'close'})
        if 'status' in how and how.get('early'):
            # Answers before the body was read.
            headers = dict(how.get('headers', {}), Connection='close')
            return self._answer(how['status'], how.get('body', '').encode(), headers)
        try:
            results = self._post()
        except Refused as refused:
            more = {'WWW-Authenticate': 'Bearer'} if refused.status == 401 else {}
            return self._answer(refused.status, error(str(refused), **refused.more), more)
        if how.get('break') == 'before':
            return self._break()
        if 'status' in how:
            return self._answer(how['status'], how.get('body', '').encode(), how.get('headers', {}))
        refuse = how.get('refuse', [])
        answer = []
        for name, fields, dump, reason in results:
            if reason is None and (refuse == 'all' or name in refuse):
                reason = 'told so'
            if reason is not None:
                answer.append({'id': name, 'status': 'refused', 'reason': reason})
                continue
            if name in how.get('crash', []):
                return self._answer(500, b'Traceback')
            status = self.store.add(name, fields, dump)
            if name not in how.get('pass over', []):
                answer.append({'id': name, 'status': status})
        self.store.sync()
        body = json.dumps({'schema': 'strata/ingest/1', 'results': answer}).encode()
        if how.get('break') == 'after':
            return self._break()
        if how.get('break') == 'middle':
            self.send_response(200)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body[:len(body) // 2])
            return self._break()
        if 'drip' in how:
            self.send_response(200)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body[:5])
            self.store.log('drips', 'begun')
            while 'drip' in self.store.how():  # Until the test releases it.
                time.sleep(0.01)
            self.wfile.write(body[5:])
            return None
        if how.get('garbage'):
            return self._answer(200, b'<html>welcome</html>')
        single = self.headers['Content-Type'] == 'application/octet-stream'
        self._answer(400 if single and answer[0]['status'] == 'refused' else 200, body)

    def _break(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, status: int, body: bytes, headers: Optional[Dict[str, str]] = None) -> None:
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if status >= 400 and not getattr(self, 'was_read', False):
            self.close_connection = True

    def _post(self) -> List[Tuple[str, Dict[str, Any], bytes, Optional[str]]]:
        self.was_read = False
        body = self._body()
        self.was_read = True
        token = self.how.get('token')
        if token is not None and self.headers.get('Authorization') != 'Bearer ' + token:
            raise Refused(401, 'expected a token that is known here')
        url = urlsplit(self.path)
        if url.path != '/v1/profiles':
            raise Refused(404, 'expected /v1/profiles')
        kind = self.headers.get('Content-Type')
        if kind not in ('application/vnd.strata.profiles', 'application/octet-stream'):
            raise Refused(415, 'expected Content-Type application/vnd.strata.profiles')
        encoding = self.headers.get('Content-Encoding')
        if encoding not in (None, 'identity', 'gzip') or encoding == 'gzip' and self.how.get('no gzip'):
            raise Refused(415, 'expected Content-Encoding gzip or none')
        if encoding == 'gzip':
            body = expanded(body, self._limit('batchBytes', BATCH_LIMIT))
        elif len(body) > self._limit('batchBytes', BATCH_LIMIT):
            raise Refused(413, 'batch too large', limit={'batchBytes': self._limit('batchBytes', BATCH_LIMIT)})
        if kind == 'application/octet-stream':
            return [checked(single(url.query, body), body)]
        if url.query:
            raise Refused(400, 'expected no query with a batch')
        return [checked(fields, dump) for fields, dump in self._batch(body)]

    def _limit(self, name: str, most: int) -> int:
        return int(self.how.get('limit', {}).get(name, most))

    def _body(self) -> bytes:
        length = self.headers.get('Content-Length')
        most = self._limit('sentBytes', SENT_LIMIT)
        if length is not None:
            if self.headers.get('Transfer-Encoding') is not None or not re.fullmatch('[0-9]+', length):
                raise Refused(400, 'expected one length')
            if int(length) > most:
                raise Refused(413, 'body too large', limit={'sentBytes': most})
            body = self.rfile.read(int(length))
            if len(body) < int(length):
                raise Refused(400, 'the body ends too soon')
            return body
        if self.headers.get('Transfer-Encoding') != 'chunked':
            raise Refused(411, 'expected a length')
        body = b''
        while True:
            size = int(self.rfile.readline(20), 16)
            if len(body) + size > most:
                raise Refused(413, 'body too large', limit={'sentBytes': most})
            body += self.rfile.read(size)
            if self.rfile.readline(3) != b'\r\n':
                raise Refused(400, 'bad chunk')
            if size == 0:
                return body

    def _batch(self, body: bytes) -> Iterator[Tuple[Dict[str, Any], bytes]]:
        if not body:
            raise Refused(400, 'expected a profile')
        place, number = 0, 0
        while place < len(body):
            number += 1
            if number > self._limit('profiles', COUNT_LIMIT):
                raise Refused(413, 'too many', limit={'profiles': self._limit('profiles', COUNT_LIMIT)})
            end = body.find(b'\n', place, place + LINE_LIMIT + 1)
            if end < 0:
                raise Refused(400, 'profile %d: expected a line of at most %d bytes' % (number, LINE_LIMIT))
            try:
                fields = json.loads(body[place:end].decode('utf-8'), object_pairs_hook=distinct,
                                    parse_constant=not_json)
            except (ValueError, RecursionError) as problem:
                raise Refused(400, 'profile %d: %s' % (number, problem))
            if not isinstance(fields, dict):
                raise Refused(400, 'profile %d: expected an object' % number)
            size = fields.pop('size', None)
            if type(size) is not int or size < 0:
                raise Refused(400, 'profile %d: size: expected a whole number' % number)
            if size > self._limit('dumpBytes', DUMP_LIMIT):
                raise Refused(413, 'dump too large', limit={'dumpBytes': self._limit('dumpBytes', DUMP_LIMIT)})
            if 'file' in fields:
                raise Refused(400, 'profile %d: file: unexpected' % number)
            if not 1 <= len(identity(fields).encode('utf-8', 'replace')) <= 200:
                raise Refused(400, 'profile %d: expected id or profileID' % number)
            dump = body[end + 1:end + 1 + size]
            if len(dump) < size:
                raise Refused(400, 'profile %d: expected %d bytes, found %d' % (number, size, len(dump)))
            place = end + 1 + size
            yield fields, dump


def error(text: str, **more: Any) -> bytes:
    """The body of an error answer."""
    return json.dumps(dict({'schema': 'strata/error/1', 'error': text}, **more)).encode()


def expanded(body: bytes, most: int) -> bytes:
    """Decompresses exactly one complete gzip member."""
    stream = zlib.decompressobj(31)
    try:
        data = stream.decompress(body, most + 1)
    except zlib.error as problem:
        raise Refused(400, 'gzip: %s' % problem)
    if len(data) > most:
        raise Refused(413, 'batch too large', limit={'batchBytes': most})
    if not stream.eof:
        raise Refused(400, 'gzip: ends too soon')
    if stream.unused_data:
        raise Refused(400, 'gzip: more behind the end')
    return data


def single(query: str, dump: bytes) -> Dict[str, Any]:
    """The fields of a dump that is sent without a batch."""
    fields: Dict[str, Any] = {}
    labels: Dict[str, str] = {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, errors='strict')
    except ValueError as problem:
        raise Refused(400, 'query: %s' % problem)
    for key, value in pairs:
        if key == 'label':
            name, equals, text = value.partition('=')
            if not equals or not name or name in labels:
                raise Refused(400, 'label: expected distinct key=value')
            labels[name] = text
        elif key not in ('timestamp', 'duration', 'kind', 'clock', 'weight', 'id') or key in fields:
            raise Refused(400, 'query: unexpected %s' % key)
        else:
            fields[key] = value
    if 'timestamp' not in fields:
        raise Refused(400, 'timestamp: expected seconds since the epoch')
    if labels:
        fields['labels'] = labels
    if len(dump) > DUMP_LIMIT:
        raise Refused(413, 'dump too large', limit={'dumpBytes': DUMP_LIMIT})
    if 'id' not in fields:
        preimage = b'strata-id-1\0%d\0' % nanoseconds(fields['timestamp'])
        for key, value in sorted(labels.items()):
            for part in (key.encode(), value.encode()):
                preimage += b'%d:%s' % (len(part), part)
        fields['profileID'] = hashlib.blake2b(preimage + b'\0' + dump, digest_size=16).hexdigest()
    elif not fields['id']:
        raise Refused(400, 'id: expected a text')
    return fields


def nanoseconds(text: str) -> int:
    """Seconds as a decimal string."""
    found = re.fullmatch(r'(-?)([0-9]{1,10})(?:\.([0-9]{1,9}))?', text)
    if not found:
        raise Refused(400, 'timestamp: expected seconds since the epoch')
    return int(found.group(1) + found.group(2) + (found.group(3) or '').ljust(9, '0'))


def identity(fields: Dict[str, Any]) -> str:
    """The id of a profile in the answer; empty if it has none."""
    for key in ('id', 'profileID'):
        if isinstance(fields.get(key), str) and fields[key]:
            return str(fields[key])
    return ''


def checked(fields: Dict[str, Any], dump: bytes) -> Tuple[str, Dict[str, Any], bytes, Optional[str]]:
    """A profile with its id, and the reason if it is refused."""
    try:
        check(fields, dump)
        reason = None
    except Unfit as unfit:
        reason = str(unfit)
    return identity(fields), fields, dump, reason


def check(fields: Dict[str, Any], dump: bytes) -> None:
    """Raises `Unfit` for a profile that cannot be stored."""
    for key in ('timestamp', 'duration', 'weight'):
        value = fields.get(key)
        if value is None and key != 'timestamp':
            continue
        if isinstance(value, bool) or not isinstance(value, (str, int, float)) \
                or not re.fullmatch(r'-?[0-9]{1,10}(\.[0-9]+)?', str(value)):
            raise Unfit('%s: expected a decimal text' % key)
        if key != 'timestamp' and (float(value) < 0 or key == 'weight' and float(value) == 0):
            raise Unfit('%s: expected a number above 0' % key)
    labels = {} if fields.get('labels') is None else fields['labels']
    if not isinstance(labels, dict) or not all(isinstance(text, str) for text in labels.values()):
        raise Unfit('labels: expected an object of strings')
    if fields.get('kind') not in (None, 'traced', 'sampled', 'rounded'):
        raise Unfit('kind: expected traced, sampled or rounded')
    if fields.get('clock') not in (None, 'wall', 'cpu'):
        raise Unfit('clock: expected wall or cpu')
    if not re.fullmatch('[0-9a-fA-F]{32}', fields.get('profileID', '0' * 32)):
        raise Unfit('profileID: expected 32 hexadecimal digits')
    try:
        stream = io.BytesIO(dump)
        stats = marshal.load(stream)
    except (ValueError, EOFError, TypeError) as problem:
        raise Unfit('dump: %s' % problem)
    if stream.read():
        raise Unfit('dump: more behind the end')
    if not isinstance(stats, dict) or not all(isinstance(key, tuple) and len(key) == 3 for key in stats):
        raise Unfit('dump: expected the statistics of functions')


def distinct(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    """An object whose keys are unique."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError('a key comes twice')
    return dict(pairs)


def not_json(text: str) -> None:
    """Refuses NaN and Infinity, which Python would accept."""
    raise ValueError('%s is not JSON' % text)


class Server(http.server.ThreadingHTTPServer):
    """A receiver on its own port."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: Any) -> None:
        """Ignores broken connections, which the tests cause on purpose."""


def serve(folder: str, port: int = 0) -> Server:
    """Starts a receiver in a thread."""
    handler = type('StoreHandler', (Handler,), {'store': Store(folder)})
    server = Server(('127.0.0.1', port), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


if __name__ == '__main__':
    running = serve(sys.argv[1], int(sys.argv[2]))
    print(running.server_address[1], flush=True)
    threading.Event().wait()
