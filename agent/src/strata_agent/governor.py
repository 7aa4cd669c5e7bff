# SPDX-License-Identifier: Apache-2.0
"""Which calls are captured, so that all that capturing costs stays within a part of the program's CPU time.

A bucket is filled with `budget` times the CPU time that the process uses, and a capture is started only if what it is
expected to cost is there. Which calls are captured is left to chance, at a rate that the bucket can pay for, so that
dear calls are as likely as cheap ones; the first of each kind come before. What a capture did cost is taken out: the
larger of what was measured (its CPU time less what such a call takes when nobody looks) and what its number of calls
must have cost at least; then the snapshot, the calls after it that ran slower, those that are not even looked at, and
the time of this module and of the agent's own threads. Costs are thus measured where the program runs. What a call
takes bare is measured too, on calls chosen at random, for each set of labels apart.

All times are nanoseconds of CPU.
"""
from __future__ import annotations

import random
import threading
from typing import Dict, List, Optional

from . import clocks
from .labels import LabelSet

#: Before anything was captured: how many times its bare CPU time a capture may cost, and a snapshot.
UNKNOWN_FACTOR = 5
UNKNOWN_SNAPSHOT = 2_000_000
#: How many bare timings a baseline is made of.
BASELINE_TIMINGS = 15
#: What is kept for the first captures of other kinds: so many times a mean capture, at most this part of the bucket.
RESERVE = 3
RESERVE_PART = 0.15
#: How much more is there when captures go on as planned: so many times a mean capture, at most half the bucket.
LEVEL = 6
#: What choosing may cost: the part of the budget that goes to looking at calls that are not captured.
CHOOSING = 0.1
#: For how many candidates a call that was chosen may have the bucket kept for its kind.
PATIENCE = 256
#: The part of the income that is planned to be spent; how full the bucket is corrects it.
PLANNED = 0.9
#: The part of the budget that fills the bucket: calls run slower beside the agent's thread too, and after a capture for
#: longer than they are looked at, and that cannot be told from noise while the program runs.
VISIBLE = 0.85


class Entry:
    """What is known of the calls with one set of labels."""

    __slots__ = ('labels', 'calls', 'pending', 'captures', 'cost', '_bare', '_next', 'baseline')

    def __init__(self, labels: LabelSet) -> None:
        self.labels = labels
        #: How many calls there were, as counted by candidates.
        self.calls = 0
        #: How many of them since the last capture.
        self.pending = 0
        self.captures = 0
        #: What a capture is expected to cost; None before the first.
        self.cost: Optional[int] = None
        #: What a call takes bare: the median of some; None before the first.
        self.baseline: Optional[int] = None
        self._bare: List[int] = []
        self._next = 0

    def add_bare(self, cpu: int) -> None:
        """Notes the CPU time of a call that was not captured."""
        if len(self._bare) < BASELINE_TIMINGS:
            self._bare.append(cpu)
        else:
            self._bare[self._next] = cpu
            self._next = (self._next + 1) % BASELINE_TIMINGS
        ordered = sorted(self._bare)
        self.baseline = ordered[len(ordered) // 2]

    def add_cost(self, cost: int) -> None:
        """Notes what a capture did cost: expectations rise at once and fall slowly."""
        self.cost = cost if self.cost is None else max(cost, (7 * self.cost + 3 * cost) // 10)

    def expected_cost(self) -> int:
        if self.cost is not None:
            return self.cost
        return UNKNOWN_FACTOR * (self.baseline or 0) + UNKNOWN_SNAPSHOT


class _Briefly:
    """A lock that is waited for a millisecond, and then done without.

    Signal handlers and finalizers run between any two steps of a thread, also while it holds the lock; and they may
    stand still until this thread is done.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        self._lock.acquire(timeout=0.001)

    def __exit__(self, *_: object) -> None:
        try:
            self._lock.release()
        except RuntimeError:  # It was not to be had.
            pass


class Governor:
    """Holds the budget. Threads may share it; each method takes some microseconds."""

    def __init__(self, budget: float, capacity: int = 10_000_000_000, entries: int = 4096,
                 rng: Optional[random.Random] = None) -> None:
        """`capacity` is the CPU time of the program whose budget may be saved up."""
        if not isinstance(budget, (int, float)) or not 0 < budget < 1:
            raise ValueError('budget: expected a part between 0 and 1, such as 0.01, found %r' % (budget,))
        self.budget = budget
        #: What a call costs that is not looked at, in nanoseconds.
        self.plain_cost = 0.0
        self.capacity = budget * capacity
        self._entries: Dict[LabelSet, Entry] = {}
        self._entry_limit = entries
        self._random = rng or random.Random()
        self.reset()

    def reset(self) -> None:
        """Starts the account anew, as in a child process: its clock starts at zero."""
        self._lock = _Briefly()
        self._credit = 0.0
        self._seen = clocks.process_cpu()
        #: The sum of all that was taken out, and the CPU time of the process since the start.
        self.spent = 0
        self.started = self._seen
        self._reserved = 0.0
        self._reserved_for: Optional[Entry] = None
        self._patience = 0
        #: The mean number of calls from one candidate to the next.
        self.interval = 1
        self._mean_call = 0.0
        #: Means over candidates: what one brings in, and what capturing it would cost.
        self._income = 0.0
        self._mean_cost = 0.0
        self._choice_cost = 10_000.0

    # The account

    def spend(self, cpu: float) -> None:
        """Takes CPU time out of the bucket; what is negative is put back."""
        with self._lock:
            self._credit -= cpu
            self.spent += int(cpu)

    @property
    def credit(self) -> float:
        """What may be spent now; below zero after a capture that cost more than it was expected to."""
        return self._credit

    def _refill(self, calls: int) -> None:
        cpu = clocks.process_cpu()
        used = cpu - self._seen
        self._seen = cpu
        # The time of the process has the overhead in it.
        income = VISIBLE * used * self.budget / (1 + self.budget)
        plain = calls * self.plain_cost
        self._credit = min(self.capacity, self._credit + income - plain)
        self.spent += int(plain)
        self._income = _smooth(self._income, income)
        if calls > 0:
            self._mean_call = _smooth(self._mean_call, used / calls)
            best = self._choice_cost / max(1.0, CHOOSING * self.budget * self._mean_call)
            self.interval = int(min(4096.0, max(1.0, best)))

    # Choosing

    def entry(self, labels: LabelSet, shared: LabelSet = ()) -> Entry:
        """What is known of the calls with some labels; beyond `entries` sets of them, those with `shared`."""
        entry = self._entries.get(labels)
        if entry is None:
            if len(self._entries) >= self._entry_limit:
                # Known sets stay; what comes after shares one account.
                labels = shared
            entry = self._entries.setdefault(labels, Entry(labels))
        return entry

    def gap(self) -> int:
        """After how many calls the next candidate comes, at random, so that no rhythm of the program is met."""
        return self._random.randint(1, 2 * self.interval - 1) if self.interval > 1 else 1

    def is_worth_capturing(self, entry: Entry, calls: int) -> bool:
        """Whether a candidate, which stands for some calls, should be captured now."""
        with self._lock:
            self._refill(calls)
            entry.calls += calls
            entry.pending += calls
            if entry.baseline is None:
                return False
            # No bucket holds more than it can: what costs more makes a debt, to be paid before the next.
            cost = min(float(entry.expected_cost()), 0.7 * self.capacity)
            self._mean_cost = _smooth(self._mean_cost, cost)
            if entry.captures == 0:
                return self._credit >= cost
            if entry is self._reserved_for:
                if self._credit < cost:
                    return False
                self._reserved_for = None
                return True
            if self._random.random() >= self._rate():
                self._patience -= 1
                if self._patience <= 0:
                    self._reserved_for = None
                return False
            reserved = self._reserved if self._reserved_for is not None else 0.0
            if self._credit >= min(cost + reserved + self._reserve(), 0.9 * self.capacity):
                return True
            if self._reserved_for is None:
                # Else the cheap ones would always take what a dear one needs.
                self._reserved_for, self._reserved, self._patience = entry, cost, PATIENCE
            return False

    def _rate(self) -> float:
        """The probability with which a candidate should be captured."""
        planned = PLANNED * self._income / max(1.0, self._mean_cost)
        level = min(LEVEL * self._mean_cost, self.capacity / 2)
        return planned * min(8.0, max(0.0, self._credit - self._reserve()) / max(1.0, level))

    def _reserve(self) -> float:
        return min(RESERVE * self._mean_cost, RESERVE_PART * self.capacity)

    def chance(self) -> float:
        """A number from 0 up to 1."""
        return self._random.random()

    def limit(self, entry: Entry) -> int:
        """The CPU time after which a capture is cut: what it takes to pay for it has an end."""
        return int(max(4 * self.capacity, 3 * entry.expected_cost()))

    def begin(self, entry: Entry) -> int:
        """Notes that a capture starts; returns how many calls it stands for: its weight."""
        with self._lock:
            weight = max(1, entry.pending)
            entry.pending = 0
            entry.captures += 1
            return weight

    def put_back(self, entry: Entry, weight: float) -> None:
        """Notes that nothing came of a capture that was to stand for some calls."""
        with self._lock:
            entry.pending += int(weight)

    def count(self, entry: Entry) -> None:
        """Notes a call of which not the budget decides whether it is captured."""
        with self._lock:
            entry.calls += 1

    def pass_over(self, calls: int) -> int:
        """Notes a candidate whose kind is not known; returns after how many calls the next one comes."""
        with self._lock:
            self._refill(calls)
        return self.gap()

    def add_choice(self, cpu: int) -> None:
        """Takes out what it took to look at a candidate."""
        self._choice_cost = 0.95 * self._choice_cost + 0.05 * cpu
        self.spend(cpu)

    def status(self) -> Dict[str, float]:
        """The account, for people and tests."""
        used = clocks.process_cpu() - self.started
        return {
            'budget': self.budget, 'spent_seconds': self.spent / 1e9, 'cpu_seconds': used / 1e9,
            'share': self.spent / max(1, used - self.spent), 'interval': self.interval,
            'credit_seconds': self._credit / 1e9,
        }


def _smooth(mean: float, value: float) -> float:
    return value if mean == 0 else 0.98 * mean + 0.02 * value
