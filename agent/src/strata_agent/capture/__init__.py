# SPDX-License-Identifier: Apache-2.0
"""Captures single calls within a budget: which ones, by which profiler, at what cost, and how they reach the spool.

`governor` holds the budget, `scopes` surround the calls, `profiler` is cProfile with care, and `delivery` writes dumps.
"""
