# SPDX-License-Identifier: Apache-2.0
"""Profiles a running program within a budget of its CPU time and keeps every profile it takes.

    import strata_agent
    strata_agent.start(service='shop', send_to='profiles', budget=0.01)

    with strata_agent.profile(endpoint='/search', input=strata_agent.size_class(len(rows))):
        ...

Labels describe the kind of input of a call. The agent captures a few calls with cProfile, chosen so that the total
cost of capturing stays within the budget. Each capture becomes a dump in a folder, with its time and labels, for
`strata import`.
"""
from __future__ import annotations

from .api import flush, profile, profile_job, profiled, start, status, stop
from .capture.labels import LabelLimits, number_bin, size_class

__all__ = ['LabelLimits', 'flush', 'number_bin', 'profile', 'profile_job', 'profiled', 'size_class', 'start', 'status',
           'stop']
__version__ = '0.1.0'
