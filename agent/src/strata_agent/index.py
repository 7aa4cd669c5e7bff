# SPDX-License-Identifier: Apache-2.0
"""The lines of an `index.jsonl`: which dumps of its folder they name."""
from __future__ import annotations

import json
import os
import re
from typing import Dict, Iterable, Iterator, List, NamedTuple, Set

from .names import DRAIN_LOCK, GATE, INDEX, LOCK, TEMPORARY

__all__ = ['DRAIN_LOCK', 'INDEX', 'LOCK', 'TEMPORARY', 'Entry', 'entries', 'lines', 'without']

_NO_DUMPS = ('', '.', '..', TEMPORARY, DRAIN_LOCK, GATE)

_FILE = re.compile(rb'"file"\s*:\s*"([^"]*)"')


class Entry(NamedTuple):
    """A dump in the folder, as its line names it."""

    file: str
    fields: Dict[str, object]

    @property
    def size(self) -> int:
        """How many bytes its dump has as the line says; -1 where it does not."""
        size = self.fields.get('size')
        return size if isinstance(size, int) and not isinstance(size, bool) else -1


def lines(data: bytes) -> List[bytes]:
    """The lines of an index without their line feeds, also the last one that a killed writer left without it."""
    found = data.split(b'\n')
    if not found[-1]:
        found.pop()
    return found


def entries(found: Iterable[bytes]) -> Iterator[Entry]:
    """The dumps that lines name; what cannot be read is passed over."""
    for line in found:
        try:
            fields = json.loads(line.decode('utf-8'))
            file = fields.pop('file')
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            continue
        if isinstance(file, str) and _is_name(file):
            yield Entry(file, fields)


def without(found: Iterable[bytes], files: Set[str]) -> List[bytes]:
    """The lines that do not name any of some dumps."""
    names = {file.encode('utf-8', 'surrogatepass') for file in files}
    return [line for line in found if not _names_one_of(line, files, names)]


def _names_one_of(line: bytes, files: Set[str], names: Set[bytes]) -> bool:
    # Most lines need not be read: without escapes a name stands as it is.
    if b'\\' not in line and names.isdisjoint(_FILE.findall(line)):
        return False
    return any(entry.file in files for entry in entries([line]))


def _is_name(file: str) -> bool:
    """Whether it is a dump of this folder: an index must not make anybody reach for another file."""
    try:
        os.fsencode(file)
    except UnicodeEncodeError:
        return False
    return not (os.sep in file or '/' in file or '\0' in file or file.startswith(INDEX) or file in _NO_DUMPS)
