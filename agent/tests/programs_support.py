# SPDX-License-Identifier: Apache-2.0
"""Support for tests of whole programs: a folder that accepts slices, as `strata run` creates it, and programs."""
from __future__ import annotations

import fcntl
import json
import os
import pstats
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest
from typing import Any, Dict, List, Optional

from strata_agent.programs import folder

from .support import ENDLESS, PATIENCE, until

__all__ = ['INJECT', 'SOURCE', 'ProgramCase', 'until']

SOURCE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'src')
INJECT = os.path.join(SOURCE, 'strata_agent', 'inject')


class ProgramCase(unittest.TestCase):
    """A test with a folder for programs, and one for their slices."""

    def setUp(self) -> None:
        self.place = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.place, True)
        self.spool = os.path.join(self.place, 'spool')
        folder.make(self.spool)

    def write(self, name: str, text: str) -> str:
        """Writes a file for the program; returns its path."""
        path = os.path.join(self.place, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(textwrap.dedent(text))
        return path

    def environment(self, every: float = ENDLESS, path: str = '', labels: Optional[Dict[str, str]] = None,
                    ) -> Dict[str, str]:
        """The environment that `strata run` sets; `path` is the program's own PYTHONPATH."""
        return dict(self.plain(path), STRATA_RUN_SPOOL=self.spool, STRATA_RUN_EVERY=repr(every),
                    STRATA_RUN_LABELS=json.dumps(labels or {}), PYTHONPATH=os.pathsep.join([INJECT] + [path] * bool(path)))

    def plain(self, path: str = '') -> Dict[str, str]:
        """The same environment without `strata run`."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(('STRATA_', 'PYTHON'))}
        if path:
            environment['PYTHONPATH'] = path
        return dict(environment, PYTHONDONTWRITEBYTECODE='1')

    def popen(self, *arguments: str, python: str = sys.executable, **more: Any) -> 'subprocess.Popen[str]':
        """Starts a program, which is killed when the test ends."""
        more.setdefault('env', self.environment())
        more.setdefault('cwd', self.place)
        process = subprocess.Popen([python, *arguments], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, universal_newlines=True, **more)
        self.addCleanup(self._end, process)
        return process

    def _end(self, process: 'subprocess.Popen[str]') -> None:
        process.kill()
        process.communicate()

    def outcome(self, *arguments: str, **more: Any) -> Any:
        """Runs a program until it ends; returns its exit code, output and errors."""
        process = self.popen(*arguments, **more)
        output, errors = process.communicate(timeout=PATIENCE)
        return process.returncode, output, errors

    def close_spool(self) -> None:
        """Ends the recording, as `strata run` does."""
        with open(os.path.join(self.spool, 'index.jsonl.lock')) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            os.unlink(os.path.join(self.spool, 'run.lock'))

    def lines(self) -> List[Dict[str, Any]]:
        """The lines of the index."""
        with open(os.path.join(self.spool, 'index.jsonl'), encoding='utf-8') as index:
            return [json.loads(line) for line in index]

    def calls(self) -> Dict[str, int]:
        """The number of calls by name of function, over all dumps."""
        total: Dict[str, int] = {}
        for line in self.lines():
            stats = pstats.Stats(os.path.join(self.spool, line['file'])).stats  # type: ignore[attr-defined]
            for function, figures in stats.items():
                total[function[2]] = total.get(function[2], 0) + figures[1]
        return total
