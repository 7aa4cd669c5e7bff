# SPDX-License-Identifier: Apache-2.0
"""Requests of a WSGI application (Flask, Django, Bottle, Pyramid) as calls that may be captured."""
from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, Iterator, Mapping, Optional

from .. import api
from ..capture.scopes import NULL_SCOPE, Scope
from .requests import request_labels


class ProfileMiddleware:
    """Wraps an application: `app.wsgi_app = ProfileMiddleware(app.wsgi_app)`.

    `labels` computes the labels of a request from its environment. By default they are `endpoint`, such as
    `GET /users/{}`, and `input`, the size class of the body. If the response body is generated while it is sent, the
    time of that counts too.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]],
                 labels: Optional[Callable[[Dict[str, Any]], Mapping[str, object]]] = None) -> None:
        self.app = app
        self.labels = labels or _labels

    def __call__(self, environ: Dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        agent = api._agent
        if agent is None:
            return self.app(environ, start_response)
        agent.left -= 1
        if agent.left > 0:
            return self.app(environ, start_response)
        scope = agent.candidate_of(self.labels, (environ,), {})
        if scope is NULL_SCOPE:
            return self.app(environ, start_response)
        return self._call_in(scope, environ, start_response)

    def _call_in(self, scope: Scope, environ: Dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
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
    """A response body; generating each of its parts is a step of the scope."""

    def __init__(self, body: Iterable[bytes], scope: Scope) -> None:
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
            # The body has ended. Not every server closes it, and until the scope ends nothing else can be captured.
            self._scope.leave_step()
            self._finish()
            raise
        self._scope.leave_step()
        return part

    def close(self) -> None:
        """Called by the server at the end, whether or not the whole body was sent (PEP 3333)."""
        try:
            close = getattr(self._body, 'close', None)
            if close is not None:
                close()
        finally:
            self._finish()

    def _finish(self) -> None:
        scope, self._scope = self._scope, NULL_SCOPE
        scope.finish()


def _labels(environ: Dict[str, Any]) -> Mapping[str, object]:
    path = environ.get('SCRIPT_NAME', '') + environ.get('PATH_INFO', '')
    return request_labels(environ.get('REQUEST_METHOD', ''), path, environ.get('CONTENT_LENGTH'))
