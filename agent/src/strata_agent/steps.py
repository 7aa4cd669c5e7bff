# SPDX-License-Identifier: Apache-2.0
"""A coroutine whose steps are looked at one by one: what other tasks do between them is not seen."""
from __future__ import annotations

import functools
from typing import Any, Awaitable, Generator

from .scopes import Nothing


class Steps:
    """Awaits a coroutine, and tells a scope when each of its steps begins and ends.

    Tasks that the coroutine starts, and what it hands to other threads, are steps of their own and not seen.
    """

    __slots__ = ('_awaitable', '_scope')

    def __init__(self, awaitable: Awaitable[Any], scope: Nothing) -> None:
        self._awaitable: Any = awaitable
        self._scope = scope

    def __await__(self) -> Generator[Any, Any, Any]:
        scope, value = self._scope, None
        # As in 'yield from', which could not be told of its steps (PEP 380).
        try:
            coroutine = _iterator(self._awaitable)
            send = step = getattr(coroutine, 'send', None) or functools.partial(_advance, coroutine)
            while True:
                scope.enter_step()
                try:
                    awaited = step(value)
                except StopIteration as end:
                    return end.value
                finally:
                    scope.leave_step()
                try:
                    step, value = send, (yield awaited)
                except GeneratorExit:
                    if hasattr(coroutine, 'close'):
                        coroutine.close()
                    raise
                except BaseException as error:
                    if not hasattr(coroutine, 'throw'):
                        raise
                    step, value = coroutine.throw, error
        finally:
            value = None  # An error holds this frame, which must not hold the error.
            scope.finish()


def _iterator(awaitable: Any) -> Any:
    if hasattr(awaitable, 'send'):  # A coroutine.
        return awaitable
    if not hasattr(awaitable, '__await__'):
        raise TypeError("object %s can't be used in 'await' expression" % type(awaitable).__name__)
    return awaitable.__await__()


def _advance(iterator: Any, _: Any) -> Any:
    """A step of a plain iterator, which is not sent anything."""
    return next(iterator)
