# SPDX-License-Identifier: Apache-2.0
"""The agent's own thread: turns captures into dumps and writes them to the spool folder.

It starts with the first capture, so that a server can fork before it exists, and again in each child. The queue is
bounded: the oldest captures are dropped, and counted. The thread's CPU time is charged to the budget. In a program that
is busy in other threads most of it goes into getting the interpreter lock back, up to some milliseconds each time. So
the thread rests after each batch, longer after an expensive one, and writes together what arrived in the meantime.
"""
from __future__ import annotations

import collections
import threading
from typing import Any, Callable, Deque, Dict, List, NamedTuple, Optional

from ..spool.spool import Spool
from . import clocks
from .agent_thread import AgentThread, SwitchInterval
from .figures import dump
from .profiler import Capture, Slot
from .record import Record

#: How many captures may wait for the thread.
WAITING_LIMIT = 256
#: The fractions of the budget that writing captures, and waking up with nothing to write, may cost.
DELIVERING = 0.3
WAKING = 0.1
#: The longest rest of the thread (nanoseconds): captures that wait are lost if the process is killed.
LONGEST_REST = 10_000_000_000


class Finished(NamedTuple):
    """A capture that has ended: its profiler, and its record, still without the dump."""

    profile: Any
    record: Record
    #: Called with the number of calls in the dump and the CPU time that making it took; returns the total overhead.
    settle: Callable[[int, int], int]


class Worker:
    """Writes captures to a spool folder in a thread, so that captured calls need not wait for that."""

    def __init__(self, spool: Callable[[], Spool], budget: float, spend: Callable[[float], None],
                 watch: Optional[Callable[[], Optional[float]]] = None) -> None:
        """`spool` opens the folder when it is first needed. `watch` examines the running capture and returns the
        seconds until it should be called again."""
        self._open = spool
        self._budget = budget
        self._spend = spend
        self._watch = watch
        self.slot = Slot()
        self._switch_interval = SwitchInterval()
        #: Called after captures were written to the folder.
        self.after_spooling: Callable[[], None] = lambda: None
        self.reset()

    def reset(self) -> None:
        """Forgets the queue in a child process: its captures are the parent's."""
        if self._spool is not None:
            # The parent's thread may hold its lock, and a lock file that a child keeps open stays locked.
            self._spool.close()
        self._switch_interval.restore()
        self.counters: Dict[str, int] = {'captured': 0, 'spooled': 0, 'dropped': 0, 'failed': 0}
        #: The last error, for `status()`.
        self.error: Optional[str] = None
        self._waiting: Deque[Finished] = collections.deque()
        self._discarded: List[Capture] = []
        # Reentrant like every lock that threads of the program take: a signal handler may interrupt its holder.
        self._condition = threading.Condition()
        self._thread: Optional[AgentThread] = None
        self._paid = self._held = self._settled = 0
        self._spool = None
        #: Whether captures are no longer accepted.
        self.is_stopping = False
        self._is_ended = False
        self._is_busy = False
        #: Whether to wake the thread once the slot is free.
        self.is_news = False
        #: How many callers are waiting in `flush` and `stop`.
        self._flushes = 0
        #: When the thread's rest ends after a batch, and after waking up with nothing to write.
        self._due = self._awake = 0

    def add(self, finished: Finished) -> None:
        """Queues a capture; takes some microseconds."""
        with self._condition:
            self.counters['captured'] += 1
            if self.is_stopping:
                self.counters['dropped'] += 1
                return
            if len(self._waiting) >= WAITING_LIMIT:
                self._waiting.popleft()
                self.counters['dropped'] += 1
            self._waiting.append(finished)
            # Later captures wait until the thread has rested, but it has to know of the first.
            if len(self._waiting) == 1 or clocks.elapsed() >= self._due:
                self.is_news = True

    def tell(self) -> None:
        """Wakes the thread if captures were added. Call it when the slot is free."""
        if self.is_news:
            self.is_news = False
            self.wake()

    def discard(self, lost: Capture) -> None:
        """Frees a profiler in the agent's thread: freeing one that is on ends the calls that are on in that thread."""
        with self._condition:
            self._discarded.append(lost)
            self.is_news = True

    def wake(self) -> None:
        """Requests a call of `watch`."""
        with self._condition:
            if self._thread is not None and self._thread.is_alive:
                self._thread.wake()
            elif not self.is_stopping:
                self._start()

    def _start(self) -> None:
        self._thread = AgentThread('strata-agent', self._turn, self.slot)
        try:
            self._thread.start()
        except RuntimeError as error:  # No more threads, or the interpreter is shutting down: the next capture retries.
            self._thread = None
            self.error = '%s: %s' % (type(error).__name__, error)

    @property
    def is_running(self) -> bool:
        """Whether the thread is running."""
        thread = self._thread
        return thread is not None and thread.is_alive

    def flush(self, timeout: float) -> bool:
        """Waits until all queued captures are in the folder; returns whether they are."""
        with self._condition:
            error = self.error
            self._hurry(1)
            try:
                is_done = self._condition.wait_for(lambda: not self._waiting and not self._is_busy, timeout)
            finally:
                self._hurry(-1)
            return is_done and self.error is error

    def stop(self, timeout: float) -> bool:
        """Accepts no more captures, and waits until the queued ones are in the folder; returns whether they are."""
        with self._condition:
            self._hurry(1)
            self.is_stopping = True
            thread = self._thread
            error = self.error
            if thread is None:
                return not self._waiting
            # Not join() alone: a signal handler may call this while the code that it interrupted holds the lock, and
            # only waiting for the condition releases it.
            is_ended = self._condition.wait_for(lambda: self._is_ended, timeout)
        if is_ended:
            thread.join(timeout)
        return is_ended and self.error is error

    def _hurry(self, more: int) -> None:
        self._flushes += more
        if self._thread is not None:
            self._thread.is_urgent = self._flushes > 0
            self._thread.wake()
        elif self._waiting:
            self._start()

    def use(self, spool: Spool) -> None:
        """Uses a folder that is already open; a child process opens its own."""
        self._spool = spool

    def spool(self) -> Spool:
        """The folder; opened when this process first needs it."""
        if self._spool is None:
            self._spool = self._open()
        return self._spool

    # The thread

    _spool: Optional[Spool] = None

    def _turn(self) -> Optional[float]:
        """Does what is due; returns the seconds until the next turn, and None after the last one."""
        timeout = self._look()
        batch = self._next()
        if batch:
            self._deliver(batch)
        now = clocks.thread_cpu()
        self._rest(self._pay(now - self._paid, len(batch)), bool(batch))
        self._paid = now
        with self._condition:
            self._is_busy = False
            self._is_ended = self.is_stopping and not self._waiting
            self._condition.notify_all()
            return None if self._is_ended else self._wait_time(timeout)

    def _rest(self, cpu: int, has_delivered: bool) -> None:
        # `cpu` excludes making the dumps, since a larger batch would not make that cheaper.
        if has_delivered:
            self._due = clocks.elapsed() + min(LONGEST_REST, int(cpu / (DELIVERING * self._budget)))
        else:
            self._awake = clocks.elapsed() + min(LONGEST_REST, int(cpu / (WAKING * self._budget)))

    def _next(self) -> List[Finished]:
        """The next batch; empty if none is due."""
        with self._condition:
            for lost in self._discarded:
                lost.profile = None
            self._discarded.clear()
            if self._flushes == 0 and clocks.elapsed() < self._due:
                return []
            batch = list(self._waiting)
            self._waiting.clear()
            self._is_busy = bool(batch)
            return batch

    def _wait_time(self, timeout: Optional[float]) -> float:
        now = clocks.elapsed()
        waits = [] if timeout is None else [max(timeout, (self._awake - now) / 1e9)]
        if self._waiting:
            waits.append(0.0 if self._flushes > 0 else max(0.0, (self._due - now) / 1e9))
        # A lock cannot be waited for any longer than TIMEOUT_MAX.
        return min([*waits, threading.TIMEOUT_MAX]) if waits else -1.0

    def _look(self) -> Optional[float]:
        try:
            return self._watch() if self._watch is not None else None
        except Exception as error:  # The thread must survive, or nothing would be delivered any more.
            self._fail(error, 0)
            return 1.0

    #: The CPU time of making dumps since the thread was last charged.
    _settled = 0
    #: The average CPU time of delivering a capture, and how much of it was charged in advance.
    _delivery = 500_000
    _held = 0

    def hold(self) -> int:
        """The expected CPU time of delivering a capture, which the caller charges in advance."""
        self._held += self._delivery
        return self._delivery

    def _pay(self, cpu: int, count: int) -> int:
        # `cpu` includes making the dumps, which was charged when their captures were settled.
        own, self._settled = cpu - self._settled, 0
        held, self._held = self._held, 0
        self._spend(own - held)
        if count > 0:
            self._delivery = (3 * self._delivery + own // count) // 4
        return own

    def _deliver(self, batch: List[Finished]) -> None:
        records = []
        for finished in batch:
            try:
                records.append(self._record(finished))
            except Exception as error:
                self._fail(error, 1)
        if not records:
            return
        spool = self._spool
        kept, dropped = (spool.kept, spool.dropped) if spool is not None else (0, 0)
        try:
            with self._switch_interval.while_writing(len(records)):
                spool = self.spool()
                kept, dropped = spool.kept, spool.dropped
                spool.append(records)
        except Exception as error:
            # Some may have been written before the error.
            self._fail(error, len(records) - (spool.kept - kept if spool is not None else 0))
        if spool is not None:
            self.counters['spooled'] += spool.kept - kept
            self.counters['dropped'] += spool.dropped - dropped
        self._tell_sender()

    def _tell_sender(self) -> None:
        try:
            self.after_spooling()
        except Exception as error:
            self._fail(error, 0)

    def _record(self, finished: Finished) -> Record:
        begin = clocks.thread_cpu()
        data, calls = dump(finished.profile)
        cpu = clocks.thread_cpu() - begin
        self._settled += cpu
        return finished.record._replace(data=data, overhead=finished.settle(calls, cpu))

    def _fail(self, error: Exception, count: int) -> None:
        self.counters['failed'] += count
        self.error = '%s: %s' % (type(error).__name__, error)
