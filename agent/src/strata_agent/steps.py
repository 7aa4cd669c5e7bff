# SPDX-License-Identifier: Apache-2.0
"""A coroutine whose steps are looked at one by one: what other tasks do between them is not seen."""
from __future__ import annotations

from typing import Any, Awaitable, Generator

from .agent import Nothing


class Steps:
    """Awaits a coroutine, and tells a scope when each of its steps begins and ends.

    Tasks that the coroutine starts, and what it hands to other threads, are steps of their own and not seen.
    """

    __slots__ = ('_coroutine', '_scope')

    def __init__(self, awaitable: Awaitable[Any], scope: Nothing) -> None:
        #: A coroutine, or the iterator of any other awaitable.
        self._coroutine: Any = awaitable if hasattr(awaitable, 'send') else awaitable.__await__()
        self._scope = scope

    def __await__(self) -> Generator[Any, Any, Any]:
        coroutine, scope = self._coroutine, self._scope
        # As in 'yield from', which could not be told of its steps (PEP 380).
        step, value = coroutine.send, None
        try:
            while True:
                scope.enter_step()
                try:
                    awaited = step(value)
                except StopIteration as end:
                    return end.value
                finally:
                    scope.leave_step()
                try:
                    step, value = coroutine.send, (yield awaited)
                except GeneratorExit:
                    coroutine.close()
                    raise
                except BaseException as error:
                    step, value = coroutine.throw, error
        finally:
            scope.finish()
