# SPDX-License-Identifier: Apache-2.0
"""A program that forks while it sends and while it writes into its spool: `FOLDER URL`.

Its child keeps running. The test kills the parent, and then its locks must be free.
"""
from __future__ import annotations

import os
import sys
import time

import strata_agent
from strata_agent import api
from strata_agent.sending import sender

from tests.sending import SHORT


def main(folder: str, url: str) -> None:
    """Prints the process id of the child when both locks are held."""
    sender.WAITS = SHORT._replace(network=600)  # type: ignore[attr-defined]
    strata_agent.start(service='shop', send_to=url, spool=folder, budget=0.9)
    with strata_agent.profile_job('nightly', probability=1):
        sum(range(10))
    agent = api._agent
    assert agent is not None and agent.sender is not None
    agent.worker.flush(300)
    # The server does not answer, so the lock stays held.
    while agent.sender._backoff.lock_file is None:
        time.sleep(0.01)
    spool = agent.worker.spool()
    with spool._lock():
        child = os.fork()
        if child > 0:
            os.write(1, b'%d\n' % child)
        time.sleep(600)


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2])
