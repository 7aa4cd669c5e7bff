# SPDX-License-Identifier: Apache-2.0
"""What all writers and readers of a spool folder agree on: the names of its files, and the bounds of a line.

Readers refuse a line that exceeds the bounds, so writers cut what is too long.

`strata run` loads this module into programs whose own modules may have any name, so it imports nothing.
"""
from __future__ import annotations

INDEX = 'index.jsonl'
LOCK = INDEX + '.lock'
#: The name of a new index until it replaces the old one.
TEMPORARY = 'new.tmp'
#: Exists as long as the folder of a recorded program accepts slices.
GATE = 'run.lock'
#: Locked by the process that sends the contents of the folder.
DRAIN_LOCK = 'drain.lock'

#: The most labels of a capture.
LABEL_LIMIT = 64
#: The most bytes of a label's key, and of its value, in UTF-8.
KEY_LIMIT = 200
VALUE_LIMIT = 4096
#: The most bytes of all labels as written in a line. A line has at most 64 KiB and other fields besides.
LABELS_LIMIT = 48 << 10

#: Marks where something was cut.
MARK = '…'


def cut(text: str, limit: int) -> str:
    """The text in at most `limit` bytes of UTF-8: if it is longer it ends with a mark, and no character is split.

    Lone surrogates, which UTF-8 cannot encode, become question marks.
    """
    # A character has one to four bytes, so encoding this many characters is enough.
    data = text[:limit + 1].encode('utf-8', 'replace')
    if len(data) <= limit:
        return data.decode('utf-8')
    return data[:limit - len(MARK.encode('utf-8'))].decode('utf-8', 'ignore') + MARK


def size(text: str) -> int:
    """The most bytes that a text takes in a line: six for a character that is not printable ASCII, or twice that."""
    return sum(1 if ' ' <= character <= '~' and character not in '"\\' else 6 if character <= '\uffff' else 12
               for character in text)
