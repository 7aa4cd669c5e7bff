# SPDX-License-Identifier: Apache-2.0
"""The agent's own thread: it makes dumps of what was captured, and brings them to the disk.

It starts with the first capture, so that a server may fork before it, and again in each child. What waits for it is
bounded: the oldest goes, and is counted. The time it takes is taken out of the budget. In a program that is busy in
other threads, most of that is what it takes to get the interpreter lock back: up to some milliseconds each time. So the
thread rests after each batch, the longer the more that took, and brings together what comes meanwhile.
"""
from __future__ import annotations

import collections
import threading
from typing import Any, Callable, Deque, Dict, List, NamedTuple, Optional

from . import clocks
from .capture import Capture, Slot
from .eagerness import Eagerness
from .quiet import QuietThread
from .records import Record
from .snapshot import dump
from .spool import Spool

#: How many captures may wait for the thread.
WAITING_LIMIT = 256
#: The parts of the budget that bringing captures to the disk may take, and waking up for nothing.
DELIVERING = 0.3
WAKING = 0.1
#: For how long the thread rests at most (nanoseconds): what waits is lost where the process is killed.
LONGEST_REST = 10_000_000_000


class Finished(NamedTuple):
    """A capture that has ended: its profiler, and its record without the bytes."""

    profile: Any
    record: Record
    #: Called with the number of calls and the CPU time that the snapshot took; returns the whole overhead.
    settle: Callable[[int, int], int]


class Worker:
    """Takes what was captured to a spool folder, off the calls that are captured."""

    def __init__(self, spool: Callable[[], Spool], budget: float, spend: Callable[[float], None],
                 watch: Optional[Callable[[], Optional[float]]] = None) -> None:
        """`spool` opens the folder when it is first needed, `watch` looks after the running capture and returns
        in how many seconds it should be called again."""
        self._open = spool
        self._budget = budget
        self._spend = spend
        self._watch = watch
        self.slot = Slot()
        self._eagerness = Eagerness()
        #: Called after captures came into the folder.
        self.after_spooling: Callable[[], None] = lambda: None
        self.reset()

    def reset(self) -> None:
        """Forgets what waits, as in a child process: it is the parent's."""
        if self._spool is not None:
            # A frame of the parent's thread may hold it, and a lock that a child keeps open outlives who took it.
            self._spool.close()
        self._eagerness.end()
        self.counters: Dict[str, int] = {'captured': 0, 'spooled': 0, 'dropped': 0, 'failed': 0}
        #: The last error, for `status()`.
        self.error: Optional[str] = None
        self._waiting: Deque[Finished] = collections.deque()
        self._discarded: List[Capture] = []
        # Reentrant, as each lock that a thread of the program takes: a signal handler may find it taken.
        self._condition = threading.Condition()
        self._thread: Optional[QuietThread] = None
        self._paid = self._held = self._settled = 0
        self._spool = None
        #: Whether nothing is taken any more.
        self.is_stopping = False
        self._is_ended = False
        self._is_busy = False
        #: Whether there is something to tell the thread when the slot is free.
        self.is_news = False
        #: How many wait in `flush` and `stop`.
        self._flushes = 0
        #: When the thread has rested after a batch, and after it woke up.
        self._due = self._awake = 0

    def add(self, finished: Finished) -> None:
        """Hands a capture over; takes some microseconds."""
        with self._condition:
            self.counters['captured'] += 1
            if self.is_stopping:
                self.counters['dropped'] += 1
                return
            if len(self._waiting) >= WAITING_LIMIT:
                self._waiting.popleft()
                self.counters['dropped'] += 1
            self._waiting.append(finished)
            # It waits for others until the thread has rested, which has to know of the first.
            if len(self._waiting) == 1 or clocks.elapsed() >= self._due:
                self.is_news = True

    def tell(self) -> None:
        """Tells the thread of what was added; when the slot is free."""
        if self.is_news:
            self.is_news = False
            self.wake()

    def discard(self, lost: Capture) -> None:
        """Lets a profiler go in the agent's thread: one that goes while it is on ends what is on in its thread."""
        with self._condition:
            self._discarded.append(lost)
            self.is_news = True

    def wake(self) -> None:
        """Has `watch` called soon."""
        with self._condition:
            if self._thread is not None and self._thread.is_alive:
                self._thread.wake()
            elif not self.is_stopping:
                self._start()

    def _start(self) -> None:
        self._thread = QuietThread('strata-agent', self._turn, self.slot)
        try:
            self._thread.start()
        except RuntimeError as error:  # The system has no more threads, or the interpreter ends: the next tries.
            self._thread = None
            self.error = '%s: %s' % (type(error).__name__, error)

    @property
    def is_running(self) -> bool:
        """Whether there is a thread."""
        thread = self._thread
        return thread is not None and thread.is_alive

    def flush(self, timeout: float) -> bool:
        """Waits until all that waited is in the folder; returns whether it is."""
        with self._condition:
            error = self.error
            self._hurry(1)
            try:
                is_done = self._condition.wait_for(lambda: not self._waiting and not self._is_busy, timeout)
            finally:
                self._hurry(-1)
            return is_done and self.error is error

    def stop(self, timeout: float) -> bool:
        """Takes nothing more, and waits until what waited is in the folder; returns whether it is."""
        with self._condition:
            self._hurry(1)
            self.is_stopping = True
            thread = self._thread
            error = self.error
            if thread is None:
                return not self._waiting
            # Not join() alone: a signal handler may call this while what it interrupted holds the lock, and only
            # waiting for the condition lets that go.
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
        """Takes a folder that is open already; a child process opens its own."""
        self._spool = spool

    def spool(self) -> Spool:
        """The folder, opened when it is first needed in this process."""
        if self._spool is None:
            self._spool = self._open()
        return self._spool

    # The thread

    _spool: Optional[Spool] = None

    def _turn(self) -> Optional[float]:
        """Does what is due; returns when the next turn is, in seconds, and None after the last."""
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
        # To snapshot more at once would save nothing, so that is not in it.
        if has_delivered:
            self._due = clocks.elapsed() + min(LONGEST_REST, int(cpu / (DELIVERING * self._budget)))
        else:
            self._awake = clocks.elapsed() + min(LONGEST_REST, int(cpu / (WAKING * self._budget)))

    def _next(self) -> List[Finished]:
        """The next batch; nothing where none is due."""
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
        # Longer than a lock can be waited for is for ever.
        return min([*waits, threading.TIMEOUT_MAX]) if waits else -1.0

    def _look(self) -> Optional[float]:
        try:
            return self._watch() if self._watch is not None else None
        except Exception as error:  # Without this thread nothing would be delivered any more.
            self._fail(error, 0)
            return 1.0

    #: The CPU time of the snapshots since the thread was last paid for.
    _settled = 0
    #: What it takes to deliver a capture, on average, and how much of that was taken out before it was.
    _delivery = 500_000
    _held = 0

    def hold(self) -> int:
        """The CPU time that delivering a capture is expected to take: it counts as paid for."""
        self._held += self._delivery
        return self._delivery

    def _pay(self, cpu: int, count: int) -> int:
        # The snapshots are in it, and were settled with their captures.
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
            with self._eagerness.at_work(len(records)):
                spool = self.spool()
                kept, dropped = spool.kept, spool.dropped
                spool.append(records)
        except Exception as error:
            # Some may have come into the folder before.
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
        found = dump(finished.profile)
        cpu = clocks.thread_cpu() - begin
        self._settled += cpu
        overhead = finished.settle(found.calls, cpu)
        return finished.record._replace(data=found.data, overhead=overhead)

    def _fail(self, error: Exception, count: int) -> None:
        self.counters['failed'] += count
        self.error = '%s: %s' % (type(error).__name__, error)
