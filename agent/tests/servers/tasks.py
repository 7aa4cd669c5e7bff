# SPDX-License-Identifier: Apache-2.0
"""Celery tasks with the agent added in two lines, as users would."""
from __future__ import annotations

import os

import strata_agent
from celery import Celery
from celery.signals import worker_process_shutdown

FOLDER = os.environ['STRATA_TEST_FOLDER']
QUEUE = os.path.join(FOLDER, 'queue')

# A single slice: captures of `price` are dumped only when their process ends.
strata_agent.start(service='shop', send_to=os.path.join(FOLDER, 'spool'), budget=0.9, every=1_000_000)
worker_process_shutdown.connect(lambda **_: strata_agent.stop(), weak=False)

app = Celery('tasks', broker=os.environ.get('STRATA_TEST_BROKER', 'filesystem://'))
app.conf.update(task_ignore_result=True, worker_hijack_root_logger=False, broker_connection_retry_on_startup=True,
                broker_transport_options={'data_folder_in': QUEUE, 'data_folder_out': QUEUE, 'polling_interval': 0.1})


@app.task
def report(rows: int) -> int:
    with strata_agent.profile_job('report', probability=1, rows=strata_agent.size_class(rows)):
        total = add_up(rows)
    note('report')
    return total


@app.task
@strata_agent.profiled(labels=lambda rows: {'task': 'price', 'rows': strata_agent.size_class(rows)})
def price(rows: int) -> int:
    note('price')
    return add_up(rows)


def add_up(rows: int) -> int:
    """Called by both tasks, so it must be in the dumps."""
    return sum([row_of(number) for number in range(rows)])


def row_of(number: int) -> int:
    return number * 7919 % 1000


def note(task: str) -> None:
    """Records that a task is done, and by which process."""
    line = '%s %d\n' % (task, os.getpid())
    file = os.open(os.path.join(FOLDER, 'done'), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, line.encode())
    os.close(file)
