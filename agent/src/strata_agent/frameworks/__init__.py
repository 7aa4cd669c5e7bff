# SPDX-License-Identifier: Apache-2.0
"""Requests of web frameworks as calls that may be captured: one module for each interface."""
