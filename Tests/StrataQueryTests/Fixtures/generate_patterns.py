# SPDX-License-Identifier: Apache-2.0
"""Writes what CPython's `re` says about random expressions and texts.

    python3.13 generate_patterns.py --rows 3000 --seed 1 > patterns.tsv

One row holds an expression, a verdict and a text, parted by tabs. The verdict is two digits
(re.search and re.fullmatch found something or not), `!` and CPython's message if it refuses the
expression, or `unsupported` if CPython takes it but no engine in linear time can. Whatever is not
printable ASCII, and `%` itself, is written as `%` and two hexadecimal digits for each byte of the
UTF-8 (lone surrogates as three bytes).
"""

import argparse
import random
import re
import re._parser as parser
import signal
import sys
import warnings

LETTERS = "aabbcABkKsSiI1_ -.{},:é\u00c9\u017f\u212a\u0131\u0130ßΣςσ٣²\u0345ι\n\t\x1c😀\ud800"
ESCAPES = [
    r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\.", r"\n", r"\t", r"\x61", r"\u00e9", r"\101",
    r"\0", r"\U0001F600", r"\-", r"\]", r"\\", r"\a", r"\v", r"\x4", r"\q", r"\é", r"\ ", r"\400",
]
ASSERTIONS = ["^", "$", r"\b", r"\B", r"\A", r"\Z"]
QUANTIFIERS = [
    "*", "+", "?", "*?", "+?", "??", "{2}", "{1,}", "{,2}", "{1,3}", "{0}", "{0,1}?", "{2,1}", "{,}",
    "{", "{}", "{a}", "{1", "**", "{2}{2}",
]
FLAGS = ["i", "s", "m", "x", "a", "u", "im", "sx", "ai", "L", "au", "z", "i-", "-i"]
ODD = [
    r"\1", r"\2", "(?P=n)", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?<a)", "(?>a)", "(?(1)a|b)",
    "a*+", "a{2}+", r"\N{DIGIT ONE}", r"\z", r"\8", "(?#c)", "(?#", "(?", "(?P", "(?P<", "(?P>", "*",
    ")", "(", "[", "|", "(?P<n>a)", "(?P<n >a)", "[b-a]", r"[a-\d]", "# c\n", "\\",
]
SOUP = r"(((()))))[[]]{}|*+?.^$\\\-,:=!<>P#imsxauL01n ab" + "\n"
# By name, for constants of different kinds are equal numbers.
UNSUPPORTED = {
    "ASSERT", "ASSERT_NOT", "FAILURE", "GROUPREF", "GROUPREF_EXISTS", "ATOMIC_GROUP",
    "POSSESSIVE_REPEAT",
}


class Timeout(Exception):
    pass


def letter(r):
    return r.choice(r.alphabet)


def literal(r):
    character = letter(r)
    return "\\" + character if character in ".{}" and r.random() < 0.5 else character


def members(r):
    parts = []
    for _ in range(r.randint(1, 3)):
        kind = r.random()
        if kind < 0.25:
            low, high = sorted([letter(r), letter(r)])
            parts.append(f"{low}-{high}")
        elif kind < 0.45:
            parts.append(r.choice(ESCAPES))
        elif kind < 0.5:
            parts.append(r.choice(["]", "[", "^", "-", r"\b", "&&", "a-"]))
        else:
            parts.append(letter(r))
    return "".join(parts)


def atom(r, depth):
    kind = r.random()
    if kind < 0.4:
        return literal(r)
    if kind < 0.5:
        return "."
    if kind < 0.62:
        return f"[{r.choice(['', '', '^'])}{members(r)}]"
    if kind < 0.7:
        return r.choice(ESCAPES[:15] if r.random() < 0.9 else ESCAPES)
    if kind < 0.8:
        return r.choice(ASSERTIONS)
    if kind < 0.81:
        return r.choice(ODD)
    if depth == 0:
        return literal(r)
    opening = r.choice(["(", "(?:", "(?:", "(?P<n>", "(?i:", "(?-i:", "(?s-i:", "(?a:", "(?x:", "(?m:"])
    return f"{opening}{alternation(r, depth - 1)})"


def alternation(r, depth):
    return "|".join(sequence(r, depth) for _ in range(r.choice([1, 1, 1, 2, 3])))


def sequence(r, depth):
    parts = []
    for _ in range(r.choice([0, 1, 1, 2, 2, 3, 4])):
        part = atom(r, depth)
        # CPython finds nothing to repeat after an assertion, so few of them are repeated.
        if r.random() < (0.02 if part in ASSERTIONS else 0.35):
            part += r.choice(QUANTIFIERS[:12] if r.random() < 0.95 else QUANTIFIERS)
        parts.append(part)
    return "".join(parts)


def pattern(r):
    if r.random() < 0.1:
        return "".join(r.choice(SOUP) for _ in range(r.randint(1, 12)))
    text = alternation(r, r.choice([0, 1, 2, 3]))
    if r.random() < 0.35:
        text = f"(?{r.choice(FLAGS[:9] if r.random() < 0.95 else FLAGS)}){text}"
    if r.random() < 0.08:
        place = r.randint(0, len(text))
        text = text[:place] + r.choice(ODD) + text[place + r.randint(0, 2):]
    # A Swift string has no lone surrogates; a text of bytes may.
    return text.replace("\ud800", r"\ud800")


def text(r):
    return "".join(letter(r) for _ in range(r.choice([0, 1, 1, 2, 2, 3, 4, 5, 8])))


def operations(node):
    if isinstance(node, parser.SubPattern):
        node = node.data
    if isinstance(node, (list, tuple)):
        for part in node:
            yield from operations(part)
    else:
        yield node


def is_unsupported(source):
    names = (getattr(o, "name", None) for o in operations(parser.parse(source)))
    has_name = re.search(r"(?<!\\)(?:\\\\)*\\N\{", re.sub(r"\(\?#[^)]*\)", "", source))
    return has_name is not None or not UNSUPPORTED.isdisjoint(names)


def verdict(source, subject):
    try:
        compiled = re.compile(source)
    except (re.PatternError, OverflowError, ValueError) as error:
        return f"!{error}"
    if is_unsupported(source):
        return "unsupported"
    return f"{compiled.search(subject) is not None:d}{compiled.fullmatch(subject) is not None:d}"


def quoted(value):
    data = value.encode("utf-8", "surrogatepass")
    return "".join(chr(b) if 32 <= b < 127 and b != 37 else f"%{b:02X}" for b in data)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rows", type=int, default=3000)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    r = random.Random(options.seed)
    warnings.simplefilter("ignore")

    def stop(*_):
        raise Timeout

    signal.signal(signal.SIGALRM, stop)
    rows = 0
    while rows < options.rows:
        r.alphabet = r.choice([LETTERS, LETTERS, "ab", "aAb \n"])
        source = pattern(r)
        for subject in [text(r) for _ in range(2)]:
            # Backtracking may take for ever: such a row is left out.
            signal.setitimer(signal.ITIMER_REAL, 0.5)
            try:
                outcome = verdict(source, subject)
            except Timeout:
                continue
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            print(quoted(source), quoted(outcome), quoted(subject), sep="\t")
            rows += 1
            if not outcome.isdigit():
                break


main()
