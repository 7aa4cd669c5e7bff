# SPDX-License-Identifier: Apache-2.0
"""How much a line of an index may hold: what is longer is cut, since readers refuse it.

`strata run` reads this file in programs whose own modules may have any name: it imports nothing.
"""
from __future__ import annotations

#: The most labels of a capture.
LABEL_LIMIT = 64
#: The most bytes of the key of a label, and of its value, in UTF-8.
KEY_LIMIT = 200
VALUE_LIMIT = 4096
#: The most bytes of all labels as written in a line of 64 KiB, which says other things too.
LABELS_LIMIT = 48 << 10

#: Marks where something was cut.
MARK = '…'


def cut(text: str, limit: int) -> str:
    """A text of at most `limit` bytes of UTF-8: a longer one ends with a mark, and no character is split.

    Lone surrogates, which have no UTF-8, become question marks.
    """
    # No character has more than four bytes, and none less than one.
    data = text[:limit + 1].encode('utf-8', 'replace')
    if len(data) <= limit:
        return data.decode('utf-8')
    return data[:limit - len(MARK.encode('utf-8'))].decode('utf-8', 'ignore') + MARK


def size(text: str) -> int:
    """How many bytes a text takes in a line at most: six for what is not printable ASCII, or twice that."""
    return sum(1 if ' ' <= character <= '~' and character not in '"\\' else 6 if character <= '\uffff' else 12
               for character in text)
