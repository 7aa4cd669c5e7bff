# SPDX-License-Identifier: Apache-2.0
"""Writes what CPython knows of single characters.

    python3.13 generate_characters.py > characters.tsv

A row is a name and what it is for, parted by blanks; numbers are hexadecimal.

d, s, w          ranges of the code points that the category matches
case             code points that all match each other under `(?i)` and nothing else
same             beneath a case whose code points `(?i)(.)\\1` does not take for the same, those that
                 it does
names            how many code points have a name, and the 64-bit FNV-1a of `code name` and a newline
                 for each of them, in order
name             the code point that CPython finds for a name or an alias, or `-`, and the name
"""

import re
import sys
import unicodedata

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]
SOURCES = "../../../Sources/PythonPattern/Characters/"
NAMES = [
    "latin small letter a", "Greek Small Letter Final Sigma", "BELL", "HANGUL SYLLABLE GAG",
    "HANGUL SYLLABLE A", "HANGUL SYLLABLE HIH", "Hangul Syllable GAG", "HANGUL SYLLABLE GAGG",
    "CJK UNIFIED IDEOGRAPH-4E00", "CJK UNIFIED IDEOGRAPH-04E00", "CJK UNIFIED IDEOGRAPH-004E00",
    "CJK UNIFIED IDEOGRAPH-4e00", "CJK UNIFIED IDEOGRAPH-31350", "CJK UNIFIED IDEOGRAPH-F900",
    "CJK UNIFIED IDEOGRAPH-2EBF0", "CJK UNIFIED IDEOGRAPH-+4E0", "CJK UNIFIED IDEOGRAPH-323B0",
    "CJK COMPATIBILITY IDEOGRAPH-F900", "TANGUT IDEOGRAPH-17000", "TANGUT COMPONENT-001",
    "NUSHU CHARACTER-1B170", "KHITAN SMALL SCRIPT CHARACTER-18B00", "KEYCAP DIGIT ONE", "LATIN",
    "LATIN SMALL LETTER LAMBDA WITH STROKE", "LATIN CAPITAL LETTER LAMBDA WITH STROKE", "VS1", "VS16",
    "VS17", "vs256", "VS257", "VS0", "VS01", "VARIATION SELECTOR-256", " DIGIT ONE", "DIGIT  ONE",
    "DIGIT-ONE", "\u00c9", "K\u0130", "EM", "MONGOLIAN LETTER ALI GALI A",
]


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
            yield found


def same(group):
    parts, rest = [], list(group)
    while rest:
        equal = [c for c in rest if re.fullmatch(r"(?i)(.)\1", rest[0] + c)]
        rest = [c for c in rest if c not in equal]
        parts.append(equal)
    return parts if len(parts) > 1 else []


def names():
    count, value = 0, 0xCBF29CE484222325
    for code, character in enumerate(EVERY):
        name = unicodedata.name(character, None)
        if name is None:
            continue
        count += 1
        for byte in f"{code:X} {name}\n".encode():
            value = (value ^ byte) * 0x100000001B3 % 2**64
    return [str(count), f"{value:X}"]


def lookup(name):
    try:
        return f"{ord(unicodedata.lookup(name)):X}"
    except (KeyError, TypeError):
        return "-"


def aliases():
    with open(SOURCES + "CharacterNames.swift") as source:
        for names in re.findall(r"[0-9A-F]+=([^|\n]+)", source.read()):
            yield from names.split(";")


def main():
    rows = [(letter, ranges(re.compile("\\" + letter).match)) for letter in "dsw"]
    for group in cases():
        rows.append(("case", [f"{ord(other):X}" for other in group]))
        rows += [("same", [f"{ord(other):X}" for other in equal]) for equal in same(group)]
    rows.append(("names", names()))
    rows += [("name", [lookup(name), name]) for name in [*NAMES, *aliases()]]
    for name, values in rows:
        print(name, *values)


main()
