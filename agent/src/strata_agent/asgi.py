# SPDX-License-Identifier: Apache-2.0
"""Middleware for ASGI applications (FastAPI, Starlette, Django, Quart)."""
from __future__ import annotations

from .frameworks.asgi import ProfileMiddleware

__all__ = ['ProfileMiddleware']
