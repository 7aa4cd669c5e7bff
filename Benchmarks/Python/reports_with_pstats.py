"""Prints a report as pstats does.

    python3 reports_with_pstats.py KEY LIMIT DUMP...        LIMIT is a number, or - for none
"""
import pstats
import sys


def main():
    key, limit, first, *others = sys.argv[1:]
    stats = pstats.Stats(first)
    for path in others:
        stats.add(path)
    stats.sort_stats(key).print_stats(*([] if limit == '-' else [int(limit)]))


if __name__ == '__main__':
    main()
