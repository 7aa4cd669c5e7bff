"""Sums self times over slices of time, with CPython alone: what a script without Strata would do.

    python3 slices_with_cpython.py FOLDER SECONDS

Reads FOLDER/index.jsonl and the dumps beside it, and prints JSON as short as can be.
"""
import json
import marshal
import os
import sys
from decimal import Decimal

SELF_TIME = 2


def main():
    folder, width = sys.argv[1], Decimal(sys.argv[2])
    with open(os.path.join(folder, 'index.jsonl'), encoding='utf-8') as file:
        captures = [json.loads(line) for line in file]
    captures.sort(key=lambda capture: Decimal(capture['timestamp']))
    slices = {}
    for capture in captures:
        sums = slices.setdefault(Decimal(capture['timestamp']) // width * width, {})
        with open(os.path.join(folder, capture['file']), 'rb') as file:
            for function, figures in marshal.load(file).items():
                sums[function] = sums.get(function, 0) + figures[SELF_TIME]
    json.dump([[str(start), [[*function, value] for function, value in sums.items()]]
               for start, sums in slices.items()], sys.stdout)


if __name__ == '__main__':
    main()
