# SPDX-License-Identifier: Apache-2.0
"""Sends the contents of a spool folder to a server, in a thread of its own.

A dump leaves the folder only after the server has confirmed that it stored it. Whatever is killed or interrupted, the
dump is sent again, and its id keeps it from being stored twice. One process at a time sends, of those that share a
folder. No thread of the program waits for the network, except in `flush` and `stop`.
"""
from __future__ import annotations

import collections
import http.client
import os
import threading
from typing import Callable, Dict, Mapping, Optional

from ..capture import clocks
from ..capture.agent_thread import AgentThread
from ..capture.profiler import Slot
from ..spool.spool import DEFAULT_LIMIT, Spool
from . import wire
from .backoff import WAITS, Backoff, Waits, now
from .connection import Connection
from .destination import Destination, request_headers
from .outbox import SMALLER, Outbox, Trouble, sentence_of


class Sender:
    """Sends the dumps of a spool folder and removes them. Errors while it runs are in `status()`."""

    def __init__(self, url: str, path: str, limit: int = DEFAULT_LIMIT, token: Optional[str] = None,
                 headers: Optional[Mapping[str, str]] = None, waits: Optional[Waits] = None) -> None:
        """`path` is the folder. Raises `ValueError` for an invalid URL, token or header."""
        self.path = os.path.abspath(path)
        self._destination = Destination.of(url)
        self._limit = limit
        self._waits = waits or WAITS
        self._backoff = Backoff(self.path, self._waits)
        self._outbox = Outbox(self.path, limit)
        self._connection = Connection(self._destination, request_headers(token, headers))
        #: Called with the CPU time that the thread used, in nanoseconds.
        self.spend: Callable[[float], None] = lambda cpu: None
        self.slot = Slot()
        self._begin()

    def reset(self) -> None:
        """Starts from the beginning in a child process: open files and connections are the parent's."""
        self._outbox.begin()
        self._connection.forget()
        self._backoff.begin()
        self._begin()

    def _begin(self) -> None:
        self._condition = threading.Condition()
        self._thread: Optional[AgentThread] = None
        self._paid = 0
        self.retries = 0
        #: What prevents sending.
        self.error: Optional[str] = None
        self._is_urgent = self._is_urgent_now = False
        self._is_stopping = self._is_locked_out = self._is_drained = self._is_ended = False
        #: The deadline for everything, once the sender is stopping.
        self._deadline: Optional[float] = None
        self._connection.compresses = True

    # For the program

    def start(self) -> None:
        """Starts the thread, if it is not running."""
        if self._thread is None:
            with self._condition:
                self._start()

    def wake(self) -> None:
        """Announces that there is something to send."""
        with self._condition:
            due = now() + self._waits.gather
            self._start()
            if self._backoff.failures == 0 and due < self._backoff.due:
                self._backoff.due = due
                if self._thread is not None:
                    self._thread.wake()

    def flush(self, timeout: float) -> bool:
        """Waits until the server has answered for everything that is in the folder now; returns whether it has."""
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
                # The file is removed after its line, so if it is gone, some process has sent it.
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
        self._is_urgent = True
        self._start()
        if self._thread is not None:
            self._thread.is_urgent = True
            self._thread.wake()
        return now()

    def stop(self, timeout: float) -> bool:
        """Makes a last attempt within `timeout` seconds; returns whether nothing is left to send."""
        with self._condition:
            self._is_stopping = True
            self._is_drained = False
            self._deadline = now() + timeout
            self._hurry()
            thread = self._thread
            if thread is None:
                return False
            # Not join() alone: a signal handler may call this while the code that it interrupted holds the lock.
            self._condition.wait_for(lambda: self._is_ended, timeout)
        thread.join(max(0.0, self._deadline - now()))
        return self._is_drained and not thread.is_alive

    def status(self) -> Dict[str, object]:
        """What was sent, and what prevents sending."""
        status: Dict[str, object] = dict(self._outbox.counters, retries=self.retries)
        status.update(send_error=self.error or self._outbox.error, refused_reason=self._outbox.reason)
        return status

    @property
    def is_running(self) -> bool:
        """Whether the thread is running."""
        thread = self._thread
        return thread is not None and thread.is_alive

    def _start(self) -> None:
        if self._thread is not None:
            return
        self._thread = AgentThread('strata-agent-http', self._turn, self.slot)
        try:
            self._thread.start()
        except RuntimeError:  # The interpreter is shutting down: the next process sends it.
            self._thread = None

    # The thread

    def _turn(self) -> Optional[float]:
        """Sends what is due; returns the seconds until the next turn, and None after the last one."""
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
        """The seconds until there is something to do; None at the end."""
        with self._condition:
            moment = now()
            if self._is_urgent:
                self._is_urgent = False
                self._is_urgent_now = moment >= self._backoff.not_before
                if self._is_urgent_now:
                    return 0
            if self._is_stopping:
                # The last attempt was made. Waiting is useful only while another process is sending.
                if not self._is_locked_out or moment >= (self._deadline or moment):
                    return None
            if self._thread is not None:
                self._thread.is_urgent = self._is_stopping
            return max(0.0, self._backoff.due - moment)

    def _drain(self) -> None:
        """Sends everything in the folder, until something prevents it."""
        self._backoff.due = now() + self._waits.idle
        try:
            self._is_locked_out = not self._backoff.lock()
            if self._is_locked_out:
                self._is_drained = self._is_stopping and not self._outbox.open().entries(1)
                if self._is_drained:
                    self._is_locked_out = False
                self._backoff.due = now() + (0.1 if self._is_stopping else self._waits.other)
                return
            try:
                if self._backoff.recall():
                    self.error = self.error or 'another process was told to wait, or failed to send'
                while self._backoff.may_send(self._is_urgent_now) and self._send():
                    self._pay()
                    with self._condition:
                        self._condition.notify_all()
                    if self._deadline is not None and now() >= self._deadline:
                        return
            finally:
                self._backoff.unlock()
        except Exception as error:
            self._connection.close()
            self._fail(Trouble(sentence_of(error)))
        finally:
            self._is_urgent_now = False
            with self._condition:
                self._condition.notify_all()

    def _send(self) -> bool:
        """Sends a batch; returns whether to continue with the next."""
        items = self._outbox.batch()
        if not items:
            self._is_drained = True
            self._succeed()
            return False
        self._is_drained = False
        try:
            body = wire.body(items)
            with self.slot.waiting():
                answer = self._connection.post(body, self._timeout)
        except (OSError, http.client.HTTPException) as error:
            if self._connection.is_connected:
                self._outbox.make_smaller(items)
            self._fail(Trouble('%s: %s' % (self._destination.host, sentence_of(error))))
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
        self._backoff.succeed()
        self.error = self._outbox.error = None

    def _fail(self, trouble: Trouble) -> None:
        """Records what prevents sending, and when to try again."""
        self.retries += 1
        self.error = trouble.sentence
        self._backoff.fail(trouble.retry_after, trouble.is_slow)

    def _close(self) -> None:
        self._connection.close()
        self._outbox.close()
