# SPDX-License-Identifier: Apache-2.0
"""Requests of a WSGI application (Flask, Django, Bottle, Pyramid) as calls that may be captured."""
from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, Iterator, Mapping, Optional

import strata_agent

from .paths import request_labels
from .scopes import NOTHING, Nothing


class ProfileMiddleware:
    """Wraps an application: `app.wsgi_app = ProfileMiddleware(app.wsgi_app)`.

    `labels` tells the labels of a request from its environment; by default `endpoint`, such as `GET /users/{}`, and
    `input`, the size of the body. The time of a body that is made while it is sent counts too.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]],
                 labels: Optional[Callable[[Dict[str, Any]], Mapping[str, object]]] = None) -> None:
        self.app = app
        self.labels = labels or _labels

    def __call__(self, environ: Dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        agent = strata_agent._agent
        if agent is None:
            return self.app(environ, start_response)
        agent.left -= 1
        if agent.left > 0:
            return self.app(environ, start_response)
        scope = agent.candidate_of(self.labels, (environ,), {})
        if scope is NOTHING:
            return self.app(environ, start_response)
        return self._looked_at(scope, environ, start_response)

    def _looked_at(self, scope: Nothing, environ: Dict[str, Any],
                   start_response: Callable[..., Any]) -> Iterable[bytes]:
        scope.enter_step()
        try:
            body = self.app(environ, start_response)
        except BaseException:
            scope.leave_step()
            scope.finish()
            raise
        scope.leave_step()
        if isinstance(body, (list, tuple)):
            scope.finish()
            return body
        return _Body(body, scope)


class _Body:
    """A body whose parts are made in steps that are looked at."""

    def __init__(self, body: Iterable[bytes], scope: Nothing) -> None:
        self._body, self._scope = body, scope
        self._parts: Optional[Iterator[bytes]] = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._scope.enter_step()
        try:
            if self._parts is None:
                self._parts = iter(self._body)
            part = next(self._parts)
        except BaseException:
            # It has ended. Not every server closes it, and until then no other request could be captured.
            self._scope.leave_step()
            self._finish()
            raise
        self._scope.leave_step()
        return part

    def close(self) -> None:
        """Called by the server at the end, whether the body was sent or not (PEP 3333)."""
        try:
            close = getattr(self._body, 'close', None)
            if close is not None:
                close()
        finally:
            self._finish()

    def _finish(self) -> None:
        scope, self._scope = self._scope, NOTHING
        scope.finish()


def _labels(environ: Dict[str, Any]) -> Mapping[str, object]:
    path = environ.get('SCRIPT_NAME', '') + environ.get('PATH_INFO', '')
    return request_labels(environ.get('REQUEST_METHOD', ''), path, environ.get('CONTENT_LENGTH'))
