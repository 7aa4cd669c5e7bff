# SPDX-License-Identifier: Apache-2.0
"""Sends what a spool folder holds to a server, on a thread of its own: `docs/http-ingest.md`.

A dump leaves the folder when the server said that it has it, and no sooner: whatever is killed or cut off, it is sent
again, and its id keeps it from being stored twice. Of all processes that share a folder one sends at a time. Nothing
here waits for the network on a thread of the program, but `flush` and `stop`.
"""
from __future__ import annotations

import collections
import errno
import http.client
import os
import threading
from typing import Callable, Dict, List, Mapping, NamedTuple, Optional, Set

from . import clocks, ingest
from .connection import Answer, Connection
from .ingest import Item
from .spool import DEFAULT_LIMIT, Entry, Spool
from .target import Target, request_headers
from .turns import WAITS, Turns, Waits, now

#: The folder in the spool for what the server refused, and how many bytes it may take.
REFUSED = 'refused'
REFUSED_LIMIT = 16 << 20

#: The most dumps and bytes of a batch; a dump that is larger goes alone.
BATCH_COUNT = 64
BATCH_BYTES = 4_000_000

#: What makes a dump one that cannot be sent, and not one that cannot be sent now.
_UNREADABLE = (errno.EACCES, errno.EPERM, errno.EINVAL, errno.EISDIR, errno.ELOOP, errno.ENXIO)


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


class Sender:
    """Takes dumps out of a spool folder and sends them. Errors while it runs are in `status()`."""

    def __init__(self, url: str, path: str, limit: int = DEFAULT_LIMIT, token: Optional[str] = None,
                 headers: Optional[Mapping[str, str]] = None, waits: Optional[Waits] = None) -> None:
        """`path` is the folder. Raises `ValueError` for a URL, token or header that cannot be sent."""
        self.path = os.path.abspath(path)
        self._target = Target.of(url)
        self._limit = limit
        self._waits = waits or WAITS
        self._turns = Turns(self.path, self._waits)
        self._connection = Connection(self._target, request_headers(token, headers))
        #: Called with the CPU time that the thread took, in nanoseconds.
        self.spend: Callable[[float], None] = lambda cpu: None
        self._spool: Optional[Spool] = None
        self._begin()

    def reset(self) -> None:
        """Starts anew in a child process: what is open is the parent's."""
        if self._spool is not None:
            self._spool.close()
        self._connection.forget()
        self._turns.begin()
        self._begin()

    def _begin(self) -> None:
        self._condition = threading.Condition()
        self._thread: Optional[threading.Thread] = None
        self._spool = None
        self.counters: Dict[str, int] = {'sent': 0, 'refused': 0, 'too_large': 0, 'retries': 0}
        #: What keeps it from sending, and why the last dump was refused.
        self.error: Optional[str] = None
        self.reason: Optional[str] = None
        self._is_in_haste = self._is_hurrying = False
        self._is_stopping = self._is_locked_out = self._is_drained = False
        #: When all must be done that can be.
        self._deadline: Optional[float] = None
        #: How much the server takes at once, as far as is known.
        self._count = BATCH_COUNT
        self._bytes = BATCH_BYTES
        self._connection.compresses = True
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
            if self._turns.failures == 0:
                self._turns.due = min(self._turns.due, now() + self._waits.gather)
            self._start()
            self._condition.notify_all()

    def flush(self, timeout: float) -> bool:
        """Waits until the server has answered for all that the folder holds now; returns whether it has."""
        end = now() + timeout
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
                left = end - now()
                if not files or left <= 0:
                    return not files
                self._condition.wait(min(left, 0.1))
                if self._is_locked_out and now() - hurried > 0.5:
                    hurried = self._hurry()

    def _hurry(self) -> float:
        self._is_in_haste = True
        self._start()
        self._condition.notify_all()
        return now()

    def stop(self, timeout: float) -> bool:
        """Tries once more within `timeout` seconds; returns whether nothing is left to send."""
        with self._condition:
            self._is_stopping = True
            self._is_drained = False
            self._deadline = now() + timeout
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

    @property
    def is_running(self) -> bool:
        """Whether there is a thread."""
        thread = self._thread
        return thread is not None and thread.is_alive()

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
                moment = now()
                if self._is_stopping and not self._is_in_haste:
                    # The last attempt was made; only for another process that sends it is worth to wait.
                    if not self._is_locked_out or moment >= (self._deadline or moment):
                        return False
                if self._is_in_haste:
                    self._is_in_haste = False
                    self._is_hurrying = moment >= self._turns.not_before
                    if self._is_hurrying:
                        return True
                    continue
                if moment >= self._turns.due:
                    return True
                self._condition.wait(self._turns.due - moment)

    def _drain(self) -> None:
        """Sends what there is, until something is in the way."""
        self._turns.due = now() + self._waits.idle
        try:
            self._is_locked_out = not self._turns.take()
            if self._is_locked_out:
                self._is_drained = self._is_stopping and not self._open().entries(1)
                if self._is_drained:
                    self._is_locked_out = False
                self._turns.due = now() + (0.1 if self._is_stopping else self._waits.other)
                return
            try:
                if self._turns.recall():
                    self.error = self.error or 'another process was told to wait, or could not send'
                while self._turns.may_send(self._is_hurrying) and self._send():
                    self._pay()
                    with self._condition:
                        self._condition.notify_all()
                    if self._deadline is not None and now() >= self._deadline:
                        return
            finally:
                self._turns.give_back()
        except Exception as error:
            self._connection.close()
            self._fail(_sentence(error))
        finally:
            self._is_hurrying = False
            with self._condition:
                self._condition.notify_all()

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
        try:
            answer = self._connection.post(ingest.body(items), self._timeout)
        except (OSError, http.client.HTTPException) as error:
            if self._connection.is_connected:
                self._make_smaller(items)
            self._fail('%s: %s' % (self._target.host, _sentence(error)))
            return False
        return self._take(answer, items)

    def _timeout(self) -> float:
        if self._deadline is None:
            return self._waits.network
        return min(self._waits.network, max(0.05, self._deadline - now()))

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
        if status == 415 and self._connection.compresses:
            self._connection.compresses = False
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
        self._turns.succeed()
        self.error = None

    def _fail(self, sentence: str, retry_after: Optional[float] = None, is_slow: bool = False) -> None:
        """Says what is in the way, and when to try again."""
        self.counters['retries'] += 1
        self.error = sentence
        self._turns.fail(retry_after, is_slow)

    # The folder

    def _open(self) -> Spool:
        if self._spool is None:
            self._spool = Spool(self.path, self._limit)
        return self._spool

    def _close(self) -> None:
        self._connection.close()
        if self._spool is not None:
            self._spool.close()


def _sentence(error: BaseException) -> str:
    return ('%s: %s' % (type(error).__name__, error))[:ingest.REASON_LIMIT]
