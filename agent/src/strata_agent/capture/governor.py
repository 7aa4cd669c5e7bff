# SPDX-License-Identifier: Apache-2.0
"""Decides which calls are captured, so that the total cost of capturing stays within a fraction of the CPU time.

A bucket is filled with `budget` times the CPU time that the process uses. A capture starts only if the bucket can pay
its expected cost. Among those, chance decides, at a rate that the bucket can pay for, so that expensive calls are as
likely to be captured as cheap ones; the first call of each kind takes precedence. The actual cost of a capture is taken
out of the bucket: the larger of the measured cost (its CPU time minus what such a call takes without a profiler) and
the least that its number of calls can have cost; plus making the dump, the slower calls after it, the calls that are
not examined, and the time of this module and of the agent's threads. So costs are measured where the program runs.
How long a call takes without a profiler is also measured, on calls chosen at random, separately for each set of labels.

All times are nanoseconds of CPU.
"""
from __future__ import annotations

import random
import threading
from typing import Dict, List, Optional

from . import clocks
from .labels import LabelSet

#: Estimates before the first capture: its cost as a multiple of the bare CPU time of the call, and making a dump.
UNKNOWN_FACTOR = 5
UNKNOWN_SNAPSHOT = 2_000_000
#: How many bare timings make up a baseline.
BASELINE_TIMINGS = 15
#: The reserve for first captures of other kinds: this many times a mean capture, at most this part of the bucket.
RESERVE = 3
RESERVE_PART = 0.15
#: The level that the bucket is kept at, above the reserve: this many times a mean capture, at most half the bucket.
LEVEL = 6
#: The fraction of the budget that may be spent on examining calls that are not captured.
CHOOSING = 0.1
#: For how many candidates the bucket is reserved for the kind of a chosen call that it cannot pay for yet.
PATIENCE = 256
#: The fraction of the income that is planned to be spent; the level of the bucket corrects it.
PLANNED = 0.9
#: The fraction of the budget that fills the bucket. Calls are also slower beside the agent's thread, and for some time
#: after the last examined call that follows a capture; a running program cannot distinguish that from noise.
VISIBLE = 0.85


class Entry:
    """What is known about the calls with one set of labels."""

    __slots__ = ('labels', 'calls', 'pending', 'captures', 'cost', '_bare', '_next', 'baseline')

    def __init__(self, labels: LabelSet) -> None:
        self.labels = labels
        #: How many calls there were, as estimated from the candidates.
        self.calls = 0
        #: How many of these came since the last capture.
        self.pending = 0
        self.captures = 0
        #: The expected cost of a capture; None before the first.
        self.cost: Optional[int] = None
        #: The CPU time of a call without a profiler: the median of some; None before the first.
        self.baseline: Optional[int] = None
        self._bare: List[int] = []
        self._next = 0

    def add_bare(self, cpu: int) -> None:
        """Adds the CPU time of a call that was not captured."""
        if len(self._bare) < BASELINE_TIMINGS:
            self._bare.append(cpu)
        else:
            self._bare[self._next] = cpu
            self._next = (self._next + 1) % BASELINE_TIMINGS
        ordered = sorted(self._bare)
        self.baseline = ordered[len(ordered) // 2]

    def add_cost(self, cost: int) -> None:
        """Adds the actual cost of a capture: the expected cost rises at once and falls slowly."""
        self.cost = cost if self.cost is None else max(cost, (7 * self.cost + 3 * cost) // 10)

    def expected_cost(self) -> int:
        if self.cost is not None:
            return self.cost
        return UNKNOWN_FACTOR * (self.baseline or 0) + UNKNOWN_SNAPSHOT


class _BriefLock:
    """A lock that is waited for at most a millisecond; after that the block runs without it.

    Signal handlers and finalizers run between any two instructions of a thread, even while it holds the lock, and they
    may in turn wait for this thread.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        self._lock.acquire(timeout=0.001)

    def __exit__(self, *_: object) -> None:
        try:
            self._lock.release()
        except RuntimeError:  # It was not acquired.
            pass


class Governor:
    """Holds the budget. Safe to use from several threads; each method takes some microseconds."""

    def __init__(self, budget: float, capacity: int = 10_000_000_000, entries: int = 4096,
                 rng: Optional[random.Random] = None) -> None:
        """`capacity` is the CPU time of the program whose budget can be saved up."""
        if not isinstance(budget, (int, float)) or not 0 < budget < 1:
            raise ValueError('budget: expected a fraction between 0 and 1, such as 0.01, found %r' % (budget,))
        self.budget = budget
        #: The cost of a call that is not examined, in nanoseconds.
        self.plain_cost = 0.0
        self.capacity = budget * capacity
        self._entries: Dict[LabelSet, Entry] = {}
        self._entry_limit = entries
        self._random = rng or random.Random()
        self.reset()

    def reset(self) -> None:
        """Resets the account in a child process, whose CPU clock starts at zero."""
        self._lock = _BriefLock()
        self._credit = 0.0
        self._seen = clocks.process_cpu()
        #: The total that was taken out, and the CPU time of the process at the start.
        self.spent = 0
        self.started = self._seen
        self._reserved = 0.0
        self._reserved_for: Optional[Entry] = None
        self._patience = 0
        #: The mean number of calls from one candidate to the next.
        self.interval = 1
        self._mean_call = 0.0
        #: Means over candidates: the income since the last one, and the expected cost of capturing it.
        self._income = 0.0
        self._mean_cost = 0.0
        self._choice_cost = 10_000.0

    # The account

    def spend(self, cpu: float) -> None:
        """Takes CPU time out of the bucket; a negative amount puts it back."""
        with self._lock:
            self._credit -= cpu
            self.spent += int(cpu)

    @property
    def credit(self) -> float:
        """The content of the bucket; below zero after a capture that cost more than expected."""
        return self._credit

    def _refill(self, calls: int) -> None:
        cpu = clocks.process_cpu()
        used = cpu - self._seen
        self._seen = cpu
        # The CPU time of the process includes the overhead.
        income = VISIBLE * used * self.budget / (1 + self.budget)
        plain = calls * self.plain_cost
        self._credit = min(self.capacity, self._credit + income - plain)
        self.spent += int(plain)
        self._income = _smooth(self._income, income)
        if calls > 0:
            self._mean_call = _smooth(self._mean_call, used / calls)
            # So many calls that examining one of them costs this part of their budget.
            best = self._choice_cost / max(1.0, CHOOSING * self.budget * self._mean_call)
            self.interval = int(min(4096.0, max(1.0, best)))

    # Choosing

    def entry(self, labels: LabelSet, shared: LabelSet = ()) -> Entry:
        """The entry of a set of labels; beyond `entries` different sets, that of the labels `shared`."""
        entry = self._entries.get(labels)
        if entry is None:
            if len(self._entries) >= self._entry_limit:
                # Known sets keep their entries; all further ones share one.
                labels = shared
            entry = self._entries.setdefault(labels, Entry(labels))
        return entry

    def gap(self) -> int:
        """The number of calls until the next candidate; random, so as not to fall in step with the program."""
        # Uniform, with the interval as its mean.
        return self._random.randint(1, 2 * self.interval - 1) if self.interval > 1 else 1

    def is_worth_capturing(self, entry: Entry, calls: int) -> bool:
        """Whether to capture a candidate, which stands for `calls` calls, now."""
        with self._lock:
            self._refill(calls)
            entry.calls += calls
            entry.pending += calls
            if entry.baseline is None:
                return False
            # The bucket has a capacity: a capture that costs more leaves a debt, which is paid before the next one.
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
            # Never more than the bucket can hold, or such a call would never be captured.
            if self._credit >= min(cost + reserved + self._reserve(), 0.9 * self.capacity):
                return True
            if self._reserved_for is None:
                # Otherwise cheap captures would always use up what an expensive one needs.
                self._reserved_for, self._reserved, self._patience = entry, cost, PATIENCE
            return False

    def _rate(self) -> float:
        """The probability with which a candidate should be captured."""
        # At its level, the bucket is spent nearly as fast as it fills; above, up to eight times as fast; down at the
        # reserve, not at all.
        planned = PLANNED * self._income / max(1.0, self._mean_cost)
        level = min(LEVEL * self._mean_cost, self.capacity / 2)
        return planned * min(8.0, max(0.0, self._credit - self._reserve()) / max(1.0, level))

    def _reserve(self) -> float:
        return min(RESERVE * self._mean_cost, RESERVE_PART * self.capacity)

    def chance(self) -> float:
        """A number from 0 up to 1."""
        return self._random.random()

    def limit(self, entry: Entry) -> int:
        """The CPU time after which a capture is cut, so that its cost is bounded."""
        return int(max(4 * self.capacity, 3 * entry.expected_cost()))

    def begin(self, entry: Entry) -> int:
        """Records that a capture starts; returns its weight: how many calls it stands for."""
        with self._lock:
            weight = max(1, entry.pending)
            entry.pending = 0
            entry.captures += 1
            return weight

    def put_back(self, entry: Entry, weight: float) -> None:
        """Records that a capture failed: the next one stands for its calls too."""
        with self._lock:
            # Otherwise the weights of all captures would add up to fewer calls than there were.
            entry.pending += int(weight)

    def count(self, entry: Entry) -> None:
        """Counts a call that is captured, or not, regardless of the budget."""
        with self._lock:
            entry.calls += 1

    def pass_over(self, calls: int) -> int:
        """Records a candidate of unknown kind; returns the number of calls until the next candidate."""
        with self._lock:
            self._refill(calls)
        return self.gap()

    def add_choice(self, cpu: int) -> None:
        """Takes out the cost of examining a candidate."""
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
    # The mean of about the last fifty, without a list of them.
    return value if mean == 0 else 0.98 * mean + 0.02 * value
