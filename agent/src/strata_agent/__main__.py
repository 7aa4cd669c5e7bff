# SPDX-License-Identifier: Apache-2.0
"""`python -m strata_agent run app.py`: a program with no change to its code, one dump for each slice, into a folder."""
from __future__ import annotations

import argparse
import json
import os
import sys
from typing import List, Optional

from .labels import TEXT_LIMIT

_DURATIONS = {'s': 1, 'm': 60, 'h': 3600}


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs the command line; returns its exit code where the program is not run in this process's place."""
    options = _parser().parse_args(arguments)
    environment = dict(os.environ, STRATA_RUN_SPOOL=os.path.abspath(options.into), STRATA_RUN_EVERY=repr(options.every),
                       STRATA_RUN_LABELS=json.dumps(dict(options.labels)))
    inject = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'inject')
    paths = [inject] + [path for path in os.environ.get('PYTHONPATH', '').split(os.pathsep) if path]
    environment['PYTHONPATH'] = os.pathsep.join(paths)
    command = [sys.executable] + options.program
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, command, environment)
    return 70


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='python -m strata_agent', formatter_class=argparse.RawDescriptionHelpFormatter,
        description='Profiles Python programs for Strata.')
    commands = parser.add_subparsers(dest='command', required=True)
    run = commands.add_parser(
        'run', help='run a program under cProfile, one dump for each slice of time',
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description='Runs a Python program, and those that it starts, under cProfile: one dump for each slice of '
                    'time,\nin a folder that `strata import` reads.',
        epilog='examples:\n  python -m strata_agent run app.py --port 8000\n'
               '  python -m strata_agent run --every 1s --into profiles --label service=shop -m package.module\n')
    run.add_argument('--every', type=_duration, default=10.0, metavar='DURATION', help='the width of a slice: 10s, 1m')
    run.add_argument('--into', default='profiles', metavar='FOLDER', help='where the dumps go (profiles)')
    run.add_argument('--label', dest='labels', type=_label, action='append', default=[], metavar='KEY=VALUE',
                     help='a label for every dump; may be repeated')
    run.add_argument('program', nargs=argparse.REMAINDER, metavar='app.py ...',
                     help='what python is to run: a file, or -m and a module, and its arguments')
    return _Parsing(parser, run)  # type: ignore[return-value]


class _Parsing:
    """Refuses a run without a program, which REMAINDER lets pass."""

    def __init__(self, parser: argparse.ArgumentParser, run: argparse.ArgumentParser) -> None:
        self._parser, self._run = parser, run

    def parse_args(self, arguments: Optional[List[str]]) -> argparse.Namespace:
        options = self._parser.parse_args(arguments)
        if options.program[:1] == ['--']:
            del options.program[0]
        if not options.program:
            self._run.error('expected the program to run, such as app.py')
        return options


def _duration(text: str) -> float:
    unit = _DURATIONS.get(text[-1:], None)
    try:
        seconds = float(text[:-1] if unit else text) * (unit or 1)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e9:
        raise argparse.ArgumentTypeError('expected a duration such as 10s or 1m, found %r' % text)
    return seconds


def _label(text: str) -> List[str]:
    key, separator, value = text.partition('=')
    if not key or not separator or len(text) > 2 * TEXT_LIMIT:
        raise argparse.ArgumentTypeError('expected KEY=VALUE, found %r' % text)
    return [key, value]


if __name__ == '__main__':
    sys.exit(main())
