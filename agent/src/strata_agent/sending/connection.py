# SPDX-License-Identifier: Apache-2.0
"""One connection to a server, kept open as long as the server keeps it open."""
from __future__ import annotations

import email.utils
import gzip
import http.client
import os
import re
import time
from time import monotonic
from typing import Callable, Dict, NamedTuple, Optional

from . import wire
from .destination import Destination

#: The most bytes of an answer that are read.
ANSWER_LIMIT = 1 << 20


class Answer(NamedTuple):
    """The response of a server."""

    status: int
    retry_after: Optional[float]
    body: bytes


class Connection:
    """Posts request bodies, and reads the answers."""

    def __init__(self, destination: Destination, headers: Dict[str, str]) -> None:
        self._destination, self._headers = destination, headers
        #: Whether bodies are compressed.
        self.compresses = True
        #: Whether the last post reached the server.
        self.is_connected = False
        self._connection: Optional[http.client.HTTPConnection] = None

    def forget(self) -> None:
        """Drops the connection in a child process, whose parent continues to use it."""
        connection, self._connection = self._connection, None
        sock = None if connection is None else connection.sock
        if sock is not None:
            # Not `close`, which may wait for a lock that the parent's thread held while it was reading.
            os.close(sock.detach())

    def post(self, body: bytes, timeout: Callable[[], float]) -> Answer:
        """Sends a body; `timeout` returns the seconds left. Raises `OSError` and `http.client.HTTPException`."""
        self.is_connected = False
        headers = dict(self._headers)
        headers['Content-Type'] = wire.CONTENT_TYPE
        if self.compresses:
            headers['Content-Encoding'] = 'gzip'
            body = gzip.compress(body, 1, mtime=0)
        if self._connection is not None:
            try:
                return self._exchange(body, headers, timeout())
            except (http.client.HTTPException, ConnectionError):
                # The server may have closed the connection since, which says nothing about its state now.
                self.close()
        return self._exchange(body, headers, timeout())

    def _exchange(self, body: bytes, headers: Dict[str, str], timeout: float) -> Answer:
        try:
            connection = self._connect(timeout)
            self.is_connected = True
            try:
                connection.request('POST', self._destination.path, body, headers)
            except (BrokenPipeError, ConnectionResetError):
                if connection.sock is None:
                    raise
                # A server may answer before it has read the whole body.
                answer = self._read(connection, timeout)
                self.close()
                return answer
            return self._read(connection, timeout)
        except BaseException:
            self.close()
            raise

    def _connect(self, timeout: float) -> http.client.HTTPConnection:
        connection = self._connection
        if connection is None:
            destination = self._destination
            kind = http.client.HTTPSConnection if destination.is_secure else http.client.HTTPConnection
            connection = self._connection = kind(destination.host, destination.port, timeout=timeout)
        if connection.sock is None:
            connection.connect()
        else:
            connection.sock.settimeout(timeout)
        return connection

    def _read(self, connection: http.client.HTTPConnection, timeout: float) -> Answer:
        response = connection.getresponse()
        end = monotonic() + timeout
        body = b''
        while len(body) <= ANSWER_LIMIT:
            part = response.read1(64 << 10)
            if not part:
                break
            body += part
            if monotonic() > end:
                raise TimeoutError('the answer took longer than %g s' % timeout)
        else:
            raise http.client.HTTPException('expected an answer of at most %d bytes, found more' % ANSWER_LIMIT)
        # Not every version of Python checks this itself.
        length = _digits(response.getheader('Content-Length'))
        if length is not None and len(body) < length:
            raise http.client.IncompleteRead(body, length - len(body))
        response.close()  # After partial reads http.client does not know that this is the end.
        answer = Answer(response.status, _retry_after(response), body)
        if response.will_close:
            self.close()
        return answer

    def close(self) -> None:
        """Closes the connection; the next post opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _retry_after(response: http.client.HTTPResponse) -> Optional[float]:
    value = response.getheader('Retry-After')
    if value is None:
        return None
    seconds = _digits(value)
    if seconds is not None:
        return float(seconds)
    until, now = _date(value), _date(response.getheader('Date'))
    if until is None:
        return None
    # By the server's clock, if it states the time.
    return max(0.0, until - (time.time() if now is None else now))


def _digits(value: Optional[str]) -> Optional[int]:
    found = re.fullmatch(r'\s*([0-9]{1,15})\s*', value or '')
    return int(found.group(1)) if found else None


def _date(value: Optional[str]) -> Optional[float]:
    try:
        return email.utils.parsedate_to_datetime(value or '').timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
