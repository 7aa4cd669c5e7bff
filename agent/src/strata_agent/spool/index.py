# SPDX-License-Identifier: Apache-2.0
"""The lines of an `index.jsonl`: the dumps of its folder, one to a line."""
from __future__ import annotations

import json
import os
import re
from typing import Dict, Iterable, Iterator, List, NamedTuple, Set

from .layout import DRAIN_LOCK, GATE, INDEX, TEMPORARY

_NO_DUMPS = ('', '.', '..', TEMPORARY, DRAIN_LOCK, GATE)

_FILE = re.compile(rb'"file"\s*:\s*"([^"]*)"')


class Entry(NamedTuple):
    """A dump in the folder, as its line describes it."""

    file: str
    fields: Dict[str, object]

    @property
    def size(self) -> int:
        """The size of the dump in bytes according to the line; -1 if the line does not say."""
        size = self.fields.get('size')
        return size if isinstance(size, int) and not isinstance(size, bool) else -1


def lines(data: bytes) -> List[bytes]:
    """The lines of an index without their line feeds, including a last line that a killed writer left unfinished."""
    found = data.split(b'\n')
    if not found[-1]:
        found.pop()
    return found


def entries(found: Iterable[bytes]) -> Iterator[Entry]:
    """The dumps that lines describe; skips lines that cannot be read."""
    for line in found:
        try:
            fields = json.loads(line.decode('utf-8'))
            file = fields.pop('file')
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            continue
        if isinstance(file, str) and _is_name(file):
            yield Entry(file, fields)


def without(found: Iterable[bytes], files: Set[str]) -> List[bytes]:
    """The lines that name none of the given dumps."""
    names = {file.encode('utf-8', 'surrogatepass') for file in files}
    return [line for line in found if not _names_one_of(line, files, names)]


def _names_one_of(line: bytes, files: Set[str], names: Set[bytes]) -> bool:
    # Saves parsing most lines: in a line without escapes a name appears literally.
    if b'\\' not in line and names.isdisjoint(_FILE.findall(line)):
        return False
    return any(entry.file in files for entry in entries([line]))


def _is_name(file: str) -> bool:
    """Whether a name is that of a dump in this folder: an index must not lead a reader to any other file."""
    try:
        os.fsencode(file)
    except UnicodeEncodeError:
        return False
    return not (os.sep in file or '/' in file or '\0' in file or file.startswith(INDEX) or file in _NO_DUMPS)
