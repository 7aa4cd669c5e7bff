# SPDX-License-Identifier: Apache-2.0
"""Captures as the body of `POST /v1/profiles`, and its answer: the format of `docs/http-ingest.md`."""
from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Dict, List, Mapping, NamedTuple, Optional

from ..spool.index import Entry

CONTENT_TYPE = 'application/vnd.strata.profiles'
RESULTS = 'strata/ingest/1'
ERROR = 'strata/error/1'

#: The most bytes of a dump, and of the line before it, without the line feed.
DUMP_LIMIT = 32 << 20
LINE_LIMIT = 64 << 10
ID_LIMIT = 200
#: The bounds that every receiver accepts at least, by their names in answers.
LEAST = {'sentBytes': 8 << 20, 'batchBytes': 8 << 20, 'dumpBytes': 4 << 20}
#: The most characters of a reason that are stored.
REASON_LIMIT = 300


class Item(NamedTuple):
    """A dump as part of a batch."""

    entry: Entry
    #: Identifies the dump in the answer.
    id: str
    line: bytes
    data: bytes

    @property
    def size(self) -> int:
        """The number of bytes that it takes in the body."""
        return len(self.line) + len(self.data)


class Refusal(ValueError):
    """A capture that no receiver would accept; the message says why."""


def item(entry: Entry, data: bytes) -> Item:
    """Prepares a dump for a batch. Raises `Refusal`."""
    if len(data) > DUMP_LIMIT:
        raise Refusal('expected a dump of at most %d bytes, found %d' % (DUMP_LIMIT, len(data)))
    fields = dict(entry.fields)
    name = fields.get('id')
    if not isinstance(name, str) or not name:
        fields.pop('id', None)
        name = fields.get('profileID')
        if not isinstance(name, str):
            name = fields['profileID'] = profile_id(fields, data)
    if len(name.encode('utf-8', 'surrogatepass')) > ID_LIMIT:
        raise Refusal('id: expected at most %d bytes' % ID_LIMIT)
    fields['size'] = len(data)
    text = line(fields)
    if len(text) > LINE_LIMIT + 1:
        raise Refusal('expected a line of at most %d bytes, found %d' % (LINE_LIMIT, len(text) - 1))
    return Item(entry, name, text, data)


def line(fields: Mapping[str, object]) -> bytes:
    """Fields as a line of JSON."""
    return json.dumps(fields, separators=(',', ':')).encode() + b'\n'


def body(items: List[Item]) -> bytes:
    """A batch: for each dump its line and its bytes, with nothing in between."""
    parts: List[bytes] = []
    for each in items:
        parts += (each.line, each.data)
    return b''.join(parts)


def profile_id(fields: Mapping[str, object], data: bytes) -> str:
    """The identity that `strata import` assigns to a dump without one, so that it is stored once by either route.

    Raises `Refusal` if an index may not contain such a start or such labels.
    """
    labels = fields.get('labels')
    if labels is None:
        labels = {}
    if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
        raise Refusal('labels: expected an object of strings')
    try:
        preimage = b'strata-id-1\0%d\0' % start(fields)
        pairs = sorted((key.encode(), value.encode()) for key, value in labels.items())
    except UnicodeEncodeError as error:
        raise Refusal('labels: %s' % error.reason) from None
    for pair in pairs:
        for text in pair:
            preimage += b'%d:%s' % (len(text), text)
    return hashlib.blake2b(preimage + b'\0' + data, digest_size=16).hexdigest()


def start(fields: Mapping[str, object]) -> int:
    """The start of a capture in nanoseconds. Raises `Refusal`."""
    timestamp = fields.get('timestamp')
    try:
        if isinstance(timestamp, (str, int, float)) and not isinstance(timestamp, bool):
            seconds = Decimal(str(timestamp))
            if abs(seconds) < 1 << 34:  # 63 bits of nanoseconds hold slightly more than half of that.
                return int(seconds.scaleb(9))
    except (ArithmeticError, ValueError):
        pass
    raise Refusal('timestamp: expected seconds since the epoch')


class Result(NamedTuple):
    """What an answer says about one dump."""

    status: str
    reason: Optional[str]

    @property
    def is_kept(self) -> bool:
        """Whether the receiver has stored it durably."""
        return self.status in ('stored', 'known')


def results(answer: bytes) -> Optional[Dict[str, Result]]:
    """The results in an answer, by id; None for any other answer. Invalid results are skipped."""
    value = _object(answer)
    if value is None or value.get('schema') != RESULTS or not isinstance(value.get('results'), list):
        return None
    found: Dict[str, Result] = {}
    for each in value['results']:  # type: ignore[attr-defined]
        if not isinstance(each, dict):
            continue
        name, status = each.get('id'), each.get('status')
        if isinstance(name, str) and status in ('stored', 'known', 'refused'):
            found[name] = Result(status, text(each.get('reason')))
    return found


class Fault(NamedTuple):
    """What a Strata receiver says about a request as a whole."""

    sentence: str
    #: The bounds that the request exceeded, by name.
    limits: Dict[str, int]

    def is_too_large(self, item: Item) -> bool:
        """Whether a dump that was sent alone exceeds the bound and also the size that every receiver accepts."""
        size = {'sentBytes': item.size, 'batchBytes': item.size, 'dumpBytes': len(item.data)}
        return len(item.data) > LEAST['dumpBytes'] and any(
            LEAST[name] <= limit < size[name] for name, limit in self.limits.items())


def fault(answer: bytes) -> Optional[Fault]:
    """What an answer without results says; None if it is not from a Strata receiver but, for example, from a proxy."""
    value = _object(answer)
    if value is None or value.get('schema') != ERROR:
        return None
    sentence, given = text(value.get('error')), value.get('limit')
    if sentence is None:
        return None
    limits = given if isinstance(given, dict) else {}
    return Fault(sentence, {name: limit for name, limit in limits.items()
                            if name in LEAST and isinstance(limit, int) and not isinstance(limit, bool)})


def text(value: object) -> Optional[str]:
    """A reason as one short, printable line."""
    if not isinstance(value, str) or not value:
        return None
    return ''.join(character if character.isprintable() else ' ' for character in value[:REASON_LIMIT])


def _object(answer: bytes) -> Optional[Dict[str, object]]:
    try:
        value = json.loads(answer.decode('utf-8'), parse_int=_whole)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _whole(digits: str) -> int:
    # Parsing very long numbers is slow, and no answer needs them.
    return int(digits) if len(digits) < 20 else -1
