# SPDX-License-Identifier: Apache-2.0
"""The dumps that wait for a server: which of them a request contains, and what its answer means for them."""
from __future__ import annotations

import errno
import os
from typing import Dict, List, NamedTuple, Optional, Set

from ..spool.index import Entry
from ..spool.spool import DEFAULT_LIMIT, Spool
from . import wire
from .connection import Answer
from .wire import Item

#: The folder inside the spool for refused dumps, and its limit in bytes.
REFUSED = 'refused'
REFUSED_LIMIT = 16 << 20

#: The most dumps and bytes of a batch; a larger dump is sent alone.
BATCH_COUNT = 64
BATCH_BYTES = 4_000_000

#: Errors after which a dump can never be sent; after any other it is tried again.
_UNREADABLE = (errno.EACCES, errno.EPERM, errno.EINVAL, errno.EISDIR, errno.ELOOP, errno.ENXIO)

#: What may have to be fixed: the token, the URL or a proxy.
_HINTS = {401: ' (is the token correct?)', 403: ' (is the token allowed to write?)', 404: ' (is the URL correct?)',
          413: ' (does a proxy have a lower limit than the server?)'}


class Refused(NamedTuple):
    """A refused dump, as a spool stores it."""

    entry: Entry
    data: bytes
    reason: str

    @property
    def start(self) -> int:
        """The start of the capture in nanoseconds; part of the file's name."""
        try:
            return wire.start(self.entry.fields)
        except wire.Refusal:
            return 0

    def line(self, file: str) -> bytes:
        """The line of `index.jsonl` that describes the dump."""
        fields: Dict[str, object] = {'file': file}
        fields.update(self.entry.fields)
        fields['refused'] = self.reason
        return wire.line(fields)


class Trouble(NamedTuple):
    """Why a request failed, and when to try again."""

    sentence: str
    #: The delay in seconds that the server requested.
    retry_after: Optional[float] = None
    #: Whether something has to be fixed first.
    is_slow: bool = False


#: A request failed, and a smaller one should be tried at once.
SMALLER = Trouble('smaller')


class Outbox:
    """The dumps of a spool folder. Only one process at a time may remove any."""

    def __init__(self, path: str, limit: int = DEFAULT_LIMIT) -> None:
        self.path = path
        self._limit = limit
        self._spool: Optional[Spool] = None
        self.begin()

    def begin(self) -> None:
        """Starts from the beginning in a child process: open files are the parent's."""
        self.close()
        self._spool = None
        self.counters: Dict[str, int] = {'sent': 0, 'refused': 0, 'too_large': 0, 'missing': 0}
        #: Why the last dump was refused, and why a refused dump could not be moved.
        self.reason: Optional[str] = None
        self.error: Optional[str] = None
        #: How much the server accepts at once, as far as is known.
        self.count = BATCH_COUNT
        self.bytes = BATCH_BYTES
        #: Files that made a request fail when sent alone, or that an answer omitted: sent when nothing else is left.
        self._behind: Set[str] = set()
        #: Files that cannot be read, or that were refused and could not be moved.
        self.passed_over: Set[str] = set()
        #: Dumps that the server has stored and the folder still contains.
        self._settled: List[Entry] = []
        #: Lines whose dumps were removed by others.
        self._missing: List[Entry] = []

    def open(self) -> Spool:
        """The folder; opened when it is first needed."""
        if self._spool is None:
            self._spool = Spool(self.path, self._limit)
        return self._spool

    def close(self) -> None:
        """Closes all files; the next call opens them again."""
        if self._spool is not None:
            self._spool.close()

    # What a request contains

    def batch(self) -> List[Item]:
        """The next batch, without dumps that cannot be sent."""
        spool = self.open()
        self._remove([])
        while True:
            entries = spool.entries(self.count + len(self._behind) + len(self.passed_over))
            entries = [entry for entry in entries if entry.file not in self.passed_over]
            first = [entry for entry in entries if entry.file not in self._behind]
            if not first:
                self._behind.clear()
            items: List[Item] = []
            size = 0
            for entry in (first or entries)[:self.count]:
                item = self._item(spool, entry)
                if item is None:
                    continue
                if items and size + item.size > self.bytes:
                    break
                items.append(item)
                size += item.size
            self._forget_missing(spool)
            if items or not entries:
                return items

    def _forget_missing(self, spool: Spool) -> None:
        if self._missing:
            self.counters['missing'] += len(self._missing)
            spool.remove(self._missing)
            self._missing = []

    def _item(self, spool: Spool, entry: Entry) -> Optional[Item]:
        """A dump in the form in which it is sent; None if it cannot be sent, and then it is not tried again."""
        try:
            if spool.size(entry) > wire.DUMP_LIMIT:
                self._drop(entry)
                return None
            data = spool.read(entry)
            try:
                return wire.item(entry, data)
            except wire.Refusal as refusal:
                self._refuse([Refused(entry, data, str(refusal))])
        except FileNotFoundError:
            self._missing.append(entry)
        except OSError as error:
            if error.errno not in _UNREADABLE:
                raise
            self._pass_over(entry, error)
        except Exception as error:  # A bad line must not hold up the others.
            self._pass_over(entry, error)
        return None

    def _pass_over(self, entry: Entry, error: Exception) -> None:
        self.passed_over.add(entry.file)
        self.reason = sentence_of(error)

    # What an answer means

    def take(self, answer: Answer, items: List[Item]) -> Optional[Trouble]:
        """Acts on an answer; returns what prevents further requests, or `SMALLER`."""
        status = answer.status
        if status == 200:
            return self._settle(answer, items)
        fault = wire.fault(answer.body)
        sentence = 'the server answered %d%s' % (status, ': ' + fault.sentence if fault else '')
        if len(items) > 1 and (status == 413 or status == 400 and fault):
            self.count = len(items) // 2
            if status == 413:
                self.bytes = sum(item.size for item in items) // 2
            return SMALLER
        # Only an answer of a Strata receiver makes a sender give up a dump: a proxy may answer anything.
        if status == 400 and fault:
            self._refuse([Refused(items[0].entry, items[0].data, fault.sentence)])
            return None
        if status == 413:
            if fault and fault.is_too_large(items[0]):
                self.reason = sentence
                self._drop(items[0].entry)
                return None
            # Its size is not the reason, or a person has to fix that: the other dumps must not wait for it.
            self.count, self.bytes = BATCH_COUNT, BATCH_BYTES
            self.make_smaller(items)
        if status == 429 or status >= 500:
            if status != 429 and answer.retry_after is None:
                self.make_smaller(items)
            return Trouble(sentence, answer.retry_after)
        hint = '' if fault else _HINTS.get(status, '')
        return Trouble(sentence + hint, answer.retry_after, is_slow=True)

    def _settle(self, answer: Answer, items: List[Item]) -> Optional[Trouble]:
        results = wire.results(answer.body)
        if results is None:
            return Trouble('expected an answer %s, found %r' % (wire.RESULTS, answer.body[:80]))
        kept: List[Entry] = []
        refused: List[Refused] = []
        for item in items:
            result = results.get(item.id)
            if result is None:
                self._behind.add(item.entry.file)
            elif result.is_kept:
                kept.append(item.entry)
            else:
                refused.append(Refused(item.entry, item.data, result.reason or 'the server did not give a reason'))
        self.counters['sent'] += len(kept)
        self._remove(kept)
        self._refuse(refused)
        if not kept and not refused:
            return Trouble('the server answered without a result for any of %d profiles' % len(items))
        self.count = min(BATCH_COUNT, self.count * 2)
        self.bytes = min(BATCH_BYTES, self.bytes + self.bytes // 8)
        return None

    def _remove(self, entries: List[Entry]) -> None:
        """Removes dumps that the server has stored. If that fails, the next call tries again; none is sent twice."""
        self._settled += entries
        if self._settled:
            self.open().remove(self._settled)
            self._behind.difference_update(entry.file for entry in self._settled)
            self._settled = []

    def _drop(self, entry: Entry) -> None:
        """Drops a dump that is too large for the server."""
        self.counters['too_large'] += 1
        self._remove([entry])

    def _refuse(self, refused: List[Refused]) -> None:
        """Moves dumps that no server accepts to a folder of their own, with the reasons."""
        if not refused:
            return
        self.counters['refused'] += len(refused)
        self.reason = refused[-1].reason
        try:
            spool = Spool(os.path.join(self.path, REFUSED), REFUSED_LIMIT)
            spool.append(refused)
            spool.close()
        except OSError as error:
            self.passed_over.update(each.entry.file for each in refused)
            self.error = sentence_of(error)
            return
        self._remove([each.entry for each in refused])

    def make_smaller(self, items: List[Item]) -> None:
        """Reduces the next batch, so that a dump that makes requests fail does not hold up the others."""
        if len(items) > 1:
            self.count = len(items) // 2
        else:
            self._behind.add(items[0].entry.file)


def sentence_of(error: BaseException) -> str:
    """An error as one short line."""
    return ('%s: %s' % (type(error).__name__, error))[:wire.REASON_LIMIT]
