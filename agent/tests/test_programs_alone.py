# SPDX-License-Identifier: Apache-2.0
"""Under `strata run` a program finds the same modules as without it: its own first, and complete ones."""
from __future__ import annotations

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from typing import Any, Dict, List, Set

from .programs_support import SOURCE, ProgramCase

#: Where Python 2 may be installed.
_PYTHON_2 = [shutil.which('python2.7') or '', *sorted(glob.glob(os.path.expanduser(
    os.path.join(os.environ.get('PYENV_ROOT', '~/.pyenv'), 'versions', '2.7*', 'bin', 'python2.7'))))]


def runs(python: str) -> bool:
    """Whether it is an interpreter, rather than a launcher of a missing one."""
    return bool(python) and subprocess.call([python, '-c', ''], stdout=subprocess.DEVNULL,
                                            stderr=subprocess.DEVNULL) == 0


def standard_modules() -> List[str]:
    """All modules with a file that the agent imports in any situation: names that a program may use too."""
    code = '''
import glob, importlib, json, os, sys
source = %r
for file in glob.glob(os.path.join(source, 'strata_agent', '**', '*.py'), recursive=True):
    name = os.path.relpath(file, source)[:-3].replace(os.sep, '.')
    if '__' not in name and 'inject' not in name:
        try:
            importlib.import_module(name)
        except ImportError:  # For another version.
            pass
names = {name.split('.')[0] for name, module in sys.modules.items()
         if getattr(module, '__file__', None) and not name.startswith(('strata', '_strata'))}
print(json.dumps(sorted(names - {'__main__', 'sitecustomize'})))
''' % SOURCE
    names: List[str] = json.loads(subprocess.check_output([sys.executable, '-c', code], env={'PYTHONPATH': SOURCE}))
    # Also modules that it imported in the past, or may import.
    return sorted(set(names) | {'cProfile', 'profile', 'pstats', 'optparse', 'gettext', 'locale', 'logging', 'string',
                                'token', 'platform', 'asyncio', 'json', 'threading', '_lsprof', '_json', 'fcntl',
                                'signal', 'uuid', 'ctypes', 'random', 'strata_agent', '__future__'})


class Alone(ProgramCase):
    @classmethod
    def setUpClass(cls) -> None:
        """A separate environment, since packages on this machine may import anything when the interpreter starts."""
        cls.folder = os.path.realpath(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        subprocess.check_call([sys.executable, '-m', 'venv', '--without-pip', cls.folder])

    def popen(self, *arguments: str, **more: Any) -> 'subprocess.Popen[str]':
        more.setdefault('python', os.path.join(self.folder, 'bin', 'python'))
        return super().popen(*arguments, **more)

    def check_same(self, *arguments: str, path: str = '') -> str:
        """Checks that a program behaves the same with the agent, and is recorded; returns its output."""
        plain = self.outcome(*arguments, env=self.plain(path))
        self.assertEqual(self.outcome(*arguments, env=self.environment(path=path)), plain)
        self.assertEqual(plain[0], 0, plain)
        self.assertGreater(len(self.lines()), 0)
        os.truncate(os.path.join(self.spool, 'index.jsonl'), 0)
        return str(plain[1])

    def write_all(self, folder: str = '') -> List[str]:
        """Writes modules of the program, each with the name of one that the agent imports."""
        names = standard_modules()
        self.assertGreater(len(names), 60)
        for name in names:
            self.write(os.path.join(folder, name + '.py'), 'value = "own %s"\n' % name)
        return names

    PROGRAM = '''
        import sys
        for name in {names!r}:
            print(name, getattr(__import__(name), 'value', None))
        print(sorted(name for name in sys.modules if 'strata' in name), sys.path[1:])
        def work(): return 1
        work()
    '''

    def test_all_modules_of_a_script_win(self) -> None:
        names = self.write_all()
        output = self.check_same(self.write('main.py', self.PROGRAM.format(names=names)))
        for name in set(names) - self.at_start():
            self.assertIn('%s own %s\n' % (name, name), output)

    def at_start(self) -> Set[str]:
        """The modules that the interpreter imports by itself, or that are built in."""
        code = ('import sys, _imp; print(*sys.modules, *sys.builtin_module_names, '
                '*[name for name in %r if _imp.is_frozen(name)])' % (standard_modules(),))
        return set(self.outcome('-c', code, env=self.plain(), cwd=self.folder)[1].split())

    def test_each_module_wins_alone(self) -> None:
        # One at a time, so that the rest of the standard library is complete.
        names = sorted(set(standard_modules()) - self.at_start())
        self.assertGreater(len(names), 60)
        for name in names:
            self.write('of_%s/%s.py' % (name, name), 'value = 42\n')
            self.write('of_%s/main.py' % name, 'import %s as module; print(module.value)\n' % name)
        # All in one environment, some at a time.
        program = self.write('main.py', '''
            import json, subprocess, sys
            found, names = {}, %r
            while names:
                some, names = names[:4], names[4:]
                for name, process in [(name, subprocess.Popen([sys.executable, 'of_%%s/main.py' %% name],
                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)) for name in some]:
                    found[name] = process.communicate()[0].decode(), process.returncode
            print(json.dumps(found))
        ''' % (names,))
        plain = json.loads(self.outcome(program, env=self.plain())[1])
        # The interpreter complains at exit about a module named `threading`.
        self.assertEqual({name for name, outcome in plain.items() if outcome != ['42\n', 0]} - {'threading'}, set())
        self.assertEqual(json.loads(self.outcome(program)[1]), plain)
        self.assertGreaterEqual(len(self.lines()), len(names))

    def test_all_modules_of_a_package_s_folder_win(self) -> None:
        names = self.write_all()
        self.write('package/__init__.py', '')
        self.write('package/__main__.py', self.PROGRAM.format(names=names))
        # With `-m`, Python itself needs the library, which these modules hide, to find the package.
        plain = self.outcome('-m', 'package', env=self.plain())
        self.assertEqual(self.outcome('-m', 'package')[:2], plain[:2])

    def test_modules_below_pythonpath_win(self) -> None:
        names = self.write_all('own')
        path = os.path.join(self.place, 'own')
        # Python itself needs some of these before the program starts, and fails: with the agent it fails too.
        plain = self.outcome('-c', 'print(1)', env=self.plain(path))
        if plain[0] == 0:
            program = self.write('main.py', self.PROGRAM.format(names=names))
            self.assertIn('own profile', self.check_same(program, path=path))
        for name in ('profile', 'json', 'token', 'fcntl', '_lsprof', '_json', 'threading', 'strata_agent'):
            self.write('one-%s/%s.py' % (name, name), 'value = "own %s"\n' % name)
            output = self.check_same('-c', 'import %s; print(%s.value)' % (name, name),
                                     path=os.path.join(self.place, 'one-' + name))
            if name not in self.at_start():
                self.assertEqual(output, 'own %s\n' % name)

    def test_modules_of_the_library_are_whole_when_the_program_imports_them(self) -> None:
        output = self.check_same('-c', '''if True:
            import asyncio, atexit, cProfile, fcntl, json, logging, pickle, pstats, signal, sys, threading, types
            assert json.loads(json.dumps({'a': [1, 'ä']})) == {'a': [1, 'ä']}
            assert type(json.JSONDecodeError('', '', 0)) is sys.modules['json.decoder'].JSONDecodeError
            seen = []
            thread = threading.Thread(target=lambda: seen.append(threading.current_thread()))
            thread.start(); thread.join()
            assert seen == [thread] and isinstance(thread, threading.Thread)
            assert threading.main_thread() is threading.current_thread() and threading.active_count() == 1
            assert threading.enumerate() == [threading.main_thread()]
            assert pickle.loads(pickle.dumps(signal.SIGTERM)) is signal.SIGTERM
            async def answer(): return 42
            assert asyncio.run(answer()) == 42
            logging.getLogger('x').warning('warned')
            atexit.register(print, 'the end')
            assert isinstance(sys.modules['threading'], types.ModuleType)
            assert threading.__spec__.loader is threading.__loader__, threading.__loader__
            assert type(threading.__loader__).__module__.startswith(('_frozen', 'importlib')), threading.__loader__
            import importlib; importlib.reload(json)
            print(hasattr(fcntl, 'flock'), pstats.Stats, cProfile.Profile)
        ''')
        self.assertIn('the end', output)

    def test_threads_are_seen_whenever_threading_is_imported(self) -> None:
        for program in ('import threading', 'def late():\n    import threading\nlate()\nimport threading',
                        'import importlib\nthreading = importlib.import_module("threading")'):
            self.outcome(self.write('main.py', program + '''
def in_thread(): pass
threads = [threading.Thread(target=in_thread) for _ in range(5)]
for thread in threads: thread.start()
for thread in threads: thread.join()
for _ in range(100):
    thread = threading.Thread(target=in_thread)
    thread.start(); thread.join()
'''))
            self.assertEqual(self.calls()['in_thread'], 105)
            os.truncate(os.path.join(self.spool, 'index.jsonl'), 0)

    def test_children_of_a_program_with_such_modules_are_recorded(self) -> None:
        self.write_all()
        program = self.write('main.py', '''
            import os, sys
            def in_child(): return 1
            if len(sys.argv) > 1:
                in_child()
            elif os.fork() == 0:
                os.execv(sys.executable, [sys.executable, __file__, 'child'])
            else:
                os.wait()
        ''')
        self.assertEqual(self.outcome('-W', 'ignore', program), (0, '', ''))
        self.assertEqual(self.calls()['in_child'], 1)

    def test_a_package_that_is_called_multiprocessing_is_the_program_s(self) -> None:
        self.write('multiprocessing/__init__.py', '')
        self.write('multiprocessing/util.py', 'value = 42\n')
        self.check_same('-W', 'ignore', self.write('main.py', '''
            import os, multiprocessing.util
            if os.fork() == 0:
                print(multiprocessing.util.value, flush=True)
                os._exit(0)
            os.wait()
        '''))


class Customization(ProgramCase):
    CODE = 'import sys; print(own_customization, [path for path in sys.path if "inject" in path])'

    def own(self, name: str = 'sitecustomize', more: str = '') -> str:
        """A folder with a module that the interpreter imports; returns its path."""
        folder = os.path.join(self.place, 'own')
        self.write('own/%s.py' % name, 'import json, sys\n'
                   'getattr(sys.modules.get("__builtin__"), "__dict__", __builtins__)["own_customization"] = 7\n' + more)
        return folder

    def test_the_program_s_own_sitecustomize_runs(self) -> None:
        self.assertEqual(self.outcome('-c', self.CODE, env=self.environment(path=self.own())), (0, '7 []\n', ''))
        self.assertEqual(len(self.lines()), 1)

    def test_a_failing_sitecustomize_does_not_prevent_recording(self) -> None:
        folder = self.own(more='raise ValueError("broken")\n')
        plain = self.outcome('-c', self.CODE, env=self.plain(folder))
        self.assertIn('broken', plain[2])
        self.assertEqual(self.outcome('-c', self.CODE, env=self.environment(path=folder)), plain)
        self.assertEqual(len(self.lines()), 1)

    def test_without_a_sitecustomize_there_is_none(self) -> None:
        code = 'import sys; print("sitecustomize" in sys.modules)'
        plain = self.outcome('-c', code, env=self.plain())
        self.assertEqual(self.outcome('-c', code), plain)
        self.assertEqual(len(self.lines()), 1)

    def test_usercustomize_runs(self) -> None:
        site = self.outcome('-c', 'import site; print(site.getusersitepackages())',
                            env=dict(self.plain(), PYTHONUSERBASE=os.path.join(self.place, 'base')))[1].strip()
        self.write(os.path.join(site, 'usercustomize.py'), 'import builtins; builtins.own_customization = 8\n')
        environment: Dict[str, str] = dict(self.environment(), PYTHONUSERBASE=os.path.join(self.place, 'base'))
        self.assertEqual(self.outcome('-c', self.CODE, env=environment), (0, '8 []\n', ''))

    def test_the_sitecustomize_of_a_virtual_environment_runs(self) -> None:
        venv = os.path.join(self.place, 'venv')
        subprocess.check_call([sys.executable, '-m', 'venv', '--without-pip', venv])
        python = os.path.join(venv, 'bin', 'python')
        site = self.outcome('-c', 'import site; print(site.getsitepackages()[0])', python=python,
                            env=self.plain())[1].strip()
        self.write(os.path.join(site, 'sitecustomize.py'), 'import builtins; builtins.own_customization = 9\n')
        self.assertEqual(self.outcome('-c', self.CODE, python=python), (0, '9 []\n', ''))
        self.assertEqual(len(self.lines()), 1)

    def test_python_2_runs_its_sitecustomize_and_says_that_nothing_is_recorded(self) -> None:
        python = next((python for python in _PYTHON_2 if runs(python)), None)
        if python is None:
            self.skipTest('there is no Python 2.7')
        code = 'import sys; print(own_customization); print("sitecustomize" in sys.modules)'
        environment = self.environment(path=self.own())
        code_of, output, errors = self.outcome('-c', code, env=environment, python=python)
        self.assertEqual((code_of, output), (0, '7\nTrue\n'))
        self.assertEqual(errors, 'strata: this program runs without being profiled: ImportError: '
                                 'expected Python 3.8 or newer, found 2.7\n')
        self.assertEqual(self.lines(), [])
        plain = self.outcome('-c', 'print(1)', env=self.plain(), python=python)
        self.assertEqual(self.outcome('-c', 'print(1)', python=python)[:2], plain[:2])


if __name__ == '__main__':
    unittest.main()
