# SPDX-License-Identifier: Apache-2.0
"""The structure of the package: no circles between modules, imports go down only, and public names stay."""
from __future__ import annotations

import ast
import inspect
import os
import re
import subprocess
import sys
import unittest
from typing import Dict, Iterator, List, Set

import strata_agent
from strata_agent import asgi, wsgi

SOURCE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'src')
PACKAGE = os.path.join(SOURCE, 'strata_agent')

#: The rooms of the package from the lowest to the highest: sub-packages, and modules beside them. A room may import
#: from lower rooms. Rooms on one level do not know each other.
LEVELS = (('spool',), ('capture',), ('sending', 'programs'), ('agent',), ('api',), ('frameworks',),
          ('__init__', '__main__', 'asgi', 'inject', 'wsgi'))
LEVEL = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}


def modules() -> Dict[str, str]:
    """The modules of the package by name, such as `capture.scopes`, with their files."""
    found = {}
    for folder, _, files in os.walk(PACKAGE):
        for file in files:
            if file.endswith('.py'):
                path = os.path.join(folder, file)
                found[os.path.relpath(path, PACKAGE)[:-3].replace(os.sep, '.')] = path
    return found


def imports(name: str, path: str, known: Set[str]) -> Iterator[str]:
    """The modules that a module imports anywhere in it: in functions and under TYPE_CHECKING too."""
    with open(path, encoding='utf-8') as file:
        tree = ast.parse(file.read())
    package = name.split('.')[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) - node.level + 1] if node.level else []
            source = '.'.join((['strata_agent'] + base if node.level else []) + ([node.module] if node.module else []))
            names = ['%s.%s' % (source, alias.name) for alias in node.names]
        else:
            continue
        for full in names:
            # The agent is called so while it is loaded into a program.
            parts = re.sub(r'^_strata_run\b', 'strata_agent', full).split('.')
            if parts[0] != 'strata_agent':
                continue
            # The name of a module, or of something in it, or of a package.
            for length in range(len(parts), 0, -1):
                for candidate in ('.'.join(parts[1:length]), '.'.join(parts[1:length] + ['__init__'])):
                    if candidate in known:
                        yield candidate
                        break
                else:
                    continue
                break


def graph() -> Dict[str, Set[str]]:
    """What each module imports."""
    known = modules()
    return {name: set(imports(name, path, set(known))) for name, path in known.items()}


def circles(arrows: Dict[str, Set[str]]) -> List[List[str]]:
    """Circles in a graph, one for each arrow that closes one."""
    found: List[List[str]] = []
    done: Set[str] = set()

    def visit(name: str, path: List[str]) -> None:
        if name in path:
            found.append(path[path.index(name):] + [name])
        elif name not in done:
            for target in sorted(arrows.get(name, ())):
                visit(target, path + [name])
            done.add(name)

    for name in sorted(arrows):
        visit(name, [])
    return found


class Structure(unittest.TestCase):
    def test_no_modules_import_each_other_in_a_circle(self) -> None:
        self.assertEqual(circles(graph()), [])

    def test_imports_go_down(self) -> None:
        wrong = []
        for name, targets in graph().items():
            room = name.split('.')[0]
            self.assertIn(room, LEVEL, 'a new room needs a level')
            for target in targets:
                other = target.split('.')[0]
                if other != room and LEVEL[other] >= LEVEL[room]:
                    wrong.append('%s imports %s' % (name, target))
        self.assertEqual(wrong, [])

    def test_packages_import_nothing_by_themselves(self) -> None:
        # `strata run` loads single modules out of them, without the others.
        arrows = graph()
        for name in arrows:
            if name.endswith('.__init__'):
                self.assertEqual(arrows[name], set(), name)

    def test_all_kinds_of_imports_are_found(self) -> None:
        arrows = graph()
        self.assertIn('sending.sender', arrows['agent'])  # Under TYPE_CHECKING.
        self.assertIn('sending.destination', arrows['api'])  # In a function.
        self.assertIn('api', arrows['frameworks.wsgi'])  # `from .. import`.
        self.assertIn('programs.recording', arrows['inject.sitecustomize'])
        self.assertIn('capture.clocks', arrows['capture.governor'])
        self.assertEqual(circles({'a': {'b'}, 'b': {'c'}, 'c': {'b'}}), [['b', 'c', 'b']])


class PublicNames(unittest.TestCase):
    #: The parameters of each public function and class.
    PARAMETERS = {
        'LabelLimits': 'limit=100, keys=32',
        'flush': 'timeout=5.0',
        'number_bin': 'number, edges',
        'profile': '**labels',
        'profile_job': 'name, probability=None, **labels',
        'profiled': 'function=None, *, labels=None',
        'size_class': 'number',
        'start': 'service, send_to, budget=0.01, labels=None, *, every=None, builtins=True, spool_limit=268435456, '
                 'label_limit=100, spool=None, token=None, headers=None',
        'status': '',
        'stop': 'timeout=5.0',
    }

    def parameters(self, function: object) -> str:
        signature = inspect.signature(function)  # type: ignore[arg-type]
        bare = [parameter.replace(annotation=parameter.empty) for parameter in signature.parameters.values()]
        return str(inspect.Signature(bare))[1:-1]

    def test_functions_and_their_parameters(self) -> None:
        self.assertEqual(sorted(strata_agent.__all__), sorted(self.PARAMETERS))
        for name, parameters in self.PARAMETERS.items():
            self.assertEqual(self.parameters(getattr(strata_agent, name)), parameters, name)

    def test_middleware(self) -> None:
        for module in (wsgi, asgi):
            self.assertEqual(self.parameters(module.ProfileMiddleware), 'app, labels=None')

    def test_variables_of_the_environment(self) -> None:
        found = set()
        for path in modules().values():
            with open(path, encoding='utf-8') as file:
                found.update(re.findall(r'\bSTRATA_[A-Z_]+\b', file.read()))
        self.assertEqual(found, {'STRATA_TOKEN', 'STRATA_RUN_SPOOL', 'STRATA_RUN_EVERY', 'STRATA_RUN_LABELS'})

    def test_the_command_line(self) -> None:
        output = subprocess.check_output([sys.executable, '-m', 'strata_agent', 'run', '--help'],
                                         env=dict(os.environ, PYTHONPATH=SOURCE), universal_newlines=True)
        options = set(re.findall(r'(?m)^  (?:-h, )?(--[a-z]+)', output))
        self.assertEqual(options, {'--every', '--help', '--into', '--label'})

    def test_the_file_that_strata_run_looks_for(self) -> None:
        self.assertTrue(os.path.isfile(os.path.join(PACKAGE, 'inject', 'sitecustomize.py')))


if __name__ == '__main__':
    unittest.main()
