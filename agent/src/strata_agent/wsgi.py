# SPDX-License-Identifier: Apache-2.0
"""Middleware for WSGI applications (Flask, Django, Bottle, Pyramid)."""
from __future__ import annotations

from .frameworks.wsgi import ProfileMiddleware

__all__ = ['ProfileMiddleware']
