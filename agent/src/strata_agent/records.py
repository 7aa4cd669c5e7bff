# SPDX-License-Identifier: Apache-2.0
"""A capture as it leaves the program: the dump, and what it does not say of itself."""
from __future__ import annotations

import json
import uuid
from typing import Any, Dict, NamedTuple, Optional

from .labels import LabelSet


class Record(NamedTuple):
    """A dump with its start, labels and what it stands for. Times are nanoseconds."""

    data: bytes
    start: int
    duration: Optional[int]
    labels: LabelSet
    #: How many calls each of its calls stands for: one over the probability that it was taken.
    weight: float = 1
    #: How many calls with these labels there were so far, as counted at random.
    calls_seen: int = 0
    #: The CPU time that taking it cost.
    overhead: int = 0
    #: Whether calls of other threads may be in it.
    other_threads: bool = False
    #: Whether it was ended before its call did.
    is_cut: bool = False
    #: Whether it covers a stretch of time with any number of calls, and not one call.
    is_slice: bool = False
    id: str = ''

    def fields(self) -> Dict[str, Any]:
        """What a line of an index says of the dump, except its file. Defaults are left out."""
        labels = dict(self.labels)
        if self.is_cut:
            labels['cut'] = 'true'
        fields: Dict[str, Any] = {'timestamp': seconds(self.start)}
        if self.duration is not None:
            fields['duration'] = seconds(self.duration)
        if labels:
            fields['labels'] = labels
        if self.weight != 1:
            fields['weight'] = ('%.6f' % self.weight).rstrip('0').rstrip('.')
        if self.is_slice:
            fields['covers'] = 'slice'
        fields['id'] = self.id or new_id()
        fields['callsSeen'] = self.calls_seen
        fields['overhead'] = seconds(self.overhead)
        if self.other_threads:
            fields['otherThreads'] = True
        return fields

    def line(self, file: str) -> bytes:
        """A line of `index.jsonl`."""
        fields: Dict[str, Any] = {'file': file}
        fields.update(self.fields())
        # Who keeps a folder's limit need not ask the system for it.
        fields['size'] = len(self.data)
        return json.dumps(fields, separators=(',', ':')).encode() + b'\n'


def new_id() -> str:
    """An identity that no other capture has, so that sending it twice stores it once."""
    return uuid.uuid4().hex


def seconds(nanoseconds: int) -> str:
    """Nanoseconds as a decimal text of seconds, exactly: `1.5`."""
    sign = '-' if nanoseconds < 0 else ''
    whole, part = divmod(abs(nanoseconds), 1_000_000_000)
    return sign + ('%d.%09d' % (whole, part)).rstrip('0').rstrip('.')
