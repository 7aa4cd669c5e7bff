# SPDX-License-Identifier: Apache-2.0
"""The names of the files in a spool folder. It imports nothing (`folder.py` says why)."""
from __future__ import annotations

INDEX = 'index.jsonl'
LOCK = INDEX + '.lock'
#: What an index is called before it replaces the last one.
TEMPORARY = 'new.tmp'
#: Exists while the folder of a whole program takes slices.
GATE = 'run.lock'
#: Held by the process that sends what the folder holds.
DRAIN_LOCK = 'drain.lock'
