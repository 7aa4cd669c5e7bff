# SPDX-License-Identifier: Apache-2.0
"""Writes which code points CPython's categories hold, and which match each other by case.

    python3.13 generate_characters.py > characters.tsv

A row is a name and hexadecimal numbers: for `known`, `d`, `s` and `w` ranges of the code points
that CPython's Unicode knows or that the category matches; for `case` code points that all match each
other under `(?i)` and nothing else.
"""

import re
import sys
import unicodedata

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]


def ranges(matches):
    codes = [ord(character) for character in EVERY if matches(character)]
    starts = [c for c, before in zip(codes, [-2] + codes) if c != before + 1]
    ends = [c for c, after in zip(codes, codes[1:] + [-2]) if c + 1 != after]
    return [f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in zip(starts, ends)]


def cases():
    text = "".join(EVERY)
    seen = set()
    for character in EVERY:
        if character in seen or character.swapcase() == character:
            continue
        found = re.findall(f"(?i){re.escape(character)}", text)
        seen.update(found)
        if len(found) > 1:
            yield [f"{ord(other):X}" for other in found]


def main():
    rows = [("known", ranges(lambda c: unicodedata.category(c) != "Cn"))]
    for letter in "dsw":
        rows.append((letter, ranges(re.compile("\\" + letter).match)))
    rows += [("case", group) for group in cases()]
    for name, values in rows:
        print(name, *values)


main()
