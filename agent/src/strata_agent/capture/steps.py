# SPDX-License-Identifier: Apache-2.0
"""A coroutine that is captured or timed step by step, so that what other tasks do between its steps is not seen."""
from __future__ import annotations

import functools
from typing import Any, Awaitable, Generator

from .scopes import Scope


class Steps:
    """Awaits a coroutine, and reports the begin and end of each of its steps to a scope.

    Tasks that the coroutine starts and work that it hands to other threads have steps of their own, which are not
    reported.
    """

    __slots__ = ('_awaitable', '_scope')

    def __init__(self, awaitable: Awaitable[Any], scope: Scope) -> None:
        self._awaitable: Any = awaitable
        self._scope = scope

    def __await__(self) -> Generator[Any, Any, Any]:
        scope, value = self._scope, None
        # The expansion of `yield from` (PEP 380), which itself offers no hook around the steps.
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
            value = None  # An error refers to this frame, so the frame must not refer to the error.
            scope.finish()


def _iterator(awaitable: Any) -> Any:
    if hasattr(awaitable, 'send'):  # A coroutine.
        return awaitable
    if not hasattr(awaitable, '__await__'):
        raise TypeError("object %s can't be used in 'await' expression" % type(awaitable).__name__)
    return awaitable.__await__()


def _advance(iterator: Any, _: Any) -> Any:
    """A step of a plain iterator, which accepts no value."""
    return next(iterator)
