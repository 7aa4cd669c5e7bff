# SPDX-License-Identifier: Apache-2.0
"""The functions that `strata_agent` exports, and the one agent of this process."""
from __future__ import annotations

import asyncio
import atexit
import functools
import inspect
import os
import sys
import threading
from typing import Any, Callable, Dict, Mapping, Optional, TypeVar, Union

from .agent import Agent
from .capture.calibration import call_cost, plain_cost
from .capture.scopes import NULL_SCOPE, Scope
from .capture.steps import Steps
from .spool.spool import DEFAULT_LIMIT, Spool

_F = TypeVar('_F', bound=Callable[..., Any])

#: The running agent. Every profiled call reads it, so it is a plain global: anything else costs each call more.
_agent: Optional[Agent] = None
_starting = threading.Lock()


def start(service: str, send_to: Union[str, 'os.PathLike[str]'], budget: float = 0.01,
          labels: Optional[Mapping[str, object]] = None, *, every: Optional[float] = None, builtins: bool = True,
          spool_limit: int = DEFAULT_LIMIT, label_limit: int = 100,
          spool: Union[str, 'os.PathLike[str]', None] = None, token: Optional[str] = None,
          headers: Optional[Mapping[str, str]] = None) -> None:
    """Starts the agent in this process and in the processes that it forks.

    `service` is a label of each capture, and so are `labels`. `send_to` is either a folder, which `strata import`
    reads, or the URL of a server, `https://host:port`. Captures for a server wait in the folder `spool` until the
    server has stored them; by default that folder depends on the service and the URL, and is below the user's state
    folder. `token` identifies the sender (by default `STRATA_TOKEN` from the environment); `headers` are sent with
    each request.
    `budget` is the fraction of the process's CPU time that capturing may cost, averaged over a minute. With `every`,
    captures are added up and dumped once per that many seconds for each set of labels: the same budget pays for more
    calls, but there is no dump per call. `builtins=False` leaves out functions written in C, which costs a third.
    `spool_limit` bounds the bytes of the dumps in the folder, `label_limit` the number of values per label.

    Raises `RuntimeError` if the agent is already running; `ValueError` for a budget outside 0 to 1 or an invalid URL
    (write `http://localhost:8080`, not `localhost:8080`); and `OSError` if the folder cannot be created.
    """
    global _agent
    with _starting:
        if _agent is not None:
            raise RuntimeError('the agent is already running in this process: call stop() first')
        path, sender = os.fspath(send_to), None
        if not path or not isinstance(path, str):
            raise ValueError('send_to: expected a folder or a URL, found %r' % (send_to,))
        if not service or not isinstance(service, str):
            raise ValueError('service: expected a name, found %r' % (service,))
        if every is not None and not (isinstance(every, (int, float)) and 0.01 <= every <= 1e9):
            raise ValueError('every: expected seconds, at least 0.01, found %r' % (every,))
        if spool_limit <= 0 or label_limit <= 0:
            raise ValueError('spool_limit, label_limit: expected more than 0')
        if isinstance(send_to, str) and _is_url(send_to):
            # Importing HTTP takes 30 ms, which only programs that send should pay.
            from .sending.destination import check, default_spool
            from .sending.sender import Sender
            check(send_to, token, headers)  # Before a folder is created.
            path = os.fspath(spool or '') or default_spool(service, send_to)
            sender = Sender(send_to, path, spool_limit, token, headers)
        elif spool is not None or token is not None or headers is not None:
            raise ValueError('spool, token and headers require a URL, but send_to is a folder: %r' % path)
        opened = Spool(path, spool_limit)  # Reports problems with the folder now, not at the first capture.
        agent = Agent(lambda: Spool(path, spool_limit), dict(labels or {}, service=service), budget, every=every,
                      builtins=builtins, label_limit=label_limit)
        agent.worker.use(opened)
        agent.captures.call_cost = call_cost(builtins)
        if sender is not None:
            agent.send_with(sender)
        _agent = agent
        _stop_with_multiprocessing()
        agent.left = 1 << 60  # No call is examined while `plain_cost` measures the others.
        agent.governor.plain_cost = plain_cost(profile)
        agent.left = 1


def _is_url(send_to: str) -> bool:
    if ':' not in send_to:
        return False
    from .sending.destination import is_url
    return is_url(send_to)


def stop(timeout: float = 5.0) -> bool:
    """Stops the agent, if it is running; returns whether every capture has reached the folder or the server."""
    global _agent
    agent, _agent = _agent, None
    return agent.stop(timeout) if agent is not None else True


def flush(timeout: float = 5.0) -> bool:
    """Waits until every capture has reached the folder or the server; returns whether all have."""
    return _agent.flush(timeout) if _agent is not None else True


def profile(**labels: object) -> Scope:
    """A call that may be captured, as a context: `with profile(endpoint='/search', input='large'): ...`.

    Never raises. A call that is not examined costs about a third of a microsecond. In asynchronous code use
    `profiled` or the middleware instead: this context sees everything that the thread does until it is left. A scope
    that is left in another thread is discarded, and counted in `stepped_aside`.
    """
    agent = _agent
    if agent is None:
        return NULL_SCOPE
    agent.left -= 1
    if agent.left > 0:
        return NULL_SCOPE
    return agent.candidate(labels)


def profiled(function: Optional[_F] = None, *,
             labels: Union[Mapping[str, object], Callable[..., Mapping[str, object]], None] = None) -> Any:
    """Makes each call of a function one that may be captured.

    `labels` are the labels of each call, or a function that computes them from the call's arguments; it is called
    only for the few calls that are examined. By default the label `function` holds the function's name. Coroutine
    functions are captured step by step, so other tasks that run in between are not in the capture. Generator
    functions are refused.
    """
    if function is None:
        return functools.partial(profiled, labels=labels)
    if not callable(function):
        raise TypeError('profiled: expected a function, or labels=..., found %r; put it below @staticmethod and '
                        'similar decorators' % (function,))
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError('profiled: expected a function or coroutine function, found a generator function; '
                        'decorate the functions that it calls')
    # A `functools.partial`, for example, has no name.
    named: Any = function if hasattr(function, '__qualname__') else type(function)
    fixed = {'function': '%s.%s' % (named.__module__, named.__qualname__)} if labels is None else labels

    def scope(args: Any, kwargs: Any) -> Scope:
        agent = _agent
        if agent is None:
            return NULL_SCOPE
        agent.left -= 1
        if agent.left > 0:
            return NULL_SCOPE
        return agent.candidate_of(fixed, args, kwargs)

    if _is_coroutine_function(function):
        @functools.wraps(function)
        async def asynchronous(*args: Any, **kwargs: Any) -> Any:
            coroutine = function(*args, **kwargs)  # First: wrong arguments must not leave a scope open.
            found = scope(args, kwargs)
            return await (coroutine if found is NULL_SCOPE else Steps(coroutine, found))
        return asynchronous

    @functools.wraps(function)
    def synchronous(*args: Any, **kwargs: Any) -> Any:
        with scope(args, kwargs):
            return function(*args, **kwargs)
    return synchronous


def _is_coroutine_function(function: Any) -> bool:
    # asyncio's version recognizes more kinds, but is deprecated from 3.14 on.
    return bool((inspect if sys.version_info >= (3, 12) else asyncio).iscoroutinefunction(function))


def profile_job(name: str, probability: Optional[float] = None, **labels: object) -> Scope:
    """A job as a context: `with profile_job('nightly', rows=size_class(n)): ...`.

    In a worker that runs many jobs, the budget decides which are captured. A job that is a process of its own, for
    example one started by cron, has no history to decide by. Give it a `probability`: then it is captured as a whole,
    whatever that costs. Capturing multiplies the CPU time of a job by 2 to 7, so 0.002 costs about 1 %.
    """
    agent = _agent
    if agent is None:
        return NULL_SCOPE
    if probability is not None:
        return agent.job(dict(labels, job=name), probability)
    return profile(job=name, **labels)


def status() -> Dict[str, Any]:
    """The budget's account, and counters: captured, spooled, dropped, stepped aside; empty without an agent."""
    return _agent.status() if _agent is not None else {}


def _after_fork() -> None:
    global _starting
    _starting = threading.Lock()
    if _agent is not None:
        _agent.after_fork()
        # multiprocessing forgets its finalizers in a child. Note that a program may have its own module of that name.
        register = getattr(sys.modules.get('multiprocessing.util'), 'register_after_fork', None)
        if register is not None:
            register(_agent, _stop_with_multiprocessing)


def _stop_with_multiprocessing(_: object = None) -> None:
    """Registers a finalizer: a child process of multiprocessing runs those at its end, but no `atexit` functions."""
    finalize = getattr(sys.modules.get('multiprocessing.util'), 'Finalize', None)
    if finalize is not None:
        finalize(None, stop, args=(2.0,), exitpriority=-100)


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(stop, 2.0)
