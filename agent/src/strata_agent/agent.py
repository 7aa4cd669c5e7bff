# SPDX-License-Identifier: Apache-2.0
"""The agent of a process: looks at calls, captures some of them, and hands these to its thread.

A call that is looked at is a *candidate*: the others cost a decrement and a comparison. A candidate is timed bare,
which tells what such calls take, or captured, if the governor has what that costs. Nothing here raises into the
program but what its own signal handlers raise meanwhile, and nothing waits for a lock that is held for longer than
some microseconds.
"""
from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Optional

from . import clocks, elsewhere, greenlets, handlers
from .capture import IS_PROCESS_WIDE, Capture, Slot
from .cutting import LONGEST, Cutter
from .delivery import Finished, Worker
from .governor import Entry, Governor
from .labels import LabelLimits
from .records import Record
from .scopes import NOTHING, Capturing, Nothing, Timing
from .slices import OpenSlices
from .spool import Spool

if TYPE_CHECKING:
    from .http import Sender

log = logging.getLogger('strata_agent')

#: How many calls after a capture are looked at: they may run slower.
AFTER = 2


class Agent:
    """What `start()` makes: one for a process and its children."""

    def __init__(self, open_spool: Callable[[], Spool], labels: Mapping[str, object], budget: float,
                 every: Optional[float] = None, builtins: bool = True, label_limit: int = 100,
                 governor: Optional[Governor] = None) -> None:
        self.labels = dict(labels)
        self.every = every
        self.builtins = builtins
        self.limits = LabelLimits(label_limit)
        #: What is left of the labels where there are too many sets.
        self._own_labels = self.limits.bounded(self.labels)
        self.governor = governor or Governor(budget)
        self.worker = Worker(open_spool, self.governor.budget, self.governor.spend, self._watch)
        #: What cProfile adds to a call at least, in nanoseconds.
        self.call_cost = 0.0
        self.slices: Optional[OpenSlices] = None
        if every is not None:
            self.slices = OpenSlices(every, self.worker.add, self.governor.spend, lambda: self.call_cost)
        #: How many calls after a capture are looked at.
        self.after = AFTER
        self.sender: Optional['Sender'] = None
        self.reset()

    def reset(self) -> None:
        """Starts anew, as in a child process."""
        self.counters: Dict[str, int] = {'stepped_aside': 0, 'forgotten': 0, 'cut': 0, 'errors': 0}
        self.cutter = Cutter()
        self.slot = self.worker.slot = Slot()
        if self.sender is not None:
            self.sender.slot = self.slot
        #: How many more calls until the next candidate.
        self.left = 1
        self._gap = 1
        #: How many captures were started; a timing that met one is not bare.
        self.captures = 0
        self._after = 0
        self._running: Optional[Capturing] = None
        #: Why nothing is captured in this process, if so.
        self.refusal: Optional[str] = None
        self._snapshot = 2_000_000

    def after_fork(self) -> None:
        """Called in a child process: what the parent captures is the parent's."""
        running = self._running
        if running is not None:
            running.end.acquire(False)
            running.is_done = True
            running.capture.stop()
        self.governor.reset()
        self.worker.reset()
        if self.sender is not None:
            self.sender.reset()
        if self.slices is not None:
            self.slices.reset()
        self.reset()

    # Choosing

    def candidate(self, labels: Mapping[str, object]) -> Nothing:
        """The scope of a call that is looked at. Never raises."""
        return self._look(labels, clocks.thread_cpu())

    def candidate_of(self, labels: Any, args: Any, kwargs: Any) -> Nothing:
        """The scope of a call of a function whose labels may depend on its arguments. Never raises."""
        begin = clocks.thread_cpu()
        if callable(labels):
            try:
                labels = labels(*args, **kwargs)
            except Exception as error:
                return self._not_looked_at(error, begin)
        return self._look(labels, begin)

    def _look(self, labels: Mapping[str, object], begin: int) -> Nothing:
        try:
            scope = self._choose(labels)
        except Exception as error:
            return self._not_looked_at(error, begin)
        self.governor.add_choice(clocks.thread_cpu() - begin)
        return scope

    def _not_looked_at(self, error: Exception, begin: int) -> Nothing:
        """Labels that cannot be had cost too: not more often than others."""
        if self.left <= 0:
            self._gap = self.left = self.governor.pass_over(self._gap)
        self.governor.add_choice(clocks.thread_cpu() - begin)
        return self._failed(error)

    def _is_refused(self) -> bool:
        """Whether nothing can be told from the calls of this process; says so once."""
        library = greenlets.library()
        if library is None:
            return False
        self._gap = self.left = 1 << 60
        if self.refusal is None:
            self.refusal = ('%s has put greenlets in the place of threads: a capture would have the calls of others in '
                            'it, so nothing is captured in this process' % library)
            log.warning(self.refusal)
        return True

    def _choose(self, labels: Mapping[str, object]) -> Nothing:
        if self._is_refused():
            return NOTHING
        if self.labels:
            labels = {**self.labels, **labels}
        entry = self.governor.entry(self.limits.bounded(labels), self._own_labels)
        calls, is_after = self._gap, self._after > 0
        if is_after:
            self._after -= 1
        self._gap = self.left = 1 if self._after > 0 else self.governor.gap()
        is_worth = self.governor.is_worth_capturing(entry, calls)
        if self._is_disturbed():
            return NOTHING
        if is_after or not is_worth:
            return Timing(self, entry, is_after)
        return self._begin(entry) or Timing(self, entry, False)

    def _is_disturbed(self) -> bool:
        """Whether a profiler of ours slows this call already."""
        capture = self.slot.capture
        return capture is not None and (IS_PROCESS_WIDE or capture.thread == threading.get_ident())

    def _begin(self, entry: Entry, weight: Optional[float] = None) -> Optional[Capturing]:
        capture = Capture()
        try:
            if not self.slot.take(capture, must=weight is not None):
                return None
            return self._prepare(entry, weight, capture)
        except BaseException:  # As an interrupt, which is not for the agent.
            self._running = None
            self.slot.free(capture)
            raise

    def _prepare(self, entry: Entry, weight: Optional[float], capture: Capture) -> Capturing:
        is_job = weight is not None
        profile = None
        if self.slices is not None and not is_job:
            self.slices.turn()
            profile = self.slices.profile(entry.labels)
        capture.prepare(profile, self.builtins)
        self.captures += 1
        scope = Capturing(self, entry, self.governor.begin(entry) if weight is None else weight, capture)
        if not is_job:
            scope.limit = self.governor.limit(entry)
            self.cutter.begin(scope, scope.limit)
        self._running = scope
        if not self.cutter.is_looking:
            self.worker.wake()
        if self.sender is not None:
            # When the interpreter ends, no thread can be started any more.
            self.sender.start()
        return scope

    def job(self, labels: Mapping[str, object], probability: float) -> Nothing:
        """The scope of a job that is captured as a whole, with a probability, whatever it costs."""
        try:
            if self._is_refused():
                return NOTHING
            entry = self.governor.entry(self.limits.bounded({**self.labels, **labels}), self._own_labels)
            self.governor.count(entry)
            if self.governor.chance() >= probability:
                return NOTHING
            return self._begin(entry, max(1.0, 1 / probability)) or NOTHING
        except Exception as error:
            return self._failed(error)

    def _failed(self, error: Exception) -> Nothing:
        """Notes an error of the agent or of labels. What a signal handler raised meanwhile is for the program."""
        if handlers.raised(error):
            raise error
        self.counters['errors'] += 1
        log.debug('not captured', exc_info=error)
        return NOTHING

    # The ends of calls

    def finish_timing(self, timing: Timing, end: int) -> None:
        """Notes what a call took bare, or how much slower than that it was after a capture; `end` is when it ended."""
        try:
            if timing.captures != self.captures and IS_PROCESS_WIDE:
                return
            baseline = timing.entry.baseline
            if not timing.is_after:
                timing.entry.add_bare(timing.cpu)
            elif baseline is not None:
                self.governor.spend(timing.cpu - baseline)
        except Exception as error:
            self._failed(error)
        finally:
            # Going into the scope took about a half of this.
            self.governor.spend(1.5 * (clocks.thread_cpu() - end))

    def give_up(self, scope: Capturing) -> None:
        """Another profiler is at work."""
        if self._claim(scope):
            try:
                self._lose(scope)
            finally:
                self.release(scope)

    def _lose(self, scope: Capturing) -> None:
        """Notes a capture of which nothing is kept: what it took is paid for, and the next stands for its calls."""
        self.counters['stepped_aside'] += 1
        self.governor.spend(max(0, scope.cpu - (scope.entry.baseline or 0)))
        if scope.limit is not None:
            self.governor.put_back(scope.entry, scope.weight)

    def _claim(self, scope: Capturing) -> bool:
        """Whether the scope ends now, and not before; who gets that releases it."""
        if not scope.end.acquire(False):
            return False
        scope.is_done = True
        # Where an error of a signal handler comes between, somebody has to release it.
        scope.capture.look_at = min(scope.capture.look_at, clocks.elapsed() + LONGEST)
        return True

    def release(self, scope: Capturing) -> None:
        """Ends what had begun to end, and did not come to it."""
        self.slot.free(scope.capture)
        if self._running is scope:  # Last: an end that an error of a signal handler broke off is found by it.
            self._running = None
        self.worker.tell()

    def finish_capture(self, scope: Capturing, is_cut: bool = False) -> None:
        """Takes what a capture cost out of the budget, and hands it over. Never raises."""
        begin = clocks.thread_cpu()
        try:
            duration = clocks.elapsed() - scope.started
            if not self._claim(scope):
                return
            try:
                self._finish(scope, duration, is_cut)
            finally:
                # Not before: another capture, or the end of a slice, would meet a profiler whose capture is not noted.
                self.release(scope)
        except Exception as error:
            self._failed(error)
        finally:
            self.governor.spend(clocks.thread_cpu() - begin)

    def _finish(self, scope: Capturing, duration: int, is_cut: bool) -> None:
        if scope.capture.is_lost:
            self._lose(scope)
            if self.slices is not None:
                captures, calls = self.slices.forget(scope.entry.labels, scope.capture)
                self.counters['forgotten'] += captures
                self.governor.put_back(scope.entry, calls)
            self.worker.discard(scope.capture)
            return
        self._hand_over(scope, duration, is_cut)
        # The next ones may run slower.
        self._after, self._gap, self.left = self.after, max(1, self._gap - self.left + 1), 1

    def _hand_over(self, scope: Capturing, duration: int, is_cut: bool) -> None:
        entry = scope.entry
        baseline = entry.baseline or 0
        measured = max(0, scope.cpu - baseline)
        if IS_PROCESS_WIDE and scope.others > 0:
            # Other threads ran under the profiler too, and as much slower.
            ratio = min(10.0, max(1.0, scope.cpu / baseline)) if baseline > 0 else 10.0
            others = int(scope.others * (1 - 1 / ratio))
        else:
            others = 0
        cost = measured + others
        if is_cut:
            self.counters['cut'] += 1
        record = Record(b'', scope.start, duration, entry.labels, scope.weight, entry.calls,
                        other_threads=IS_PROCESS_WIDE and (scope.capture.is_shared or self._has_other_threads()),
                        is_cut=is_cut)
        if self.slices is not None and scope.limit is not None:
            self.governor.spend(cost)
            entry.add_cost(cost)
            self.slices.add(scope.capture, record, cost)
            if self.worker.is_stopping:  # It began before the end, and comes after it: that is counted.
                self.slices.close_due(self.slot, is_last=True)
            elif not self.cutter.is_looking:
                self.worker.is_news = True
        else:
            settle = self._settlement(entry, scope, cost, measured, is_cut)
            self.worker.add(Finished(scope.capture.profile, record, settle))

    def _has_other_threads(self) -> bool:
        own = self.worker.is_running + (self.sender is not None and self.sender.is_running)
        return threading.active_count() > 1 + own

    def _settlement(self, entry: Entry, scope: Capturing, cost: int, measured: int,
                    is_cut: bool) -> Callable[[int, int], int]:
        """Takes out what is known of the cost of a capture, and the rest when its snapshot was taken."""
        # Until then no other capture may count on it, and on what it takes to deliver it.
        delivery = self.worker.hold()
        held = cost + self._snapshot + delivery
        self.governor.spend(held)

        def settle(calls: int, snapshot: int) -> int:
            self._snapshot = snapshot
            whole = cost - measured + max(measured, int(calls * self.call_cost)) + snapshot
            self.governor.spend(whole + delivery - held)
            if not is_cut:
                entry.add_cost(whole + delivery)
            return whole + delivery

        return settle

    # The whole

    def send_with(self, sender: 'Sender') -> None:
        """Has what is spooled sent; the CPU time of that is taken out of the budget."""
        sender.spend, sender.slot = self.governor.spend, self.slot
        self.worker.after_spooling = sender.wake
        self.sender = sender

    def flush(self, timeout: float) -> bool:
        """Waits until all that was captured is in the folder, and where it is sent, answered for."""
        end = time.monotonic() + timeout
        is_spooled = self.worker.flush(timeout)
        if self.sender is not None:
            return self.sender.flush(max(0.0, end - time.monotonic())) and is_spooled
        return is_spooled

    def stop(self, timeout: float) -> bool:
        """Ends what is open; returns whether all of it is in the folder, and where it is sent, answered for."""
        end = time.monotonic() + timeout
        running = self._running
        if running is not None:
            try:
                self.cutter.end(self, running)
            except Exception as error:
                self._failed(error)
        if self.slices is not None:
            self.slices.close_due(self.slot, is_last=True)
        is_spooled = self.worker.stop(timeout)
        if self.sender is not None:
            return self.sender.stop(max(0.0, end - time.monotonic())) and is_spooled
        return is_spooled

    def status(self) -> Dict[str, Any]:
        """The account and the counters."""
        status: Dict[str, Any] = dict(self.governor.status())
        status.update(self.worker.counters)
        status.update(self.counters)
        if self.sender is not None:
            status.update(self.sender.status())
        status.update(labels_replaced=self.limits.replaced, error=self.worker.error or self.refusal)
        return status

    # The thread

    def _watch(self) -> Optional[float]:
        """Cuts a capture that outlives its limit, and ends slices; returns when to look again, in seconds."""
        elsewhere.release()
        waits = [self.cutter.look(self, self._running)]
        if self.slices is not None:
            waits.append(self.slices.close_due(self.slot))
        known = [wait for wait in waits if wait is not None]
        return min(known) if known else None
