# SPDX-License-Identifier: Apache-2.0
"""Requests of an ASGI application (FastAPI, Starlette, Django, Quart) as calls that may be captured."""
from __future__ import annotations

from typing import Any, Awaitable, Callable, Dict, Mapping, Optional

from .. import api
from ..capture.scopes import NULL_SCOPE
from ..capture.steps import Steps
from .requests import request_labels

Application = Callable[..., Awaitable[None]]


class ProfileMiddleware:
    """Wraps an application: `app.add_middleware(ProfileMiddleware)`, or `app = ProfileMiddleware(app)`.

    `labels` computes the labels of a request from its scope. By default they are `endpoint`, such as `GET /users/{}`,
    and `input`, the size class of the body. A request is captured in the steps of its own task. Work that it hands to
    other tasks or threads (FastAPI does so for handlers that are not coroutines) is not seen before Python 3.12.
    """

    def __init__(self, app: Application,
                 labels: Optional[Callable[[Dict[str, Any]], Mapping[str, object]]] = None) -> None:
        self.app = app
        self.labels = labels or _labels

    async def __call__(self, scope: Dict[str, Any], receive: Any, send: Any) -> None:
        agent = api._agent
        if agent is None or scope['type'] != 'http':
            return await self.app(scope, receive, send)
        agent.left -= 1
        if agent.left > 0:
            return await self.app(scope, receive, send)
        call = self.app(scope, receive, send)  # First: if this fails, no scope may stay open.
        found = agent.candidate_of(self.labels, (scope,), {})
        await (call if found is NULL_SCOPE else Steps(call, found))


def _labels(scope: Dict[str, Any]) -> Mapping[str, object]:
    length = None
    for name, value in scope.get('headers', ()):
        if name == b'content-length':
            length = value
    return request_labels(scope.get('method', ''), scope.get('path', ''), length)
