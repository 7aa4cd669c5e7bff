# SPDX-License-Identifier: Apache-2.0
"""A capture as it leaves the program: its dump, and what the dump itself does not say."""
from __future__ import annotations

import json
import uuid
from typing import Any, Dict, NamedTuple, Optional

from .labels import LabelSet


class Record(NamedTuple):
    """A dump with its start, its labels and the calls that it represents. Times are nanoseconds."""

    data: bytes
    start: int
    duration: Optional[int]
    labels: LabelSet
    #: How many calls each captured call stands for: the reciprocal of its probability of being captured.
    weight: float = 1
    #: How many calls with these labels there were so far, as estimated from the examined ones.
    calls_seen: int = 0
    #: The CPU time that capturing cost.
    overhead: int = 0
    #: Whether calls of other threads may be in it.
    other_threads: bool = False
    #: Whether the capture ended before its call did.
    is_cut: bool = False
    #: Whether it covers a stretch of time with any number of calls, not one call.
    is_slice: bool = False
    id: str = ''

    def fields(self) -> Dict[str, Any]:
        """The fields of the index line, except the file. Defaults are omitted."""
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
        """The line of `index.jsonl` that describes the dump."""
        fields: Dict[str, Any] = {'file': file}
        fields.update(self.fields())
        # With the size in the line, the folder's limit can be kept without asking the system for each file.
        fields['size'] = len(self.data)
        return json.dumps(fields, separators=(',', ':')).encode() + b'\n'


def new_id() -> str:
    """A unique identity, so that a capture that is sent twice is stored once."""
    return uuid.uuid4().hex


def seconds(nanoseconds: int) -> str:
    """Nanoseconds as an exact decimal number of seconds: `1.5`."""
    sign = '-' if nanoseconds < 0 else ''
    whole, part = divmod(abs(nanoseconds), 1_000_000_000)
    return sign + ('%d.%09d' % (whole, part)).rstrip('0').rstrip('.')
