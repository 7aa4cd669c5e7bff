# SPDX-License-Identifier: Apache-2.0
"""The dumps that wait in a folder for a server: which of them a request takes, and what its answer makes of them."""
from __future__ import annotations

import errno
import os
from typing import Dict, List, NamedTuple, Optional, Set

from . import ingest
from .connection import Answer
from .ingest import Item
from .index import Entry
from .spool import DEFAULT_LIMIT, Spool

#: The folder in the spool for what the server refused, and how many bytes it may take.
REFUSED = 'refused'
REFUSED_LIMIT = 16 << 20

#: The most dumps and bytes of a batch; a dump that is larger goes alone.
BATCH_COUNT = 64
BATCH_BYTES = 4_000_000

#: What makes a dump one that cannot be sent, and not one that cannot be sent now.
_UNREADABLE = (errno.EACCES, errno.EPERM, errno.EINVAL, errno.EISDIR, errno.ELOOP, errno.ENXIO)

#: What somebody has to mend: the token, the URL or the server.
_HINTS = {401: ' (is the token right?)', 403: ' (may the token write?)', 404: ' (is the URL right?)',
          413: ' (does a proxy take less than the server?)'}


class Aside(NamedTuple):
    """A refused dump, as a spool takes it."""

    entry: Entry
    data: bytes
    reason: str

    @property
    def start(self) -> int:
        """The start of the capture in nanoseconds, which names the file."""
        try:
            return ingest.start(self.entry.fields)
        except ingest.Refusal:
            return 0

    def line(self, file: str) -> bytes:
        """A line of `index.jsonl`."""
        fields: Dict[str, object] = {'file': file}
        fields.update(self.entry.fields)
        fields['refused'] = self.reason
        return ingest.line(fields)


class Trouble(NamedTuple):
    """Why a request came to nothing, and when to try again."""

    sentence: str
    #: After how many seconds, where the server says so.
    retry_after: Optional[float] = None
    #: Whether somebody has to mend something first.
    is_slow: bool = False


#: A request failed, and a smaller one is tried at once.
SMALLER = Trouble('smaller')


class Outbox:
    """The dumps of a spool folder. Only one process at a time may take any out."""

    def __init__(self, path: str, limit: int = DEFAULT_LIMIT) -> None:
        self.path = path
        self._limit = limit
        self._spool: Optional[Spool] = None
        self.begin()

    def begin(self) -> None:
        """Starts anew, as in a child process: what is open is the parent's."""
        self.close()
        self._spool = None
        self.counters: Dict[str, int] = {'sent': 0, 'refused': 0, 'too_large': 0, 'missing': 0}
        #: Why the last dump was refused, and why one could not be set aside.
        self.reason: Optional[str] = None
        self.error: Optional[str] = None
        #: How much the server takes at once, as far as is known.
        self.count = BATCH_COUNT
        self.bytes = BATCH_BYTES
        #: The files that a server failed at when they came alone, or passed over: sent when nothing else is left.
        self._behind: Set[str] = set()
        #: The files that cannot be read, or are refused and could not be set aside.
        self.passed_over: Set[str] = set()
        #: What the server has and the folder still holds.
        self._settled: List[Entry] = []
        #: Lines whose dumps somebody took away.
        self._missing: List[Entry] = []

    def open(self) -> Spool:
        """The folder, opened when it is first needed."""
        if self._spool is None:
            self._spool = Spool(self.path, self._limit)
        return self._spool

    def close(self) -> None:
        """Closes what is open; another call opens it again."""
        if self._spool is not None:
            self._spool.close()

    # What a request takes

    def batch(self) -> List[Item]:
        """The next batch; what cannot be sent is not in it."""
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
        """A dump as it is sent, or None if it cannot be: then it will not be looked at again."""
        try:
            if spool.size(entry) > ingest.DUMP_LIMIT:
                self._drop(entry)
                return None
            data = spool.read(entry)
            try:
                return ingest.item(entry, data)
            except ingest.Refusal as refusal:
                self._refuse([Aside(entry, data, str(refusal))])
        except FileNotFoundError:
            self._missing.append(entry)
        except OSError as error:
            if error.errno not in _UNREADABLE:
                raise
            self._pass_over(entry, error)
        except Exception as error:  # One line must not hold up the others.
            self._pass_over(entry, error)
        return None

    def _pass_over(self, entry: Entry, error: Exception) -> None:
        self.passed_over.add(entry.file)
        self.reason = sentence_of(error)

    # What an answer means

    def take(self, answer: Answer, items: List[Item]) -> Optional[Trouble]:
        """Does what an answer asks for; returns what keeps it from going on, or `SMALLER`."""
        status = answer.status
        if status == 200:
            return self._settle(answer, items)
        fault = ingest.fault(answer.body)
        sentence = 'the server answered %d%s' % (status, ': ' + fault.sentence if fault else '')
        if len(items) > 1 and (status == 413 or status == 400 and fault):
            self.count = len(items) // 2
            if status == 413:
                self.bytes = sum(item.size for item in items) // 2
            return SMALLER
        # Only the word of a Strata receiver makes a sender give up anything: a proxy says what it likes.
        if status == 400 and fault:
            self._refuse([Aside(items[0].entry, items[0].data, fault.sentence)])
            return None
        if status == 413:
            if fault and fault.is_too_large(items[0]):
                self.reason = sentence
                self._drop(items[0].entry)
                return None
            # Its size is not the reason, or somebody has to fix it: the others must not wait for it.
            self.count, self.bytes = BATCH_COUNT, BATCH_BYTES
            self.make_smaller(items)
        if status == 429 or status >= 500:
            if status != 429 and answer.retry_after is None:
                self.make_smaller(items)
            return Trouble(sentence, answer.retry_after)
        hint = '' if fault else _HINTS.get(status, '')
        return Trouble(sentence + hint, answer.retry_after, is_slow=True)

    def _settle(self, answer: Answer, items: List[Item]) -> Optional[Trouble]:
        results = ingest.results(answer.body)
        if results is None:
            return Trouble('expected an answer %s, found %r' % (ingest.RESULTS, answer.body[:80]))
        kept: List[Entry] = []
        refused: List[Aside] = []
        for item in items:
            result = results.get(item.id)
            if result is None:
                self._behind.add(item.entry.file)
            elif result.is_kept:
                kept.append(item.entry)
            else:
                refused.append(Aside(item.entry, item.data, result.reason or 'the server gave no reason'))
        self.counters['sent'] += len(kept)
        self._remove(kept)
        self._refuse(refused)
        if not kept and not refused:
            return Trouble('the server answered without a result for any of %d profiles' % len(items))
        self.count = min(BATCH_COUNT, self.count * 2)
        self.bytes = min(BATCH_BYTES, self.bytes + self.bytes // 8)
        return None

    def _remove(self, entries: List[Entry]) -> None:
        """Takes out what was answered for. Where that fails it is not sent again, but removed the next time."""
        self._settled += entries
        if self._settled:
            self.open().remove(self._settled)
            self._behind.difference_update(entry.file for entry in self._settled)
            self._settled = []

    def _drop(self, entry: Entry) -> None:
        """Drops a dump that the server has no room for."""
        self.counters['too_large'] += 1
        self._remove([entry])

    def _refuse(self, refused: List[Aside]) -> None:
        """Sets dumps aside that no server takes, with the reasons."""
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
        """After a failure that one of the dumps may have caused, so that the others are not held up by it."""
        if len(items) > 1:
            self.count = len(items) // 2
        else:
            self._behind.add(items[0].entry.file)


def sentence_of(error: BaseException) -> str:
    """An error as one short line."""
    return ('%s: %s' % (type(error).__name__, error))[:ingest.REASON_LIMIT]
