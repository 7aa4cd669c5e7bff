# SPDX-License-Identifier: Apache-2.0
"""The life of a call that is examined: a scope surrounds it, and its end is charged to the budget and handed over.

A scope either times its call without a profiler (`Timing`) or captures it (`Capturing`). Both report their end to
`Captures`, which knows the capture that is running in this process. Nothing here raises into the program except what
the program's own signal handlers raise in the meantime.
"""
from __future__ import annotations

import logging
import threading
import time
from typing import Any, Callable, Dict, Optional

from . import clocks, foreign_threads, signal_errors
from .delivery import Finished, Worker
from .governor import Entry, Governor
from .profiler import IS_PROCESS_WIDE, Capture, Slot
from .record import Record
from .slices import OpenSlices

log = logging.getLogger('strata_agent')

#: The longest time that a capture may hold the slot, in nanoseconds, however little it computes: a call may wait.
LONGEST = 60_000_000_000


class Scope:
    """The scope of a call that is not examined; the base of the others."""

    __slots__ = ()

    # Accepts any arguments, does nothing, and returns a false value, which lets errors pass. It takes a third of the
    # time of a Python function, and almost all calls go through it.
    __enter__: Any = ''.format
    __exit__: Any = ''.format

    def enter_step(self) -> None:
        """Called before each step of a coroutine."""

    def leave_step(self) -> None:
        """Called after each step of a coroutine."""

    def finish(self) -> None:
        """Called when the coroutine has ended."""


#: The scope of all calls that are not examined.
NULL_SCOPE = Scope()


class Timing(Scope):
    """A call whose CPU time is measured without a profiler, as a whole or step by step."""

    __slots__ = ('captures', 'entry', 'is_after', 'count', 'thread', 'begin', 'cpu')

    def __init__(self, captures: 'Captures', entry: Entry, is_after: bool) -> None:
        """`is_after`: the call directly follows a capture, and may be slower because of that."""
        self.captures, self.entry, self.is_after = captures, entry, is_after
        #: The number of captures when the timing began.
        self.count = captures.count
        #: The thread that is in the scope, since each thread has its own clock; 0 for none.
        self.thread = 0
        self.cpu = 0

    def enter_step(self) -> None:
        self.thread = threading.get_ident()
        self.begin = clocks.thread_cpu()

    def leave_step(self) -> None:
        end = clocks.thread_cpu()
        if self.thread == threading.get_ident():
            self.cpu += end - self.begin
            self.thread = 0

    def finish(self) -> None:
        self.captures.finish_timing(self, clocks.thread_cpu())

    __enter__ = enter_step

    def __exit__(self, *_: object) -> None:
        end = clocks.thread_cpu()
        # Ignored if the scope was entered in another thread, or is left more often than entered.
        if self.thread == threading.get_ident():
            self.thread = 0
            self.cpu = end - self.begin
            self.captures.finish_timing(self, end)


class Capturing(Scope):
    """A call that is captured, as a whole or step by step."""

    __slots__ = ('captures', 'entry', 'weight', 'capture', 'start', 'begin', 'begin_process', 'cpu', 'others',
                 'started', 'is_done', 'limit', 'end', 'clock')

    def __init__(self, captures: 'Captures', entry: Entry, weight: float, capture: Capture) -> None:
        self.captures, self.entry, self.weight, self.capture = captures, entry, weight, capture
        self.start = clocks.now()
        self.started = clocks.elapsed()
        #: The CPU time of its own steps so far, and that of other threads meanwhile.
        self.cpu = self.others = 0
        self.is_done = False
        #: The thread that acquires it ends the capture; it is never released.
        self.end = threading.Lock()
        #: The CPU time after which the capture is cut; None for never.
        self.limit: Optional[int] = None

    def enter_step(self) -> None:
        if self.is_done or self.capture.is_on:  # A scope that is entered twice ends when it is first left.
            return
        self.clock = clocks.of_this_thread()
        self.begin_process = clocks.process_cpu()
        self.begin = clocks.thread_cpu()
        try:
            is_on = self.capture.start()
        except BaseException:  # Raised by a signal handler.
            self.capture.stop()
            self.captures.give_up(self)
            raise
        if not is_on:
            self.captures.give_up(self)
        elif self.captures.slot.at_work:
            self.capture.is_shared = True

    def leave_step(self) -> None:
        was_on = self.capture.is_on
        if was_on and self.capture.thread != threading.get_ident():
            self._leave_in_other_thread()
            return
        # Even if the capture was cut meanwhile, since this step may have begun just then.
        self.capture.stop()
        if self.is_done or not was_on:
            return
        cpu = max(0, clocks.thread_cpu() - self.begin)
        self.cpu += cpu
        self.others += max(0, clocks.process_cpu() - self.begin_process - cpu)

    def _leave_in_other_thread(self) -> None:
        """Ends what another thread began: what was recorded is not of this call alone."""
        cpu = self.cpu_so_far()
        self.capture.stop()
        self.capture.is_lost = True
        if not IS_PROCESS_WIDE:
            foreign_threads.turn_off(self.capture.profile)
        if not self.is_done:
            self.cpu = cpu

    def cpu_so_far(self) -> int:
        """The CPU time of the call so far, read from any thread; the elapsed time if its clock cannot be read."""
        if not self.capture.is_on:
            return self.cpu
        if self.clock is not None:
            try:
                return self.cpu + time.clock_gettime_ns(self.clock) - self.begin
            except OSError:  # The thread has ended.
                pass
        return self.cpu + clocks.elapsed() - self.started

    def finish(self) -> None:
        self.captures.finish_capture(self)

    __enter__ = enter_step

    def __exit__(self, *_: object) -> None:
        self.leave_step()
        self.captures.finish_capture(self)


class Captures:
    """The captures of a process: begins them, and charges and hands over what they recorded when they end."""

    def __init__(self, governor: Governor, worker: Worker, slices: Optional[OpenSlices], builtins: bool,
                 begun: Callable[[], None], ended: Callable[[], None], own_threads: Callable[[], int]) -> None:
        """`begun` and `ended` are called when a capture begins, and when one was handed over. `own_threads` counts the
        running threads of the agent."""
        self._governor, self._worker, self._slices, self._builtins = governor, worker, slices, builtins
        self._begun, self._ended, self._own_threads = begun, ended, own_threads
        #: What cProfile adds to each call at least, in nanoseconds.
        self.call_cost = 0.0
        self.reset()

    def reset(self) -> None:
        """Forgets everything, as a child process does."""
        self.counters: Dict[str, int] = {'stepped_aside': 0, 'forgotten': 0, 'cut': 0, 'errors': 0}
        self.use_slot(Slot())
        #: How many captures were begun. A timing during which this changes was not without a profiler.
        self.count = 0
        self.running: Optional[Capturing] = None
        #: Whether the agent's thread examines running captures regularly, so that it need not be woken.
        self.is_watched = False
        #: The CPU time of making a dump.
        self._snapshot = 2_000_000

    def abandon(self) -> None:
        """Ends the running capture in a child process: it is the parent's."""
        running = self.running
        if running is not None:
            running.end.acquire(False)
            running.is_done = True
            running.capture.stop()

    def use_slot(self, slot: Slot) -> None:
        """Uses a slot, which the agent's thread has to respect too."""
        self.slot = self._worker.slot = slot

    def failed(self, error: Exception) -> Scope:
        """Counts an error of the agent or of a label. Raises it again if a signal handler of the program raised it."""
        if signal_errors.raised(error):
            raise error
        self.counters['errors'] += 1
        log.debug('not captured', exc_info=error)
        return NULL_SCOPE

    def wake(self) -> None:
        """Has the agent's thread examine the running capture soon."""
        self._worker.wake()

    # Beginning

    def slows_this_call(self) -> bool:
        """Whether a capture that is running already slows down calls of this thread."""
        capture = self.slot.capture
        return capture is not None and (IS_PROCESS_WIDE or capture.thread == threading.get_ident())

    def begin(self, entry: Entry, weight: Optional[float] = None) -> Optional[Capturing]:
        """A scope that captures its call; None if another capture is running. With a `weight`, it is a job."""
        capture = Capture()
        try:
            if not self.slot.take(capture, must=weight is not None):
                return None
            return self._prepare(entry, weight, capture)
        except BaseException:  # An interrupt, for example, which is the program's.
            self.running = None
            self.slot.free(capture)
            raise

    def _prepare(self, entry: Entry, weight: Optional[float], capture: Capture) -> Capturing:
        is_job = weight is not None
        profile = None
        if self._slices is not None and not is_job:
            self._slices.turn()
            profile = self._slices.profile(entry.labels)
        capture.prepare(profile, self._builtins)
        self.count += 1
        scope = Capturing(self, entry, self._governor.begin(entry) if weight is None else weight, capture)
        if not is_job:
            scope.limit = self._governor.limit(entry)
            # It cannot use more CPU time than time passes.
            capture.look_at = scope.started + min(scope.limit, LONGEST)
        self.running = scope
        if not self.is_watched:
            self._worker.wake()
        self._begun()
        return scope

    # Ending

    def finish_timing(self, timing: Timing, end: int) -> None:
        """Records the CPU time of a call, or how much a capture slowed it down; `end` is when it ended."""
        try:
            if timing.count != self.count and IS_PROCESS_WIDE:
                return
            baseline = timing.entry.baseline
            if not timing.is_after:
                timing.entry.add_bare(timing.cpu)
            elif baseline is not None:
                self._governor.spend(timing.cpu - baseline)
        except Exception as error:
            self.failed(error)
        finally:
            # Entering the scope took about half as long as leaving it.
            self._governor.spend(1.5 * (clocks.thread_cpu() - end))

    def give_up(self, scope: Capturing) -> None:
        """Ends a capture that could not begin because another profiler is active."""
        if self._claim(scope):
            try:
                self._lose(scope)
            finally:
                self.release(scope)

    def finish_capture(self, scope: Capturing, is_cut: bool = False) -> None:
        """Charges the cost of a capture, and hands it over."""
        begin = clocks.thread_cpu()
        try:
            duration = clocks.elapsed() - scope.started
            if not self._claim(scope):
                return
            try:
                self._finish(scope, duration, is_cut)
            finally:
                # Only now: another capture, or the end of a slice, would find a profiler whose capture is not recorded.
                self.release(scope)
        except Exception as error:
            self.failed(error)
        finally:
            self._governor.spend(clocks.thread_cpu() - begin)

    def _claim(self, scope: Capturing) -> bool:
        """Whether the caller is the one to end the scope; then it must also release it."""
        if not scope.end.acquire(False):
            return False
        scope.is_done = True
        # If a signal handler raises before the release, the agent's thread releases it at this time.
        scope.capture.look_at = min(scope.capture.look_at, clocks.elapsed() + LONGEST)
        return True

    def release(self, scope: Capturing) -> None:
        """Frees the slot of a scope that has ended, or that a signal handler's error kept from ending."""
        self.slot.free(scope.capture)
        if self.running is scope:  # Last: as long as the scope is here, the agent's thread finds it.
            self.running = None
        self._worker.tell()

    def _lose(self, scope: Capturing) -> None:
        """Records a capture that failed: its cost is charged, and the next capture stands for its calls too."""
        self.counters['stepped_aside'] += 1
        self._governor.spend(max(0, scope.cpu - (scope.entry.baseline or 0)))
        if scope.limit is not None:
            self._governor.put_back(scope.entry, scope.weight)

    def _finish(self, scope: Capturing, duration: int, is_cut: bool) -> None:
        if scope.capture.is_lost:
            self._lose(scope)
            if self._slices is not None:
                captures, calls = self._slices.forget(scope.entry.labels, scope.capture)
                self.counters['forgotten'] += captures
                self._governor.put_back(scope.entry, calls)
            self._worker.discard(scope.capture)
            return
        self._hand_over(scope, duration, is_cut)
        self._ended()

    def _hand_over(self, scope: Capturing, duration: int, is_cut: bool) -> None:
        entry = scope.entry
        measured = max(0, scope.cpu - (entry.baseline or 0))
        cost = measured + self._cost_to_others(scope)
        if is_cut:
            self.counters['cut'] += 1
        record = Record(b'', scope.start, duration, entry.labels, scope.weight, entry.calls,
                        other_threads=IS_PROCESS_WIDE and (scope.capture.is_shared or self.has_other_threads()),
                        is_cut=is_cut)
        if self._slices is not None and scope.limit is not None:
            self._governor.spend(cost)
            entry.add_cost(cost)
            self._slices.add(scope.capture, record, cost)
            if self._worker.is_stopping:  # It began before the end of the agent and ended after it: counted as dropped.
                self._slices.close_due(self.slot, is_last=True)
            elif not self.is_watched:
                self._worker.is_news = True
        else:
            settle = self._settlement(entry, cost, measured, is_cut)
            self._worker.add(Finished(scope.capture.profile, record, settle))

    def _cost_to_others(self, scope: Capturing) -> int:
        """What the profiler cost other threads, if it saw them: they slowed down as much as the captured call."""
        if not IS_PROCESS_WIDE or scope.others <= 0:
            return 0
        baseline = scope.entry.baseline or 0
        ratio = min(10.0, max(1.0, scope.cpu / baseline)) if baseline > 0 else 10.0
        return int(scope.others * (1 - 1 / ratio))

    def has_other_threads(self) -> bool:
        """Whether the program has threads besides this one."""
        return threading.active_count() > 1 + self._own_threads()

    def _settlement(self, entry: Entry, cost: int, measured: int, is_cut: bool) -> Callable[[int, int], int]:
        """Charges the known cost of a capture now; the result charges the rest once its dump is made."""
        # The dump and its delivery are charged in advance, so that no other capture counts on that money.
        delivery = self._worker.hold()
        held = cost + self._snapshot + delivery
        self._governor.spend(held)

        def settle(calls: int, snapshot: int) -> int:
            self._snapshot = snapshot
            whole = cost - measured + max(measured, int(calls * self.call_cost)) + snapshot
            self._governor.spend(whole + delivery - held)
            if not is_cut:
                entry.add_cost(whole + delivery)
            return whole + delivery

        return settle
