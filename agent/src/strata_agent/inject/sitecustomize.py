# SPDX-License-Identifier: Apache-2.0
"""Python imports this when it starts, where `strata run` put its folder first on the path."""
import importlib.util
import os
import sys

_folder = os.path.dirname(os.path.abspath(__file__))


def _start() -> None:
    package = os.path.dirname(_folder)
    try:
        # By its path: the program's own path stays as it is.
        spec = importlib.util.spec_from_file_location('strata_agent', os.path.join(package, '__init__.py'),
                                                      submodule_search_locations=[package])
        if 'strata_agent' not in sys.modules and spec is not None and spec.loader is not None:
            module = sys.modules['strata_agent'] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
        from strata_agent.whole import start_from_environment
        start_from_environment()
    except Exception as error:
        print('strata: this program runs without being profiled: %s: %s' % (type(error).__name__, error),
              file=sys.stderr)


def _run_next() -> None:
    """Runs the sitecustomize that this one stands before."""
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or '.') != _folder]
    del sys.modules['sitecustomize']
    if importlib.util.find_spec('sitecustomize') is not None:
        import sitecustomize  # type: ignore[import-not-found]  # noqa: F401
    else:
        sys.modules['sitecustomize'] = _this


_this = sys.modules['sitecustomize']
_run_next()
_start()
