# SPDX-License-Identifier: Apache-2.0
"""Support for tests: an agent that captures every call, or those it is told to, and its dumps read by pstats."""
from __future__ import annotations

import gc
import json
import os
import pstats
import shutil
import tempfile
import time
import unittest
from typing import Any, Callable, Dict, List, Optional, Set
from unittest import mock

import strata_agent
from strata_agent import api
from strata_agent.agent import Agent
from strata_agent.capture import agent_thread, clocks
from strata_agent.capture.profiler import Slot
from strata_agent.capture.governor import Entry, Governor
from strata_agent.spool.spool import Spool


#: How long a test waits for something that has to happen, in seconds. The machine may be busy: this is many times what
#: anything here takes while eight others want each of its processors. No test asserts that something is fast.
PATIENCE = 300.0
#: The length of a slice that ends in 2033, whenever a test begins: shorter ones may end while it runs.
ENDLESS = 999_999_999


def until(holds: Callable[[], Any], timeout: float = PATIENCE) -> Any:
    """Waits until a condition holds; returns what it returned last."""
    end = time.monotonic() + timeout
    while True:
        value = holds()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.01)


def inner(number: int) -> int:
    """What `work` calls."""
    return number + 1


def work(calls: int = 10) -> int:
    """The captured function: calls `inner`."""
    return sum([inner(number) for number in range(calls)])


def spin(seconds: float) -> None:
    """Computes for the given CPU time."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        work()


class CPU:
    """A clock of CPU time that stands still until a test spends some, so that costs are what the test says they are."""

    def __init__(self, case: unittest.TestCase) -> None:
        self.now = clocks.process_cpu()
        for name in 'process_cpu', 'thread_cpu':
            patch = mock.patch.object(clocks, name, lambda: self.now)
            patch.start()
            case.addCleanup(patch.stop)

    def spend(self, nanoseconds: int) -> None:
        self.now += nanoseconds


class Always(Governor):
    """Makes each call a candidate, and captures each candidate."""

    def __init__(self) -> None:
        super().__init__(0.5)

    def is_worth_capturing(self, entry: Entry, calls: int) -> bool:
        super().is_worth_capturing(entry, calls)
        return True

    def gap(self) -> int:
        return 1


class Insisting(Slot):
    """Lets captures begin even while the agent's thread works."""

    def take(self, capture: Any, must: bool = True) -> bool:
        return super().take(capture)


class AgentTest(unittest.TestCase):
    """A test with a folder, and an agent that captures everything."""

    def setUp(self) -> None:
        # Otherwise garbage of other tests could be finalized during a capture.
        gc.collect()
        gc.disable()
        self.addCleanup(gc.enable)
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.addCleanup(strata_agent.stop)
        # A thread that starts is waited for however long that takes: captures beside it would see it.
        patch = mock.patch.object(agent_thread, 'PATIENCE', PATIENCE)
        patch.start()
        self.addCleanup(patch.stop)

    def start(self, governor: Optional[Governor] = None, **options: Any) -> Agent:
        """Starts an agent like `start()`, with the test's own governor."""
        agent = Agent(lambda: Spool(self.folder), options.pop('labels', {}), 0.01, governor=governor or Always(),
                      **options)
        # Calls after a capture would be timed, not captured.
        agent.after = 0
        agent.use_slot(Insisting())
        api._agent = agent
        return agent

    def lines(self) -> List[Dict[str, Any]]:
        """The lines of the index."""
        self.assertTrue(strata_agent.flush(PATIENCE))
        with open(os.path.join(self.folder, 'index.jsonl'), encoding='utf-8') as index:
            return [json.loads(line) for line in index]

    def stats(self, line: Dict[str, Any]) -> Dict[Any, Any]:
        """The statistics of a dump, as pstats reads them."""
        return pstats.Stats(os.path.join(self.folder, line['file'])).stats  # type: ignore[attr-defined]

    def names(self, line: Dict[str, Any]) -> Set[str]:
        """The names of the functions in a dump."""
        return {function[2] for function in self.stats(line)}
