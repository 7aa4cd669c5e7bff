# SPDX-License-Identifier: Apache-2.0
"""What several tests need: an agent that captures all or what it is told to, and its dumps read by pstats."""
from __future__ import annotations

import gc
import json
import os
import pstats
import shutil
import tempfile
import time
import unittest
from typing import Any, Dict, List, Optional, Set

import strata_agent
from strata_agent.agent import Agent
from strata_agent.capture import Slot
from strata_agent.governor import Entry, Governor
from strata_agent.spool import Spool


def inner(number: int) -> int:
    """What `work` calls."""
    return number + 1


def work(calls: int = 10) -> int:
    """What is captured: calls of `inner`."""
    return sum([inner(number) for number in range(calls)])


def spin(seconds: float) -> None:
    """Works for some CPU time."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        work()


class Always(Governor):
    """Captures each candidate, and makes each call one."""

    def __init__(self) -> None:
        super().__init__(0.5)

    def is_worth_capturing(self, entry: Entry, calls: int) -> bool:
        super().is_worth_capturing(entry, calls)
        return True

    def gap(self) -> int:
        return 1


class Insisting(Slot):
    """Lets captures begin also while the agent's thread works."""

    def take(self, capture: Any, must: bool = True) -> bool:
        return super().take(capture)


class AgentTest(unittest.TestCase):
    """A test with a folder, and an agent that captures everything."""

    def setUp(self) -> None:
        # What other tests left would be finalized in a capture.
        gc.collect()
        gc.disable()
        self.addCleanup(gc.enable)
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.addCleanup(strata_agent.stop)

    def start(self, governor: Optional[Governor] = None, **options: Any) -> Agent:
        """Starts an agent as `start()` does, with a governor of the test's own."""
        agent = Agent(lambda: Spool(self.folder), options.pop('labels', {}), 0.01, governor=governor or Always(),
                      **options)
        # Looking at the calls after a capture would leave these out.
        agent.after = 0
        agent.slot = agent.worker.slot = Insisting()
        strata_agent._agent = agent
        return agent

    def lines(self) -> List[Dict[str, Any]]:
        """The lines of the index."""
        self.assertTrue(strata_agent.flush())
        with open(os.path.join(self.folder, 'index.jsonl'), encoding='utf-8') as index:
            return [json.loads(line) for line in index]

    def stats(self, line: Dict[str, Any]) -> Dict[Any, Any]:
        """The statistics of a dump, as pstats reads them."""
        return pstats.Stats(os.path.join(self.folder, line['file'])).stats  # type: ignore[attr-defined]

    def names(self, line: Dict[str, Any]) -> Set[str]:
        """The names of the functions in a dump."""
        return {function[2] for function in self.stats(line)}
