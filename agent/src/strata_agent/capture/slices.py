# SPDX-License-Identifier: Apache-2.0
"""Adds up the captures of a slice of time, with one profiler per set of labels, and dumps them when the slice ends.

Dumping a captured call costs up to a third of capturing it, so without a dump per call the same budget captures more.
"""
from __future__ import annotations

import threading
from typing import Any, Callable, Dict, Optional, Tuple

from . import clocks
from .delivery import Finished
from .labels import LabelSet
from .profiler import NEVER, Capture, Slot
from .record import Record


class OpenSlice:
    """The profiler of a slice, and what it has recorded so far."""

    __slots__ = ('profile', 'captures', 'calls', 'cost', 'record')

    def __init__(self, profile: Any) -> None:
        self.profile = profile
        self.captures = 0
        #: How many calls the captures stand for.
        self.calls = 0.0
        self.cost = 0
        self.record: Optional[Record] = None


class _Closing:
    """Holds the slot, in the place of a capture, while slices are closed."""

    profile: Any = None
    thread = 0
    is_on = False
    is_shared = False
    look_at = NEVER


class OpenSlices:
    """The slices that are open, aligned to the epoch like those of the store."""

    def __init__(self, every: float, deliver: Callable[[Finished], None], spend: Callable[[float], None],
                 call_cost: Callable[[], float]) -> None:
        self.width = max(1, int(every * 1e9))
        self._deliver, self._spend, self._call_cost = deliver, spend, call_cost
        self.reset()

    def reset(self) -> None:
        """Forgets all open slices."""
        self._open: Dict[LabelSet, OpenSlice] = {}
        self._lock = threading.RLock()
        self.start = self._slice_start()

    def _slice_start(self) -> int:
        return clocks.now() // self.width * self.width

    def profile(self, labels: LabelSet) -> Optional[Any]:
        """The profiler to continue with for these labels; None if a new one is needed."""
        known = self._open.get(labels)
        return known.profile if known is not None else None

    def forget(self, labels: LabelSet, capture: Capture) -> Tuple[int, float]:
        """Discards a profiler that did not see all of a capture.

        Other captures in the same profiler cannot be told apart from it, so they are lost too. Returns how many those
        are, and how many calls they stand for.
        """
        with self._lock:
            known = self._open.get(labels)
            if known is None or known.profile is not capture.profile:
                return 0, 0.0
            del self._open[labels]
            return known.captures, known.calls

    def add(self, capture: Capture, record: Record, cost: int) -> None:
        """Adds a capture that has ended."""
        with self._lock:
            known = self._open.get(record.labels)
            if known is None or known.profile is not capture.profile:
                known = OpenSlice(capture.profile)
                self._open[record.labels] = known
            known.captures += 1
            known.calls += record.weight
            known.cost += cost
            before = known.record
            known.record = record if before is None else record._replace(
                start=before.start, other_threads=before.other_threads or record.other_threads,
                is_cut=before.is_cut or record.is_cut)

    def close_due(self, slot: Slot, is_last: bool = False) -> Optional[float]:
        """Delivers the open slices if their time is over; returns the seconds until it will be."""
        now = clocks.now()
        if is_last or self._has_ended(now):
            closing = _Closing()
            # With the slot, no capture can continue with one of the profilers. Without it, one may be in use.
            is_ours = slot.take(closing)
            held = slot.capture
            # At the very end, a profiler that is off belongs to a capture that will be added too late anyway.
            in_use = held.profile if held is not None and (held.is_on or not is_last) else None
            self._close_all(in_use)
            if is_ours:
                slot.free(closing)
        if not self._open:
            return None
        return max(0.001, (self.start + self.width - now) / 1e9)

    def turn(self) -> None:
        """Begins the next slice if this one is over. The caller holds the slot and is about to capture."""
        if self._has_ended(clocks.now()):
            self._close_all(None)

    def _has_ended(self, now: int) -> bool:
        # A clock that is set back ends a slice too.
        return not self.start <= now < self.start + self.width

    def _close_all(self, in_use: Any) -> None:
        with self._lock:
            ended = {labels: known for labels, known in self._open.items() if known.profile is not in_use}
            self._open = {labels: known for labels, known in self._open.items() if labels not in ended}
            start, self.start = self.start, self._slice_start()
        for known in ended.values():
            self._close(known, start)

    def _close(self, known: OpenSlice, start: int) -> None:
        if known.record is None:
            return
        record = known.record._replace(start=start, duration=self.width, weight=known.calls / known.captures,
                                       is_slice=True)

        def settle(calls: int, snapshot: int) -> int:
            floor = max(0, int(calls * self._call_cost()) - known.cost)
            self._spend(floor + snapshot)
            return known.cost + floor + snapshot

        self._deliver(Finished(known.profile, record, settle))
