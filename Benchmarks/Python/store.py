"""Strata's store and its peers answer the same questions in turn; prints tables, and leaves results as JSON.

    python3 store.py --benchmark StoreBenchmark --strata strata --peers PYTHON [--scale 1|2|3] [--corpus FORM|both]
                     [--rounds N] [--folder FOLDER] [--keep]

See scripts/bench-store. All engines must give the same sums, or nothing is timed. In a round every engine
answers a question once: A B C, A B C, …; ratios are taken round by round, so that a slow moment of the machine,
which meets all, cancels.
"""
import argparse
import json
import os
import platform
import shutil
import subprocess
import sys

import store_checks
import store_tables
from store_run import CAPTURES, Run, say


def base_dumps(folder):
    """The real dumps that corpora are made of, by this Python."""
    base = os.path.join(folder, 'base-' + platform.python_version())
    if not os.path.exists(base):
        say('profiling the bundled workloads')
        here = os.path.dirname(os.path.abspath(__file__))
        shutil.rmtree(base + '.new', ignore_errors=True)
        subprocess.run([sys.executable, '-m', 'workloads', base + '.new'], cwd=here, check=True)
        os.rename(base + '.new', base)
    return base


def measure(options, form, base):
    run = Run(options, form)
    try:
        return run.measure(base)
    finally:
        if not options.keep:
            shutil.rmtree(run.folder)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--benchmark', required=True, help='the built StoreBenchmark')
    parser.add_argument('--strata', required=True, help='the built command')
    parser.add_argument('--peers', required=True, help='a Python that has the peers')
    parser.add_argument('--scale', type=int, choices=sorted(CAPTURES), default=1,
                        help='1: 2,000 captures; 2: 20,000; 3: 1,000,000')
    parser.add_argument('--corpus', choices=['repeating', 'worst', 'both'], default='both')
    parser.add_argument('--rounds', type=int, help='3 at scale 1, else 5')
    parser.add_argument('--folder', default=os.path.join('.build', 'bench-store'), help='for corpora and stores')
    parser.add_argument('--keep', action='store_true', help='use the corpora that are there, and leave all files')
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.scale == 1 else 5)
    for name in ('benchmark', 'strata', 'folder'):
        setattr(options, name, os.path.abspath(getattr(options, name)))
    os.makedirs(options.folder, exist_ok=True)
    return options


def main():
    options = arguments()
    base = base_dumps(options.folder)
    forms = ['repeating', 'worst'] if options.corpus == 'both' else [options.corpus]
    try:
        results = [measure(options, form, base) for form in forms]
    except store_checks.Disagreement as disagreement:
        sys.exit(str(disagreement))
    with open(os.path.join(options.folder, 'results.json'), 'w') as file:
        json.dump(results, file, indent=1)
    print('Python %s, %d rounds; all sums agree; medians (smallest-largest)\n' % (platform.python_version(), options.rounds))
    print('\n'.join(map(store_tables.report, results)))


if __name__ == '__main__':
    main()
