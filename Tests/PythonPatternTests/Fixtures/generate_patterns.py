# SPDX-License-Identifier: Apache-2.0
"""Writes what CPython's `re` says about random expressions and texts.

    python3.13 generate_patterns.py --rows 3000 --seed 1 > patterns.tsv

One row holds an expression, a verdict and a text, parted by tabs. The verdict is two digits
(re.search and re.fullmatch found something or not), or CPython's message if it refuses the expression,
behind `!` for a re.PatternError and `?` for another error. Whatever is not printable ASCII, and `%` itself, is written as `%` and two hexadecimal
digits for each byte of the UTF-8 (lone surrogates as three bytes).

Left out are rows for which CPython takes longer than half a second, and those where it contradicts
itself: where its `search` finds nothing and its `match` does (it looks for the first code point with
the flags of the whole expression, not those of the group), and where it notices itself that a capture
is wrong (a possessive quantifier of a group, mended in 3.13.1). How many is said on standard error.
"""

import argparse
import random
import re
import signal
import sys
import warnings

LETTERS = "aabbcABkKsSiI1_ -.{},:é\u00c9\u017f\u212a\u0131\u0130ßΣςσ٣²\u0345ι\n\t\x1c😀\ud800"
ESCAPES = [
    r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\.", r"\n", r"\t", r"\x61", r"\u00e9", r"\101",
    r"\0", r"\U0001F600", r"\-", r"\]", r"\\", r"\a", r"\v", r"\N{LATIN SMALL LETTER A}", r"\N{tab}",
    r"\x4", r"\q", r"\é", r"\ ", r"\400", r"\N{VS3}", r"\N{A\n}", r"\N{", r"\N",
]
ASSERTIONS = ["^", "$", r"\b", r"\B", r"\A", r"\Z"]
QUANTIFIERS = [
    "*", "+", "?", "*?", "+?", "??", "{2}", "{1,}", "{,2}", "{1,3}", "{0}", "{0,1}?", "*+", "++", "?+",
    "{1,2}+", "{2,}?", "{2,1}", "{,}", "{", "{}", "{a}", "{1", "**", "{2}{2}", "*+?", "{1,2}++", "{4294967295}",
]
FLAGS = ["i", "s", "m", "x", "a", "u", "im", "sx", "ai", "L", "au", "z", "i-", "-i"]
ODD = [
    r"\1", r"\2", "(?P=n)", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?<a)", "(?>a)", "(?(1)a|b)",
    "a*+", "a{2}+", r"\N{DIGIT ONE}", r"\z", r"\8", "(?#c)", "(?#", "(?", "(?P", "(?P<", "(?P>", "*",
    ")", "(", "[", "|", "(?P<n>a)", "(?P<n >a)", "[b-a]", r"[a-\d]", "# c\n", "\\", "(?(1)a|b|c)",
    "(?(0)a)", "(?(9)a)", "(?(n)a)", "(?(n", "(?()a)", "(?<", "(?<=a*)", "(?<!a|bc)", "(?<=(a))",
    r"(?<=(a)\1)", "(?!)", "(?=)", "(?<=)", "(?>)", "(?(\u00b2)a)",
]
SOUP = r"(((()))))[[]]{}|*+?.^$\\\-,:=!<>P#imsxauL01n ab" + "\n"


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
            parts.append(r.choice(ESCAPES[:21] if r.random() < 0.9 else ESCAPES))
        elif kind < 0.5:
            parts.append(r.choice(["]", "[", "^", "-", r"\b", "&&", "a-"]))
        else:
            parts.append(letter(r))
    return "".join(parts)


def group(r, depth):
    kind = r.random()
    if kind < r.order:
        return ordered_group(r, depth)
    if kind < r.order + (1 - r.order) * 0.5:
        r.groups += 1
        opening = f"(?P<n{r.groups}>" if r.random() < 0.15 else "("
    else:
        opening = r.choice(["(?:"] * 4 + ["(?i:", "(?-i:", "(?s-i:", "(?a:", "(?x:", "(?m:"])
    return f"{opening}{alternation(r, depth - 1)})"


def ordered_group(r, depth):
    """A group that depends on captures, on its surroundings or on the order of attempts."""
    kind = r.random()
    if kind < 0.3:
        return f"{r.choice(['(?=', '(?!'])}{alternation(r, depth - 1)})"
    if kind < 0.55:
        body = fixed(r) if r.random() < 0.9 else alternation(r, depth - 1)
        return f"{r.choice(['(?<=', '(?<!'])}{body})"
    if kind < 0.8:
        return f"(?>{alternation(r, depth - 1)})"
    no = f"|{sequence(r, depth - 1)}" if r.random() < 0.7 else ""
    return f"(?({reference(r)}){sequence(r, depth - 1)}{no})"


def fixed(r):
    """Mostly of one width, as a lookbehind must be."""
    width = r.randint(0, 3)
    branches = ["".join(r.choice([literal(r), ".", r"\w"]) for _ in range(width)) for _ in range(2)]
    return "|".join(branches[: r.randint(1, 2)]) + r.choice(["", "", "", r"\b", "$", "^", "(?=a)"])


def reference(r):
    # One more than there are, so that some come too early.
    return str(r.randint(1, max(1, r.groups + (r.random() < 0.1))))


def atom(r, depth):
    if depth and r.random() < r.order / 2:
        return group(r, depth)
    kind = r.random()
    if kind < 0.38:
        return literal(r)
    if kind < 0.47:
        return "."
    if kind < 0.57:
        return f"[{r.choice(['', '', '^'])}{members(r)}]"
    if kind < 0.64:
        return r.choice(ESCAPES[:21] if r.random() < 0.9 else ESCAPES)
    if kind < 0.71:
        return r.choice(ASSERTIONS)
    if kind < 0.72:
        return r.choice(ODD)
    if kind < 0.72 + 0.2 * r.order:
        name = f"(?P=n{reference(r)})" if r.random() < 0.1 else "\\" + reference(r)
        return name if r.groups else literal(r)
    return group(r, depth) if depth else literal(r)


def alternation(r, depth):
    return "|".join(sequence(r, depth) for _ in range(r.choice([1, 1, 1, 2, 3])))


def sequence(r, depth):
    parts = []
    for _ in range(r.choice([0, 1, 1, 2, 2, 3, 4])):
        part = atom(r, depth)
        # CPython finds nothing to repeat after an assertion, so few of them are repeated.
        if r.random() < (0.02 if part in ASSERTIONS else 0.35):
            part += r.choice(QUANTIFIERS[:12 + int(8 * r.order)])
            part = part if r.random() < 0.97 else part + r.choice(QUANTIFIERS)
        parts.append(part)
    return "".join(parts)


def pattern(r):
    if r.random() < 0.08:
        return "".join(r.choice(SOUP) for _ in range(r.randint(1, 12)))
    # Without order an expression is matched in linear time.
    r.order, r.groups = r.choice([0, 0.5, 0.9]), 0
    text = alternation(r, r.choice([1, 2, 3, 4] if r.order else [0, 1, 2, 3]))
    if r.random() < 0.3:
        text = f"(?{r.choice(FLAGS[:9] if r.random() < 0.95 else FLAGS)}){text}"
    if r.random() < 0.06:
        place = r.randint(0, len(text))
        text = text[:place] + r.choice(ODD) + text[place + r.randint(0, 2):]
    # A Swift string has no lone surrogates; a text of bytes may.
    return text.replace("\ud800", r"\ud800")


def text(r):
    return "".join(letter(r) for _ in range(r.choice([0, 1, 1, 2, 2, 3, 4, 5, 8])))


def verdict(source, subject):
    """What CPython says, or nothing where it contradicts itself."""
    try:
        compiled = re.compile(source)
    except re.PatternError as error:
        return f"!{error}"
    except (OverflowError, ValueError) as error:
        return f"?{error}"
    try:
        found = compiled.search(subject) is not None
        if not found and any(compiled.match(subject, start) for start in range(len(subject) + 1)):
            return None
        return f"{found:d}{compiled.fullmatch(subject) is not None:d}"
    except SystemError:
        return None


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
    rows = slow = contradictions = 0
    while rows < options.rows:
        r.alphabet = r.choice([LETTERS, "ab", "abc", "ab", "aAb \n"])
        source = pattern(r)
        for subject in [text(r) for _ in range(3)]:
            # Backtracking may take for ever.
            signal.setitimer(signal.ITIMER_REAL, 0.5)
            try:
                outcome = verdict(source, subject)
            except Timeout:
                slow += 1
                continue
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            if outcome is None:
                contradictions += 1
                continue
            print(quoted(source), quoted(outcome), quoted(subject), sep="\t")
            rows += 1
            if not outcome.isdigit():
                break
    print(f"left out: {slow} too slow, {contradictions} contradictions", file=sys.stderr)


main()
