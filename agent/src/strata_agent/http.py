# SPDX-License-Identifier: Apache-2.0
"""Sends what a spool folder holds to a server, on a thread of its own: `docs/http-ingest.md`.

A dump leaves the folder when the server said that it has it, and no sooner: whatever is killed or cut off, it is sent
again, and its id keeps it from being stored twice. Of all processes that share a folder one sends at a time. Nothing
here waits for the network on a thread of the program, but `flush` and `stop`.
"""
from __future__ import annotations

import collections
import email.utils
import errno
import gzip
import hashlib
import http.client
import os
import random
import re
import tempfile
import threading
import time
from typing import Callable, Dict, List, Mapping, NamedTuple, Optional, Set
from urllib.parse import urlsplit

from . import clocks, ingest
from .ingest import Item
from .spool import DEFAULT_LIMIT, DRAIN_LOCK, Entry, Spool

try:
    import fcntl
except ImportError:  # Windows: one process sends.
    fcntl = None  # type: ignore[assignment]

PATH = '/v1/profiles'
#: The folder in the spool for what the server refused, and how many bytes it may take.
REFUSED = 'refused'
REFUSED_LIMIT = 16 << 20

#: The most dumps and bytes of a batch; a dump that is larger goes alone.
BATCH_COUNT = 64
BATCH_BYTES = 4_000_000
#: The most bytes of an answer that are read.
ANSWER_LIMIT = 1 << 20

#: The longest that a server may ask to be left alone, in seconds.
RETRY_AFTER_LIMIT = 3600.0

#: When to try again, before when not even in haste (seconds of the day's clock), how many tries failed.
_NOTE = re.compile(rb'([0-9]{1,12}\.[0-9]{3}) ([0-9]{1,12}\.[0-9]{3}) ([0-9]{1,9})\n')

#: What makes a dump one that cannot be sent, and not one that cannot be sent now.
_UNREADABLE = (errno.EACCES, errno.EPERM, errno.EINVAL, errno.EISDIR, errno.ELOOP, errno.ENXIO)


class Waits(NamedTuple):
    """How long the thread waits for what, in seconds."""

    #: For more captures, from the first of a batch on: a request costs the budget some milliseconds.
    gather: float = 5.0
    #: After the first failure at most; it doubles with each.
    first: float = 1.0
    #: After a failure at most, and where somebody has to mend something first.
    longest: float = 60.0
    #: Until it is looked again whether another process still sends.
    other: float = 5.0
    #: Until it is looked again whether other processes left something.
    idle: float = 30.0
    #: For the network: to connect, and for each part of an answer.
    network: float = 10.0


WAITS = Waits()


class Target(NamedTuple):
    """Where a URL leads."""

    is_secure: bool
    host: str
    port: Optional[int]
    path: str

    @classmethod
    def of(cls, url: str) -> 'Target':
        """Reads `http://host:port/prefix`; raises `ValueError`, which says what is wrong."""
        def wrong(what: str) -> ValueError:
            return ValueError('send_to: expected http://HOST[:PORT][/PATH] or https://…, found %s' % what)

        if not all('!' <= character <= '~' for character in url):
            raise wrong('a space, a control or a letter beyond ASCII in %r' % url)
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise wrong('%s in %r' % (error, url)) from None
        if parts.username is not None or parts.password is not None:
            raise wrong('a user or a password in the URL: give a token instead')  # And do not show it.
        if parts.scheme not in ('http', 'https'):
            raise wrong('%r' % url)
        if not host:
            raise wrong('no host in %r' % url)
        if port == 0:
            raise wrong('port 0 in %r' % url)
        if parts.query or parts.fragment or url.endswith(('?', '#')):
            raise wrong('a query or a fragment in %r' % url)
        path = parts.path.rstrip('/')
        return cls(parts.scheme == 'https', host, port, path if path.endswith(PATH) else path + PATH)


class Aside(NamedTuple):
    """A refused dump, as a spool takes it."""

    entry: Entry
    data: bytes
    reason: str

    @property
    def start(self) -> int:
        """The start of the capture in nanoseconds, which names the file."""
        try:
            return ingest.start(self.entry.fields)
        except ingest.Refusal:
            return 0

    def line(self, file: str) -> bytes:
        """A line of `index.jsonl`."""
        fields: Dict[str, object] = {'file': file}
        fields.update(self.entry.fields)
        fields['refused'] = self.reason
        return ingest.line(fields)


class Answer(NamedTuple):
    """What came back."""

    status: int
    retry_after: Optional[float]
    body: bytes


class Sender:
    """Takes dumps out of a spool folder and sends them. Errors while it runs are in `status()`."""

    def __init__(self, url: str, path: str, limit: int = DEFAULT_LIMIT, token: Optional[str] = None,
                 headers: Optional[Mapping[str, str]] = None, waits: Optional[Waits] = None) -> None:
        """`path` is the folder. Raises `ValueError` for a URL, token or header that cannot be sent."""
        self.path = os.path.abspath(path)
        self._target = Target.of(url)
        self._limit = limit
        self._headers = _headers(token, headers)
        self._waits = waits or WAITS
        #: Called with the CPU time that the thread took, in nanoseconds.
        self.spend: Callable[[float], None] = lambda cpu: None
        self._lock_file: Optional[int] = None
        self._connection: Optional[http.client.HTTPConnection] = None
        self._spool: Optional[Spool] = None
        self._begin()

    def reset(self) -> None:
        """Starts anew in a child process: what is open is the parent's."""
        # A lock that a child keeps open would outlive the process that holds it.
        self._unlock(is_ours=False)
        if self._spool is not None:
            self._spool.close()
        connection, self._connection = self._connection, None
        sock = None if connection is None else connection.sock
        if sock is not None:
            # Not `close`, which may wait for a lock that the parent's thread held as it read.
            os.close(sock.detach())
        self._begin()

    def _begin(self) -> None:
        self._condition = threading.Condition(threading.Lock())
        self._thread: Optional[threading.Thread] = None
        self._spool = None
        self.counters: Dict[str, int] = {'sent': 0, 'refused': 0, 'too_large': 0, 'retries': 0}
        #: What keeps it from sending, and why the last dump was refused.
        self.error: Optional[str] = None
        self.reason: Optional[str] = None
        #: When to send next, and before when not even in haste.
        self._due = _now() + self._waits.idle
        self._not_before = 0.0
        self._is_in_haste = self._is_hurrying = False
        self._is_stopping = self._is_locked_out = self._is_drained = False
        #: When all must be done that can be.
        self._deadline: Optional[float] = None
        self._failures = 0
        #: How much the server takes at once, as far as is known.
        self._count = BATCH_COUNT
        self._bytes = BATCH_BYTES
        self._compresses = True
        #: The files that a server failed at when they came alone, or passed over: sent when nothing else is left.
        self._behind: Set[str] = set()
        #: The files that cannot be read, or are refused and could not be set aside.
        self._passed_over: Set[str] = set()
        #: What the server has and the folder still holds.
        self._settled: List[Entry] = []

    # For the program

    def wake(self) -> None:
        """Says that there is something to send."""
        with self._condition:
            if self._failures == 0:
                self._due = min(self._due, _now() + self._waits.gather)
            self._start()
            self._condition.notify_all()

    def flush(self, timeout: float) -> bool:
        """Waits until the server has answered for all that the folder holds now; returns whether it has."""
        end = _now() + timeout
        try:
            spool = Spool(self.path, self._limit)
            files = collections.deque(entry.file for entry in spool.entries())
            spool.close()
        except OSError as error:
            self.error = _sentence(error)
            return False
        with self._condition:
            hurried = self._hurry()
            while True:
                # A dump goes after its line: where it is gone, so is that, whichever process sent it.
                while files and (files[0] in self._passed_over
                                 or not os.path.lexists(os.path.join(self.path, files[0]))):
                    files.popleft()
                left = end - _now()
                if not files or left <= 0:
                    return not files
                self._condition.wait(min(left, 0.1))
                if self._is_locked_out and _now() - hurried > 0.5:
                    hurried = self._hurry()

    def _hurry(self) -> float:
        self._is_in_haste = True
        self._start()
        self._condition.notify_all()
        return _now()

    def stop(self, timeout: float) -> bool:
        """Tries once more within `timeout` seconds; returns whether nothing is left to send."""
        with self._condition:
            self._is_stopping = True
            self._is_drained = False
            self._deadline = _now() + timeout
            self._hurry()
            thread = self._thread
        if thread is None:
            return False
        thread.join(timeout)
        return self._is_drained and not thread.is_alive()

    def status(self) -> Dict[str, object]:
        """What was sent, and what is in the way."""
        status: Dict[str, object] = dict(self.counters)
        status.update(send_error=self.error, refused_reason=self.reason)
        return status

    def _start(self) -> None:
        if self._thread is not None:
            return
        thread = threading.Thread(target=self._run, name='strata-agent-http', daemon=True)
        try:
            thread.start()
        except RuntimeError:  # The interpreter ends: the next process sends it.
            return
        self._thread = thread

    # The thread

    def _run(self) -> None:
        self._paid = clocks.thread_cpu()
        try:
            while self._wait():
                self._drain()
                self._pay()
        finally:
            self._close()

    def _pay(self) -> None:
        now = clocks.thread_cpu()
        self.spend(now - self._paid)
        self._paid = now

    def _wait(self) -> bool:
        """Waits until there is something to do; returns whether to do it, and not to end."""
        with self._condition:
            while True:
                now = _now()
                if self._is_stopping and not self._is_in_haste:
                    # The last attempt was made; only for another process that sends it is worth to wait.
                    if not self._is_locked_out or now >= (self._deadline or now):
                        return False
                if self._is_in_haste:
                    self._is_in_haste = False
                    self._is_hurrying = now >= self._not_before
                    if self._is_hurrying:
                        return True
                    continue
                if now >= self._due:
                    return True
                self._condition.wait(self._due - now)

    def _drain(self) -> None:
        """Sends what there is, until something is in the way."""
        self._due = _now() + self._waits.idle
        try:
            self._is_locked_out = not self._lock()
            if self._is_locked_out:
                self._is_drained = self._is_stopping and not self._open().entries(1)
                if self._is_drained:
                    self._is_locked_out = False
                self._due = _now() + (0.1 if self._is_stopping else self._waits.other)
                return
            try:
                self._recall()
                while self._may_send() and self._send():
                    self._pay()
                    with self._condition:
                        self._condition.notify_all()
                    if self._deadline is not None and _now() >= self._deadline:
                        return
            finally:
                self._unlock()
        except Exception as error:
            self._disconnect()
            self._fail(_sentence(error))
        finally:
            self._is_hurrying = False
            with self._condition:
                self._condition.notify_all()

    def _may_send(self) -> bool:
        return _now() >= (self._not_before if self._is_hurrying else max(self._not_before, self._until))

    def _send(self) -> bool:
        """Sends a batch; returns whether to go on with the next."""
        spool = self._open()
        self._remove([])
        items = self._collect(spool)
        if not items:
            self._is_drained = True
            self._succeed()
            return False
        self._is_drained = False
        self._is_connected = False
        try:
            answer = self._post(ingest.body(items))
        except (OSError, http.client.HTTPException) as error:
            if self._is_connected:
                self._make_smaller(items)
            self._fail('%s: %s' % (self._target.host, _sentence(error)))
            return False
        return self._take(answer, items)

    def _collect(self, spool: Spool) -> List[Item]:
        """The next batch; what cannot be sent is not in it."""
        while True:
            entries = spool.entries(self._count + len(self._behind) + len(self._passed_over))
            entries = [entry for entry in entries if entry.file not in self._passed_over]
            first = [entry for entry in entries if entry.file not in self._behind]
            if not first:
                self._behind.clear()
            items: List[Item] = []
            size = 0
            for entry in (first or entries)[:self._count]:
                item = self._item(spool, entry)
                if item is None:
                    continue
                if items and size + item.size > self._bytes:
                    break
                items.append(item)
                size += item.size
            if items or not entries:
                return items

    def _item(self, spool: Spool, entry: Entry) -> Optional[Item]:
        """A dump as it is sent, or None if it cannot be: then it will not be looked at again."""
        try:
            if spool.size(entry) > ingest.DUMP_LIMIT:
                self._drop(entry)
                return None
            data = spool.read(entry)
            try:
                return ingest.item(entry, data)
            except ingest.Refusal as refusal:
                self._refuse([Aside(entry, data, str(refusal))])
        except FileNotFoundError:  # It had to make room.
            spool.remove([entry])
        except OSError as error:
            if error.errno not in _UNREADABLE:
                raise
            self._pass_over(entry, error)
        except Exception as error:  # One line must not hold up the others.
            self._pass_over(entry, error)
        return None

    def _pass_over(self, entry: Entry, error: Exception) -> None:
        self._passed_over.add(entry.file)
        self.reason = _sentence(error)

    def _take(self, answer: Answer, items: List[Item]) -> bool:
        """Does what an answer asks for; returns whether to go on."""
        status = answer.status
        if status == 200:
            return self._settle(answer, items)
        is_ours, said = ingest.error(answer.body)
        sentence = 'the server answered %d%s' % (status, ': ' + said if said else '')
        if status == 413 or status == 400 and is_ours:
            if len(items) > 1:
                self._count = len(items) // 2
                if status == 413:
                    self._bytes = sum(item.size for item in items) // 2
            elif status == 413:
                self.reason = sentence
                self._drop(items[0].entry)
            else:
                self._refuse([Aside(items[0].entry, items[0].data, said or sentence)])
            self._succeed()
            return True
        if status == 415 and self._compresses:
            self._compresses = False
            return True
        if status == 429 or status >= 500:
            if status != 429 and answer.retry_after is None:
                self._make_smaller(items)
            self._fail(sentence, answer.retry_after)
            return False
        # Somebody has to mend the token, the URL or the server.
        hints = {401: ' (is the token right?)', 403: ' (may the token write?)', 404: ' (is the URL right?)'}
        self._fail(sentence + hints.get(status, ''), answer.retry_after, is_slow=True)
        return False

    def _settle(self, answer: Answer, items: List[Item]) -> bool:
        results = ingest.results(answer.body)
        if results is None:
            self._fail('expected an answer %s, found %r' % (ingest.RESULTS, answer.body[:80]))
            return False
        kept: List[Entry] = []
        refused: List[Aside] = []
        for item in items:
            result = results.get(item.id)
            if result is None:
                self._behind.add(item.entry.file)
            elif result.is_kept:
                kept.append(item.entry)
            else:
                refused.append(Aside(item.entry, item.data, result.reason or 'the server gave no reason'))
        self.counters['sent'] += len(kept)
        self._remove(kept)
        self._refuse(refused)
        if not kept and not refused:
            self._fail('the server answered without a result for any of %d profiles' % len(items))
            return False
        self._count = min(BATCH_COUNT, self._count * 2)
        self._succeed()
        return True

    def _remove(self, entries: List[Entry]) -> None:
        """Takes out what was answered for. Where that fails it is not sent again, but removed the next time."""
        self._settled += entries
        if self._settled:
            self._open().remove(self._settled)
            self._behind.difference_update(entry.file for entry in self._settled)
            self._settled = []

    def _drop(self, entry: Entry) -> None:
        """Drops a dump that the server has no room for."""
        self.counters['too_large'] += 1
        self._remove([entry])

    def _refuse(self, refused: List[Aside]) -> None:
        """Sets dumps aside that no server takes, with the reasons."""
        if not refused:
            return
        self.counters['refused'] += len(refused)
        self.reason = refused[-1].reason
        try:
            spool = Spool(os.path.join(self.path, REFUSED), REFUSED_LIMIT)
            spool.append(refused)
            spool.close()
        except OSError as error:
            self._passed_over.update(each.entry.file for each in refused)
            self.error = _sentence(error)
            return
        self._remove([each.entry for each in refused])

    def _make_smaller(self, items: List[Item]) -> None:
        """After a failure that one of the dumps may have caused, so that the others are not held up by it."""
        if len(items) > 1:
            self._count = len(items) // 2
        else:
            self._behind.add(items[0].entry.file)

    def _succeed(self) -> None:
        if self._failures > 0:
            self._failures = 0
            self._note(b'')
        self.error = None

    def _fail(self, sentence: str, retry_after: Optional[float] = None, is_slow: bool = False) -> None:
        """Says what is in the way, and when to try again."""
        self.counters['retries'] += 1
        self.error = sentence
        most = min(self._waits.longest, self._waits.first * 2.0 ** min(self._failures, 30))
        self._failures += 1
        # Anywhere up to the most: many agents must not come back at the same moment.
        wait = self._waits.longest * random.uniform(0.5, 1) if is_slow else most * random.random()
        asked = 0.0 if retry_after is None else min(retry_after, RETRY_AFTER_LIMIT)
        wait = max(wait, asked * random.uniform(1, 1.1), self._waits.first / 10)
        now = _now()
        self._due = now + wait
        self._not_before = now + asked
        day = time.time()
        self._note(b'%.3f %.3f %d\n' % (day + wait, day + asked, self._failures))

    def _note(self, text: bytes) -> None:
        """Tells the other processes when to try again; they would come all at once after each failure."""
        if self._lock_file is None:
            return
        try:
            os.ftruncate(self._lock_file, 0)
            os.pwrite(self._lock_file, text, 0)
        except OSError:  # The disk is full: it is a courtesy.
            pass

    def _recall(self) -> None:
        """Takes over what another process noted, perhaps one that was killed."""
        self._until = 0.0
        if self._lock_file is None:
            return
        found = _NOTE.fullmatch(os.pread(self._lock_file, 64, 0))
        if found is None:
            return
        now, day = _now(), time.time()
        wait, asked = float(found.group(1)) - day, float(found.group(2)) - day
        if wait > 1.2 * max(self._waits.longest, RETRY_AFTER_LIMIT):  # The clock was set.
            return
        self._failures = max(self._failures, int(found.group(3)))
        self._not_before = max(self._not_before, now + asked)
        self._until = now + wait
        if wait > 0:
            self._due = self._until
            self.error = self.error or 'another process was told to wait, or could not send'

    # The network

    def _post(self, body: bytes) -> Answer:
        """Sends a body. Raises `OSError` and `http.client.HTTPException`."""
        headers = dict(self._headers)
        headers['Content-Type'] = ingest.CONTENT_TYPE
        if self._compresses:
            headers['Content-Encoding'] = 'gzip'
            body = gzip.compress(body, 1, mtime=0)
        if self._connection is not None:
            try:
                return self._exchange(body, headers)
            except (http.client.HTTPException, ConnectionError):
                # The server may have closed it meanwhile, which says nothing of how it is now.
                self._disconnect()
        return self._exchange(body, headers)

    def _exchange(self, body: bytes, headers: Dict[str, str]) -> Answer:
        timeout = self._waits.network
        if self._deadline is not None:
            timeout = min(timeout, max(0.05, self._deadline - _now()))
        try:
            connection = self._connect(timeout)
            self._is_connected = True
            try:
                connection.request('POST', self._target.path, body, headers)
            except (BrokenPipeError, ConnectionResetError):
                if connection.sock is None:
                    raise
                # It need not read all before it answers.
                answer = self._read(connection, timeout)
                self._disconnect()
                return answer
            return self._read(connection, timeout)
        except BaseException:
            self._disconnect()
            raise

    def _connect(self, timeout: float) -> http.client.HTTPConnection:
        connection = self._connection
        if connection is None:
            target = self._target
            kind = http.client.HTTPSConnection if target.is_secure else http.client.HTTPConnection
            connection = self._connection = kind(target.host, target.port, timeout=timeout)
        if connection.sock is None:
            connection.connect()
        else:
            connection.sock.settimeout(timeout)
        return connection

    def _read(self, connection: http.client.HTTPConnection, timeout: float) -> Answer:
        response = connection.getresponse()
        end = _now() + timeout
        body = b''
        while len(body) <= ANSWER_LIMIT:
            part = response.read1(64 << 10)
            if not part:
                break
            body += part
            if _now() > end:
                raise TimeoutError('the answer took longer than %g s' % timeout)
        else:
            raise http.client.HTTPException('expected an answer of at most %d bytes, found more' % ANSWER_LIMIT)
        # Not every version of Python says so itself.
        length = _digits(response.getheader('Content-Length'))
        if length is not None and len(body) < length:
            raise http.client.IncompleteRead(body, length - len(body))
        response.close()  # What was read in parts is not known to be at its end.
        answer = Answer(response.status, _retry_after(response), body)
        if response.will_close:
            self._disconnect()
        return answer

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    # The folder

    def _open(self) -> Spool:
        if self._spool is None:
            self._spool = Spool(self.path, self._limit)
        return self._spool

    def _lock(self) -> bool:
        """Takes the right to send, unless another process has it; it ends with the process, however that ends."""
        if fcntl is None:
            return True
        path = os.path.join(self.path, DRAIN_LOCK)
        self._lock_file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock_file)
            self._lock_file = None
            return False
        return True

    def _unlock(self, is_ours: bool = True) -> None:
        # Closed too, so that a folder that was made anew is locked itself the next time.
        file, self._lock_file = self._lock_file, None
        if file is not None:
            if is_ours:
                fcntl.flock(file, fcntl.LOCK_UN)
            os.close(file)

    def _close(self) -> None:
        self._disconnect()
        if self._spool is not None:
            self._spool.close()


def default_spool(service: str, url: str) -> str:
    """The folder for what a service sends to a URL: below `$XDG_STATE_HOME`, `~/.local/state` or the temporary folder.

    It is made, for this user alone. Raises `OSError` where that is not possible.
    """
    name = '%s-%s' % (re.sub(r'[^A-Za-z0-9._-]', '_', service)[:64],
                      hashlib.sha256(('%s\n%s' % (service, url)).encode('utf-8', 'replace')).hexdigest()[:12])
    state = os.environ.get('XDG_STATE_HOME') or ''
    home = state if os.path.isabs(state) else os.path.join(os.path.expanduser('~'), '.local', 'state')
    user = os.getuid() if hasattr(os, 'getuid') else 0
    temporary = os.path.join(tempfile.gettempdir(), 'strata-%d' % user)
    # Without a home, `~` stays as it is.
    for parent in [os.path.join(home, 'strata')] * os.path.isabs(home) + [temporary]:
        path = os.path.join(parent, 'spool', name)
        try:
            os.makedirs(parent, 0o700, exist_ok=True)
            if parent == temporary and hasattr(os, 'getuid') and os.lstat(parent).st_uid != user:
                # Anybody may make a folder there, and read what is put into it.
                raise PermissionError(errno.EPERM, 'expected a folder of this user', parent)
            os.makedirs(path, 0o700, exist_ok=True)
            if os.access(path, os.W_OK | os.X_OK):
                return path
        except OSError:
            if parent == temporary:
                raise
    raise PermissionError(errno.EACCES, 'expected a folder that can be written', path)


def _headers(token: Optional[str], given: Optional[Mapping[str, str]]) -> Dict[str, str]:
    headers = {'User-Agent': 'strata-agent', 'Accept': 'application/json'}
    if token is None:
        token = os.environ.get('STRATA_TOKEN') or None
    if token is not None:
        if not token or not all('!' <= character <= '~' for character in token):
            raise ValueError('token: expected visible ASCII characters, found others or none')
        headers['Authorization'] = 'Bearer ' + token
    for name, value in (given or {}).items():
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise ValueError('headers: expected the name of a header, found %r' % name)
        if not re.fullmatch(r'[\t -~\x80-\xff]*', value):
            raise ValueError('headers: expected one line for %s' % name)
        if name.lower() in ('content-type', 'content-encoding', 'content-length', 'transfer-encoding', 'connection'):
            raise ValueError('headers: %s is set by the agent' % name)
        headers = {key: known for key, known in headers.items() if key.lower() != name.lower()}
        headers[name] = value
    return headers


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
    # The clock of the server counts, where it says how late it is.
    return max(0.0, until - (time.time() if now is None else now))


def _digits(value: Optional[str]) -> Optional[int]:
    found = re.fullmatch(r'\s*([0-9]{1,15})\s*', value or '')
    return int(found.group(1)) if found else None


def _date(value: Optional[str]) -> Optional[float]:
    try:
        return email.utils.parsedate_to_datetime(value or '').timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _sentence(error: BaseException) -> str:
    return ('%s: %s' % (type(error).__name__, error))[:ingest.REASON_LIMIT]


def _now() -> float:
    return clocks.elapsed() / 1e9
