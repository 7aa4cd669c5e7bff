# SPDX-License-Identifier: Apache-2.0
"""A program that is profiled: it captures and sends until it is killed. `FOLDER URL PREFIX`.

It prints the id of each capture once that is in the spool, which other processes share.
"""
from __future__ import annotations

import os
import sys
import time

from strata_agent.sending.sender import Sender
from strata_agent.capture.record import Record
from strata_agent.spool.spool import Spool

from tests.sending import SHORT, dump


def main(folder: str, url: str, prefix: str, count: int) -> None:
    """Captures `count` times, and sends all of it."""
    spool = Spool(folder)
    sender = Sender(url, folder, waits=SHORT)
    for number in range(count):
        name = '%s-%d' % (prefix, number)
        spool.append([Record(dump(number), 1_767_603_600_000_000_000 + number, None, (('process', prefix),), id=name)])
        os.write(1, (name + '\n').encode())
        sender.wake()
        time.sleep(0.004)
    while not sender.flush(60):
        pass
    sender.stop(1)


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
