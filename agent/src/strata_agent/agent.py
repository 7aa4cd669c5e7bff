# SPDX-License-Identifier: Apache-2.0
"""The agent of a process: examines some calls, has some of those captured, and holds the parts together.

An examined call is a *candidate*; any other call costs one decrement and one comparison. A candidate is timed without a
profiler, which tells the governor how long such calls take, or captured, if the governor can pay for that. Nothing here
raises into the program except what its own signal handlers raise in the meantime, and nothing waits for a lock that is
held for longer than some microseconds.
"""
from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Optional

from .capture import clocks, foreign_threads
from .capture.delivery import Worker
from .capture.governor import Governor
from .capture.labels import LabelLimits
from .capture.limits import Limiter
from .capture.profiler import Slot, greenlet_library
from .capture.scopes import NULL_SCOPE, Captures, Scope, Timing
from .capture.slices import OpenSlices
from .spool.spool import Spool

if TYPE_CHECKING:  # Importing HTTP takes 30 ms, which only programs that send should pay.
    from .sending.sender import Sender

log = logging.getLogger('strata_agent')

#: How many calls after a capture are examined, since they may be slower.
AFTER = 2


class Agent:
    """What `start()` creates: one for a process and its children."""

    def __init__(self, open_spool: Callable[[], Spool], labels: Mapping[str, object], budget: float,
                 every: Optional[float] = None, builtins: bool = True, label_limit: int = 100,
                 governor: Optional[Governor] = None) -> None:
        self.labels = dict(labels)
        self.label_limits = LabelLimits(label_limit)
        #: What remains of the labels if there are too many sets of them.
        self._own_labels = self.label_limits.bounded(self.labels)
        self.governor = governor or Governor(budget)
        self.worker = Worker(open_spool, self.governor.budget, self.governor.spend, self._watch)
        self.slices: Optional[OpenSlices] = None
        if every is not None:
            self.slices = OpenSlices(every, self.worker.add, self.governor.spend, lambda: self.captures.call_cost)
        self.sender: Optional['Sender'] = None
        self.captures = Captures(self.governor, self.worker, self.slices, builtins, begun=self._start_sending,
                                 ended=self._examine_next_calls, own_threads=self._own_threads)
        #: How many calls after a capture are examined.
        self.after = AFTER
        self._begin()

    def _begin(self) -> None:
        self.limiter = Limiter(self.captures)
        #: How many more calls until the next candidate.
        self.left = 1
        self._gap = 1
        self._after = 0
        #: Why nothing is captured in this process, if so.
        self.refusal: Optional[str] = None

    def after_fork(self) -> None:
        """Starts again in a child process: captures of the parent are the parent's."""
        self.captures.abandon()
        self.governor.reset()
        self.worker.reset()
        if self.sender is not None:
            self.sender.reset()
        if self.slices is not None:
            self.slices.reset()
        self.captures.reset()
        self.use_slot(self.captures.slot)
        self._begin()

    def use_slot(self, slot: Slot) -> None:
        """Has all parts use one slot."""
        self.captures.use_slot(slot)
        if self.sender is not None:
            self.sender.slot = slot

    # Choosing

    def candidate(self, labels: Mapping[str, object]) -> Scope:
        """The scope of an examined call. Never raises."""
        return self._examine(labels, clocks.thread_cpu())

    def candidate_of(self, labels: Any, args: Any, kwargs: Any) -> Scope:
        """The scope of an examined call of a function whose labels may depend on its arguments. Never raises."""
        begin = clocks.thread_cpu()
        if callable(labels):
            try:
                labels = labels(*args, **kwargs)
            except Exception as error:
                return self._pass_over(error, begin)
        return self._examine(labels, begin)

    def _examine(self, labels: Mapping[str, object], begin: int) -> Scope:
        try:
            scope = self._choose(labels)
        except Exception as error:
            return self._pass_over(error, begin)
        self.governor.add_choice(clocks.thread_cpu() - begin)
        return scope

    def _pass_over(self, error: Exception, begin: int) -> Scope:
        """A failing labels callback also costs time: backs off as for other calls."""
        if not self._is_refused():
            self._gap = self.left = self.governor.pass_over(self._gap)
        self.governor.add_choice(clocks.thread_cpu() - begin)
        return self.captures.failed(error)

    def _is_refused(self) -> bool:
        """Whether captures of this process would be meaningless; warns once."""
        library = greenlet_library()
        if library is None:
            return False
        self._gap = self.left = 1 << 60
        if self.refusal is None:
            self.refusal = ('%s has replaced threads by greenlets, so a capture would contain calls of others: nothing '
                            'is captured in this process' % library)
            log.warning(self.refusal)
        return True

    def _choose(self, labels: Mapping[str, object]) -> Scope:
        if self._is_refused():
            return NULL_SCOPE
        if self.labels:
            labels = {**self.labels, **labels}
        entry = self.governor.entry(self.label_limits.bounded(labels), self._own_labels)
        calls, is_after = self._gap, self._after > 0
        if is_after:
            self._after -= 1
        self._gap = self.left = 1 if self._after > 0 else self.governor.gap()
        is_worth = self.governor.is_worth_capturing(entry, calls)
        if self.captures.slows_this_call():
            return NULL_SCOPE
        if is_after or not is_worth:
            return Timing(self.captures, entry, is_after)
        return self.captures.begin(entry) or Timing(self.captures, entry, False)

    def job(self, labels: Mapping[str, object], probability: float) -> Scope:
        """The scope of a job, which is captured as a whole with a probability, whatever it costs. Never raises."""
        try:
            if self._is_refused():
                return NULL_SCOPE
            entry = self.governor.entry(self.label_limits.bounded({**self.labels, **labels}), self._own_labels)
            self.governor.count(entry)
            if self.governor.chance() >= probability:
                return NULL_SCOPE
            return self.captures.begin(entry, max(1.0, 1 / probability)) or NULL_SCOPE
        except Exception as error:
            return self.captures.failed(error)

    def _examine_next_calls(self) -> None:
        """After a capture, since the next calls may be slower."""
        self._after, self._gap, self.left = self.after, max(1, self._gap - self.left + 1), 1

    # The parts

    def send_with(self, sender: 'Sender') -> None:
        """Has the contents of the spool sent, and the CPU time of that charged to the budget."""
        sender.spend, sender.slot = self.governor.spend, self.captures.slot
        self.worker.after_spooling = sender.wake
        self.sender = sender

    def _start_sending(self) -> None:
        if self.sender is not None:
            # With the first capture, since no thread can be started any more while the interpreter shuts down.
            self.sender.start()

    def _own_threads(self) -> int:
        return self.worker.is_running + (self.sender is not None and self.sender.is_running)

    def flush(self, timeout: float) -> bool:
        """Waits until every capture is in the folder and, with a server, answered for; returns whether all are."""
        end = time.monotonic() + timeout
        is_spooled = self.worker.flush(timeout)
        if self.sender is not None:
            return self.sender.flush(max(0.0, end - time.monotonic())) and is_spooled
        return is_spooled

    def stop(self, timeout: float) -> bool:
        """Ends what is running; returns whether every capture is in the folder and, with a server, answered for."""
        end = time.monotonic() + timeout
        running = self.captures.running
        if running is not None:
            try:
                self.limiter.end(running)
            except Exception as error:
                self.captures.failed(error)
        if self.slices is not None:
            self.slices.close_due(self.captures.slot, is_last=True)
        is_spooled = self.worker.stop(timeout)
        if self.sender is not None:
            return self.sender.stop(max(0.0, end - time.monotonic())) and is_spooled
        return is_spooled

    def status(self) -> Dict[str, Any]:
        """The budget's account, and all counters."""
        status: Dict[str, Any] = dict(self.governor.status())
        status.update(self.worker.counters)
        status.update(self.captures.counters)
        if self.sender is not None:
            status.update(self.sender.status())
        status.update(labels_replaced=self.label_limits.replaced, error=self.worker.error or self.refusal)
        return status

    def _watch(self) -> Optional[float]:
        """What the agent's thread does between deliveries; returns the seconds until the next time, None for never."""
        foreign_threads.release()
        waits = [self.limiter.look()]
        if self.slices is not None:
            waits.append(self.slices.close_due(self.captures.slot))
        known = [wait for wait in waits if wait is not None]
        return min(known) if known else None
