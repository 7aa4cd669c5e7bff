# SPDX-License-Identifier: Apache-2.0
"""Profiles a running program within a budget of its CPU time, and keeps all that it took.

    import strata_agent
    strata_agent.start(service='shop', send_to='profiles', budget=0.01)

    with strata_agent.profile(endpoint='/search', input=strata_agent.size_class(len(rows))):
        ...

Labels say what kind of input a call had. A few calls are captured by cProfile, chosen so that all that capturing
costs stays within the budget; each becomes a dump in a folder, with its time and labels, for `strata import`.
"""
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
from .calibration import call_cost, plain_cost
from .labels import LabelLimits, number_bin, size_class
from .scopes import NOTHING, Nothing
from .spool import DEFAULT_LIMIT, Spool
from .steps import Steps

__all__ = ['LabelLimits', 'flush', 'number_bin', 'profile', 'profile_job', 'profiled', 'size_class', 'start', 'status',
           'stop']
__version__ = '0.1.0'

_F = TypeVar('_F', bound=Callable[..., Any])

_agent: Optional[Agent] = None
_starting = threading.Lock()


def start(service: str, send_to: Union[str, 'os.PathLike[str]'], budget: float = 0.01,
          labels: Optional[Mapping[str, object]] = None, *, every: Optional[float] = None, builtins: bool = True,
          spool_limit: int = DEFAULT_LIMIT, label_limit: int = 100,
          spool: Union[str, 'os.PathLike[str]', None] = None, token: Optional[str] = None,
          headers: Optional[Mapping[str, str]] = None) -> None:
    """Starts the agent of this process and of the processes that it forks.

    `service` is a label of each capture, and so are `labels`. `send_to` is a folder, which `strata import` reads, or
    the URL of a server, `https://host:port`. What goes to a server waits in the folder `spool` until the server has
    it, by default one for the service and the URL below the user's state folder. `token` says who sends
    (`STRATA_TOKEN` in the environment unless given), `headers` are sent with each request.
    `budget` is the part of the CPU time of the process that capturing may cost, on average over a minute. With
    `every`, captures are added up and dumped once in so many seconds for each set of labels: more calls for the same
    budget, and not one dump for each. `builtins=False` leaves out functions that are written in C: a third of the
    cost. `spool_limit` bounds the bytes of the dumps in the folder, `label_limit` the values of each label.

    Raises `RuntimeError` if the agent runs already, `ValueError` for a budget that is no part of one or a URL that
    leads nowhere (`localhost:8080` is none: `http://localhost:8080`), and `OSError` where the folder cannot be made.
    """
    global _agent
    with _starting:
        if _agent is not None:
            raise RuntimeError('the agent of this process was started already: call stop() first')
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
            # 30 ms to import: only for who needs it.
            from .http import Sender
            from .target import check, default_spool
            check(send_to, token, headers)  # Before a folder is made.
            path = os.fspath(spool or '') or default_spool(service, send_to)
            sender = Sender(send_to, path, spool_limit, token, headers)
        elif spool is not None or token is not None or headers is not None:
            raise ValueError('spool, token and headers are for a URL, and send_to is a folder: %r' % path)
        opened = Spool(path, spool_limit)  # Says now what is wrong with the folder.
        agent = Agent(lambda: Spool(path, spool_limit), dict(labels or {}, service=service), budget, every=every,
                      builtins=builtins, label_limit=label_limit)
        agent.worker.use(opened)
        agent.call_cost = call_cost(builtins)
        if sender is not None:
            agent.send_with(sender)
        _agent = agent
        _stop_with_multiprocessing()
        agent.left = 1 << 60
        agent.governor.plain_cost = plain_cost(profile)
        agent.left = 1


def _is_url(send_to: str) -> bool:
    if ':' not in send_to:
        return False
    from .target import is_url
    return is_url(send_to)


def stop(timeout: float = 5.0) -> bool:
    """Stops the agent, if there is one; returns whether all that was captured is in the folder, or at its server."""
    global _agent
    agent, _agent = _agent, None
    return agent.stop(timeout) if agent is not None else True


def flush(timeout: float = 5.0) -> bool:
    """Waits until all that was captured is in the folder, or at its server; returns whether it is."""
    return _agent.flush(timeout) if _agent is not None else True


def profile(**labels: object) -> Nothing:
    """A call that may be captured, as a context: `with profile(endpoint='/search', input='large'): ...`.

    Never raises, and costs about a third of a microsecond for a call that is not looked at. In asynchronous code use
    `profiled` or the middleware: this one sees whatever the thread does until it is left. A scope that another thread
    leaves comes to nothing, and is counted (`stepped_aside`).
    """
    agent = _agent
    if agent is None:
        return NOTHING
    agent.left -= 1
    if agent.left > 0:
        return NOTHING
    return agent.candidate(labels)


def profiled(function: Optional[_F] = None, *,
             labels: Union[Mapping[str, object], Callable[..., Mapping[str, object]], None] = None) -> Any:
    """Makes each call of a function one that may be captured.

    `labels` are those of each call, or a function of its arguments that tells them; it is called for the few calls
    that are looked at. By default the label `function` tells the name. Coroutine functions are captured step by step,
    so that what other tasks do meanwhile is not seen; generators are refused.
    """
    if function is None:
        return functools.partial(profiled, labels=labels)
    if not callable(function):
        raise TypeError('profiled: expected a function, or labels=..., found %r: put it below @staticmethod and the '
                        'like' % (function,))
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError('profiled: expected a function or coroutine function, found a generator function: '
                        'mark what it calls')
    # A `functools.partial`, for one, has no name.
    named: Any = function if hasattr(function, '__qualname__') else type(function)
    fixed = {'function': '%s.%s' % (named.__module__, named.__qualname__)} if labels is None else labels

    def scope(args: Any, kwargs: Any) -> Nothing:
        agent = _agent
        if agent is None:
            return NOTHING
        agent.left -= 1
        if agent.left > 0:
            return NOTHING
        return agent.candidate_of(fixed, args, kwargs)

    if _is_coroutine_function(function):
        @functools.wraps(function)
        async def asynchronous(*args: Any, **kwargs: Any) -> Any:
            coroutine = function(*args, **kwargs)  # First: wrong arguments must not leave a scope open.
            found = scope(args, kwargs)
            return await (coroutine if found is NOTHING else Steps(coroutine, found))
        return asynchronous

    @functools.wraps(function)
    def synchronous(*args: Any, **kwargs: Any) -> Any:
        with scope(args, kwargs):
            return function(*args, **kwargs)
    return synchronous


def _is_coroutine_function(function: Any) -> bool:
    # That of asyncio knows more kinds, and warns from 3.14 on.
    return bool((inspect if sys.version_info >= (3, 12) else asyncio).iscoroutinefunction(function))


def profile_job(name: str, probability: Optional[float] = None, **labels: object) -> Nothing:
    """A job as a context: `with profile_job('nightly', rows=size_class(n)): ...`.

    In a worker that runs many of them, the budget decides which are captured. A job that is a process of its own, as
    cron starts it, has no past to decide by: give it a `probability`, and it is captured as a whole, whatever that
    costs. A job takes 2 to 7 times its CPU time when it is captured, so that 0.002 is about 1 %.
    """
    agent = _agent
    if agent is None:
        return NOTHING
    if probability is not None:
        return agent.job(dict(labels, job=name), probability)
    return profile(job=name, **labels)


def status() -> Dict[str, Any]:
    """What the agent did so far: the account of the budget, and what was captured, spooled, dropped and left alone."""
    return _agent.status() if _agent is not None else {}


def _after_fork() -> None:
    global _starting
    _starting = threading.Lock()
    if _agent is not None:
        _agent.after_fork()
        # Which forgets its finalizers in a child. A program may have a module of that name.
        register = getattr(sys.modules.get('multiprocessing.util'), 'register_after_fork', None)
        if register is not None:
            register(_agent, _stop_with_multiprocessing)


def _stop_with_multiprocessing(_: object = None) -> None:
    """A child of multiprocessing runs finalizers at its end, and not what atexit has."""
    finalize = getattr(sys.modules.get('multiprocessing.util'), 'Finalize', None)
    if finalize is not None:
        finalize(None, stop, args=(2.0,), exitpriority=-100)


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(stop, 2.0)
