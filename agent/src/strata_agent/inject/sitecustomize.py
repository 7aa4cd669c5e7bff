# SPDX-License-Identifier: Apache-2.0
"""Python imports this module when it starts, because `strata run` put its folder first on the path.

The program must not notice: its own `sitecustomize` runs, and modules that the agent imports are not imported for the
program. Python 2.7 and older versions of Python 3 also load this file; in those nothing is recorded.
"""
import os
import sys

_folder = os.path.dirname(os.path.abspath(__file__))
#: The package's name while it is imported, since a program may have a `strata_agent` of its own.
_PACKAGE = '_strata_run'
#: The modules that the agent imports from files. The program's sitecustomize may already have loaded its own versions.
_IN_C = ('_json', '_lsprof', 'fcntl')


def _start():
    if not os.environ.get('STRATA_RUN_SPOOL'):
        return
    try:
        if sys.version_info < (3, 8):
            raise ImportError('expected Python 3.8 or newer, found %d.%d' % sys.version_info[:2])
        _start_alone()
    except Exception as error:
        if sys.stderr is not None:
            sys.stderr.write('strata: this program runs without being profiled: %s: %s\n'
                             % (type(error).__name__, error))


def _start_alone():
    """Starts the agent with modules that are invisible to the program."""
    path, known = sys.path, dict(sys.modules)
    package = sys.modules[_PACKAGE] = type(sys)(_PACKAGE)
    # Without running its `__init__`, which is for programs that import the package.
    package.__path__ = [os.path.dirname(_folder)]
    for name in _IN_C:
        if not _is_fixed(sys.modules.get(name)):
            sys.modules.pop(name, None)
    try:
        # Names of the standard library must lead there, whatever is in PYTHONPATH.
        library = os.path.dirname(os.path.abspath(os.__file__))
        first = [entry for entry in path if entry == library or os.path.basename(entry) in ('lib-dynload', 'DLLs')]
        sys.path = first + [entry for entry in path if entry not in first]
        from _strata_run.programs.recording import start_from_environment
        start_from_environment()
    finally:
        sys.path = path
        for name, module in list(sys.modules.items()):
            if not _is_fixed(module):
                del sys.modules[name]
        sys.modules.update(known)


def _is_fixed(module):
    """Whether a module is built into the interpreter: its name is unique, and it must not be created twice."""
    return getattr(getattr(module, '__spec__', None), 'origin', None) in ('built-in', 'frozen')


# Keeps this module alive while it is running.
_this = sys.modules.pop('sitecustomize')
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or '.') != _folder]
try:
    # The program's own. If there is none, this raises ModuleNotFoundError, as `site` expects it, and this module is
    # not in sys.modules either.
    import sitecustomize  # type: ignore[import-not-found]  # noqa: F401
finally:
    _start()
