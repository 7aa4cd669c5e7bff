# SPDX-License-Identifier: Apache-2.0
"""Sends what a spool folder holds to a server, on a thread of its own: `docs/http-ingest.md`.

A dump leaves the folder when the server said that it has it, and no sooner: whatever is killed or cut off, it is sent
again, and its id keeps it from being stored twice. Of all processes that share a folder one sends at a time. Nothing
here waits for the network on a thread of the program, but `flush` and `stop`.
"""
from __future__ import annotations

import collections
import http.client
import os
import threading
from typing import Callable, Dict, Mapping, Optional

from . import clocks, ingest
from .capture import Slot
from .connection import Connection
from .outbox import SMALLER, Outbox, Trouble, sentence_of
from .quiet import QuietThread
from .spool import DEFAULT_LIMIT, Spool
from .target import Target, request_headers
from .turns import WAITS, Turns, Waits, now


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
        self._outbox = Outbox(self.path, limit)
        self._connection = Connection(self._target, request_headers(token, headers))
        #: Called with the CPU time that the thread took, in nanoseconds.
        self.spend: Callable[[float], None] = lambda cpu: None
        self.slot = Slot()
        self._begin()

    def reset(self) -> None:
        """Starts anew in a child process: what is open is the parent's."""
        self._outbox.begin()
        self._connection.forget()
        self._turns.begin()
        self._begin()

    def _begin(self) -> None:
        self._condition = threading.Condition()
        self._thread: Optional[QuietThread] = None
        self._paid = 0
        self.retries = 0
        #: What keeps it from sending.
        self.error: Optional[str] = None
        self._is_in_haste = self._is_hurrying = False
        self._is_stopping = self._is_locked_out = self._is_drained = self._is_ended = False
        #: When all must be done that can be.
        self._deadline: Optional[float] = None
        self._connection.compresses = True

    # For the program

    def start(self) -> None:
        """Starts the thread, if there is none."""
        if self._thread is None:
            with self._condition:
                self._start()

    def wake(self) -> None:
        """Says that there is something to send."""
        with self._condition:
            due = now() + self._waits.gather
            self._start()
            if self._turns.failures == 0 and due < self._turns.due:
                self._turns.due = due
                if self._thread is not None:
                    self._thread.wake()

    def flush(self, timeout: float) -> bool:
        """Waits until the server has answered for all that the folder holds now; returns whether it has."""
        end = now() + timeout
        try:
            spool = Spool(self.path, self._limit)
            files = collections.deque(entry.file for entry in spool.entries())
            spool.close()
        except OSError as error:
            self.error = sentence_of(error)
            return False
        with self._condition:
            hurried = self._hurry()
            while True:
                # A dump goes after its line: where it is gone, so is that, whichever process sent it.
                while files and (files[0] in self._outbox.passed_over
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
        if self._thread is not None:
            self._thread.is_urgent = True
            self._thread.wake()
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
            # Not join() alone: a signal handler may call this while what it interrupted holds the lock.
            self._condition.wait_for(lambda: self._is_ended, timeout)
        thread.join(max(0.0, self._deadline - now()))
        return self._is_drained and not thread.is_alive

    def status(self) -> Dict[str, object]:
        """What was sent, and what is in the way."""
        status: Dict[str, object] = dict(self._outbox.counters, retries=self.retries)
        status.update(send_error=self.error or self._outbox.error, refused_reason=self._outbox.reason)
        return status

    @property
    def is_running(self) -> bool:
        """Whether there is a thread."""
        thread = self._thread
        return thread is not None and thread.is_alive

    def _start(self) -> None:
        if self._thread is not None:
            return
        self._thread = QuietThread('strata-agent-http', self._turn, self.slot)
        try:
            self._thread.start()
        except RuntimeError:  # The interpreter ends: the next process sends it.
            self._thread = None

    # The thread

    def _turn(self) -> Optional[float]:
        """Sends what is due; returns when the next turn is, in seconds, and None after the last."""
        wait = self._wait()
        while wait == 0:
            self._drain()
            self._pay()
            wait = self._wait()
        if wait is None:
            self._close()
            with self._condition:
                self._is_ended = True
                self._condition.notify_all()
        return wait

    def _pay(self) -> None:
        now = clocks.thread_cpu()
        self.spend(now - self._paid)
        self._paid = now

    def _wait(self) -> Optional[float]:
        """How long there is nothing to do, in seconds; None at the end."""
        with self._condition:
            moment = now()
            if self._is_in_haste:
                self._is_in_haste = False
                self._is_hurrying = moment >= self._turns.not_before
                if self._is_hurrying:
                    return 0
            if self._is_stopping:
                # The last attempt was made; only for another process that sends it is worth to wait.
                if not self._is_locked_out or moment >= (self._deadline or moment):
                    return None
            if self._thread is not None:
                self._thread.is_urgent = self._is_stopping
            return max(0.0, self._turns.due - moment)

    def _drain(self) -> None:
        """Sends what there is, until something is in the way."""
        self._turns.due = now() + self._waits.idle
        try:
            self._is_locked_out = not self._turns.take()
            if self._is_locked_out:
                self._is_drained = self._is_stopping and not self._outbox.open().entries(1)
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
            self._fail(Trouble(sentence_of(error)))
        finally:
            self._is_hurrying = False
            with self._condition:
                self._condition.notify_all()

    def _send(self) -> bool:
        """Sends a batch; returns whether to go on with the next."""
        items = self._outbox.batch()
        if not items:
            self._is_drained = True
            self._succeed()
            return False
        self._is_drained = False
        try:
            body = ingest.body(items)
            with self.slot.waiting():
                answer = self._connection.post(body, self._timeout)
        except (OSError, http.client.HTTPException) as error:
            if self._connection.is_connected:
                self._outbox.make_smaller(items)
            self._fail(Trouble('%s: %s' % (self._target.host, sentence_of(error))))
            return False
        if answer.status == 415 and self._connection.compresses:
            self._connection.compresses = False
            return True
        trouble = self._outbox.take(answer, items)
        if trouble is SMALLER:
            return True
        if trouble is not None:
            self._fail(trouble)
            return False
        self._succeed()
        return True

    def _timeout(self) -> float:
        if self._deadline is None:
            return self._waits.network
        return min(self._waits.network, max(0.05, self._deadline - now()))

    def _succeed(self) -> None:
        self._turns.succeed()
        self.error = self._outbox.error = None

    def _fail(self, trouble: Trouble) -> None:
        """Says what is in the way, and when to try again."""
        self.retries += 1
        self.error = trouble.sentence
        self._turns.fail(trouble.retry_after, trouble.is_slow)

    def _close(self) -> None:
        self._connection.close()
        self._outbox.close()
