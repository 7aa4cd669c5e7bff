# SPDX-License-Identifier: Apache-2.0
"""Labels of calls: few, bounded, and about the input.

The question is which inputs are the bottleneck. So labels describe the kind and size of a call's input, not the input
itself; `size_class` and `number_bin` turn many numbers into few values.
"""
from __future__ import annotations

import bisect
import math
from typing import Any, Dict, Mapping, Sequence, Set, Tuple, Union

from ..spool.layout import KEY_LIMIT, LABELS_LIMIT, MARK, cut, size

#: The labels of a capture, ordered by key.
LabelSet = Tuple[Tuple[str, str], ...]

#: Replaces further values of a key that has too many.
OTHER = 'other'

#: The most characters of a value.
TEXT_LIMIT = 200

_KNOWN_LIMIT = 4096
_GIVEN_LIMIT = 1000


def size_class(number: Union[int, float]) -> str:
    """The range between two powers of two that contains a number: `0`, `1`, `2-3`, `4-7`, …, `1024-2047`.

    Numbers below 1 are `0`; fractions are truncated. `inf` and `nan` remain as they are.
    """
    if isinstance(number, float) and not math.isfinite(number):
        return str(number)
    whole = int(number)
    if whole < 1:
        return '0'
    low = 1 << (whole.bit_length() - 1)
    return str(low) if low == 1 else '%d-%d' % (low, 2 * low - 1)


def number_bin(number: Union[int, float], edges: Sequence[Union[int, float]]) -> str:
    """The range between ascending edges that contains a number.

    >>> [number_bin(n, (10, 100)) for n in (3, 10, 250)]
    ['<10', '10-100', '>=100']

    A range includes its lower edge and excludes its upper edge.
    """
    if not edges:
        raise ValueError('number_bin: expected at least one edge')
    if number != number:
        return 'nan'
    place = bisect.bisect_right(edges, number)
    if place == 0:
        return '<%s' % edges[0]
    if place == len(edges):
        return '>=%s' % edges[-1]
    return '%s-%s' % (edges[place - 1], edges[place])


class LabelLimits:
    """Keeps the number of values per key small: everything after the first `limit` values is `other`.

    A value that is different on each call would create a set of sums per capture.
    """

    def __init__(self, limit: int = 100, keys: int = 32) -> None:
        self.limit = limit
        self.keys = keys
        #: How many values became `other`, plus how many labels were omitted.
        self.replaced = 0
        self._values: Dict[str, Set[str]] = {}
        #: Earlier results, by the labels as given.
        self._known: Dict[Any, LabelSet] = {}

    def bounded(self, labels: Mapping[str, object]) -> LabelSet:
        """The labels as strings, bounded in length and number; a label whose value is `None` is omitted."""
        length = 0
        for value in labels.values():
            if type(value) is not str:  # 1 and True are equal as keys of `_known`, but different labels.
                return self._bounded(labels)
            length += len(value)
        if length > _GIVEN_LIMIT:  # Bounds the memory of `_known`.
            return self._bounded(labels)
        given = tuple(labels.items())
        known = self._known.get(given)
        if known is None:
            known = self._bounded(labels)
            if len(self._known) < _KNOWN_LIMIT:
                self._known[given] = known
        return known

    def _bounded(self, labels: Mapping[str, object]) -> LabelSet:
        pairs: Dict[str, str] = {}
        room = LABELS_LIMIT
        for key, value in labels.items():
            if value is None:
                continue
            key = cut(str(key), KEY_LIMIT)
            known = self._values.get(key)
            if known is None:
                if len(self._values) >= self.keys:
                    self.replaced += 1
                    continue
                known = self._values[key] = set()
            text = _text(value)
            if text not in known:
                if len(known) >= self.limit:
                    self.replaced += 1
                    text = OTHER
                else:
                    known.add(text)
            # A line of the index has room for hundreds of typical labels, but not for any labels.
            room -= size(key) + size(text) + len('"":"",')
            if room < 0:
                self.replaced += 1
                continue
            pairs[key] = text
        return tuple(sorted(pairs.items()))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return 'true' if value else 'false'
    text = str(value)
    if len(text) > TEXT_LIMIT:
        text = text[:TEXT_LIMIT - len(MARK)] + MARK
    # UTF-8 cannot encode lone surrogates.
    return text.encode('utf-8', 'replace').decode('utf-8')
