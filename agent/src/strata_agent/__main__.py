# SPDX-License-Identifier: Apache-2.0
"""`python -m strata_agent run app.py`: profiles an unchanged program into a folder, one dump for each slice of time."""
from __future__ import annotations

import argparse
import json
import os
import sys
from typing import List, Optional, Tuple

from .programs import folder
from .spool.layout import KEY_LIMIT, VALUE_LIMIT

_DURATIONS = {'s': 1, 'm': 60, 'h': 3600}

#: The options of `run` that take a value.
_WITH_VALUE = ('--every', '--into', '--label')


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs the command line: the program replaces this process."""
    own, program = _split(sys.argv[1:] if arguments is None else arguments)
    parser, run = _parsers()
    options = parser.parse_args(own)
    if not program:
        run.error('expected the program to run, such as app.py')
    into = os.path.abspath(options.into)
    try:
        folder.make(into)
    except OSError as error:
        run.error('--into: %s' % error)
    environment = dict(os.environ, STRATA_RUN_SPOOL=into, STRATA_RUN_EVERY=repr(options.every),
                       STRATA_RUN_LABELS=json.dumps(dict(options.labels)))
    inject = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'inject')
    paths = [inject] + [path for path in os.environ.get('PYTHONPATH', '').split(os.pathsep) if path]
    environment['PYTHONPATH'] = os.pathsep.join(paths)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, [sys.executable] + program, environment)
    return 70


def _split(arguments: List[str]) -> Tuple[List[str], List[str]]:
    """The arguments of this command, and those for Python, which start at the first that is not an option of ours."""
    place = 1
    while place < len(arguments) and arguments[0] == 'run':
        argument = arguments[place]
        if argument == '--':
            return arguments[:place], arguments[place + 1:]
        if argument in _WITH_VALUE:
            place += 2
        elif argument.startswith(tuple(name + '=' for name in _WITH_VALUE)) or argument in ('-h', '--help'):
            place += 1
        else:
            break
    return arguments[:place], arguments[place:]


def _parsers() -> Tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """The parser of the command line, and its sub-parser for `run`."""
    parser = argparse.ArgumentParser(prog='python -m strata_agent', description='Profiles Python programs for Strata.')
    commands = parser.add_subparsers(dest='command', required=True)
    run = commands.add_parser(
        'run', help='run a program under cProfile, with one dump for each slice of time',
        usage='%(prog)s [--every DURATION] [--into FOLDER] [--label KEY=VALUE] app.py ...',
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description='Runs a Python program, and the Python programs that it starts, under cProfile. Writes one dump\n'
                    'for each slice of time to a folder that `strata import` reads.',
        epilog='examples:\n  python -m strata_agent run app.py --port 8000\n'
               '  python -m strata_agent run --every 1s --into profiles --label service=shop -m package.module\n')
    run.add_argument('--every', type=_duration, default=10.0, metavar='DURATION',
                     help='the width of a slice, such as 1s or 1m (default: 10s)')
    run.add_argument('--into', default='profiles', metavar='FOLDER',
                     help='the folder for the dumps (default: profiles)')
    run.add_argument('--label', dest='labels', type=_label, action='append', default=[], metavar='KEY=VALUE',
                     help='a label for every dump; may be repeated')
    return parser, run


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
    if not key or not separator:
        raise argparse.ArgumentTypeError('expected KEY=VALUE, found %r' % text)
    for name, part, limit in (('key', key, KEY_LIMIT), ('value', value, VALUE_LIMIT)):
        if len(os.fsencode(part)) > limit:
            raise argparse.ArgumentTypeError('expected a %s of at most %d bytes, found %d'
                                             % (name, limit, len(os.fsencode(part))))
    return [key, value]


if __name__ == '__main__':
    sys.exit(main())
