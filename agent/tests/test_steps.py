# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import asyncio
import contextvars
import functools
import gc
import sys
import time
import unittest
import weakref
from typing import Any, List
from unittest import mock

import strata_agent
from strata_agent.capture import scopes
from strata_agent import asgi, wsgi
from strata_agent.capture.steps import Steps

from .support import PATIENCE, AgentTest


def own_work(number: int) -> int:
    return number + 1


def other_work(number: int) -> int:
    return number + 2


async def request(number: int) -> int:
    total = 0
    for _ in range(number):
        total += own_work(1)
        await asyncio.sleep(0)
    return total


async def neighbour(running: List[bool]) -> None:
    while running:
        other_work(1)
        await asyncio.sleep(0)


async def beside_a_neighbour(call: Any) -> Any:
    running = [True]
    task = asyncio.ensure_future(neighbour(running))
    try:
        return await call
    finally:
        running.clear()
        await task


class StepTests(AgentTest):
    def test_what_other_tasks_do_meanwhile_is_not_seen(self) -> None:
        self.start()
        result = asyncio.run(beside_a_neighbour(strata_agent.profiled(labels={'kind': 'request'})(request)(20)))
        self.assertEqual(result, 40)
        line, = self.lines()
        calls = {function[2]: figures[1] for function, figures in self.stats(line).items()}
        self.assertEqual(calls['own_work'], 20)
        self.assertNotIn('other_work', calls)
        self.assertIsNone(sys.getprofile())

    def test_errors_pass_both_ways(self) -> None:
        async def fails() -> None:
            await asyncio.sleep(0)
            raise KeyError('own')

        async def waits_for_ever(seen: List[str]) -> None:
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                seen.append('cancelled')
                raise

        async def program() -> List[str]:
            seen: List[str] = []
            with self.assertRaises(KeyError):
                await strata_agent.profiled(fails)()
            task = asyncio.ensure_future(strata_agent.profiled(waits_for_ever)(seen))
            await asyncio.sleep(0.01)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(strata_agent.profiled(waits_for_ever)(seen), 0.01)
            return seen

        self.start()
        self.assertEqual(asyncio.run(program()), ['cancelled', 'cancelled'])
        self.assertEqual(len(self.lines()), 3)
        self.assertEqual(strata_agent.status()['errors'], 0)

    def test_tasks_at_the_same_time_are_captured_one_at_a_time(self) -> None:
        async def program() -> List[int]:
            call = strata_agent.profiled(request)
            return await asyncio.gather(*[call(number) for number in range(1, 9)])

        self.start()
        self.assertEqual(asyncio.run(program()), [2 * number for number in range(1, 9)])
        for line in self.lines():
            calls = {function[2]: figures[1] for function, figures in self.stats(line).items()}
            self.assertLessEqual(calls['own_work'], 8)
        self.assertGreaterEqual(len(self.lines()), 1)

    def test_a_call_that_waits_for_long_frees_the_slot(self) -> None:
        async def waits(end: 'asyncio.Event') -> int:
            own_work(1)
            await end.wait()
            return own_work(2)

        async def program() -> int:
            end, deadline = asyncio.Event(), time.monotonic() + PATIENCE
            waiting = asyncio.ensure_future(strata_agent.profiled(labels={'kind': 'waits'})(waits)(end))
            while agent.captures.counters['cut'] == 0 and time.monotonic() < deadline:
                await asyncio.sleep(0.01)
            await strata_agent.profiled(labels={'kind': 'request'})(request)(3)
            end.set()
            return await waiting

        agent = self.start()
        with mock.patch.object(scopes, 'LONGEST', 200_000_000):
            self.assertEqual(asyncio.run(program()), 3)
        self.assertEqual([line['labels'] for line in self.lines()],
                         [{'kind': 'waits', 'cut': 'true'}, {'kind': 'request'}])
        self.assertIsNone(sys.getprofile())

    def test_other_awaitables_and_contexts_are_kept(self) -> None:
        variable: 'contextvars.ContextVar[int]' = contextvars.ContextVar('variable', default=0)

        class Awaitable:
            def __await__(self) -> Any:
                variable.set(variable.get() + 1)
                yield from asyncio.sleep(0).__await__()
                return 7

        async def program() -> Any:
            return await Steps(Awaitable(), strata_agent.profile()), variable.get()

        self.start()
        self.assertEqual(asyncio.run(program()), (7, 1))

    def test_whatever_can_be_awaited_is_awaited(self) -> None:
        class Plain:
            """An awaitable whose iterator accepts no values."""

            def __await__(self) -> Any:
                return iter([None, None])

        class Returns:
            def __await__(self) -> Any:
                return asyncio.sleep(0, 'returned').__await__()

        async def program() -> List[Any]:
            return [await Steps(Plain(), self.agent.candidate({})),  # type: ignore[arg-type]
                    await Steps(Returns(), self.agent.candidate({}))]  # type: ignore[arg-type]

        async def fails() -> None:
            await Steps(12, self.agent.candidate({}))  # type: ignore[arg-type]

        self.agent = self.start()
        self.assertEqual(asyncio.run(program()), [None, 'returned'])
        with self.assertRaisesRegex(TypeError, "object int can't be used in 'await' expression"):
            asyncio.run(fails())
        self.assertIsNone(self.agent.captures.slot.capture)

    def test_wrong_arguments_leave_no_scope_open(self) -> None:
        agent = self.start()
        with self.assertRaises(TypeError):
            asyncio.run(strata_agent.profiled(request)())
        with self.assertRaises(TypeError):
            asyncio.run(asgi.ProfileMiddleware(request)({'type': 'http'}, None, None))
        self.assertIsNone(agent.captures.slot.capture)

    def test_an_error_thrown_into_a_coroutine_is_released(self) -> None:
        async def waits() -> None:
            await asyncio.get_running_loop().create_future()

        self.start()
        gc.collect()
        gc.disable()
        self.addCleanup(gc.enable)
        reference = []

        async def throws() -> None:
            class Own(Exception):
                pass

            steps = Steps(waits(), strata_agent.profile()).__await__()
            next(steps)
            try:
                steps.throw(Own('thrown in'))
            except Own as error:
                reference.append(weakref.ref(error))

        asyncio.run(throws())
        self.assertIsNone(reference[0]())

    def test_generators_are_refused(self) -> None:
        def generator() -> Any:
            yield 1

        with self.assertRaisesRegex(TypeError, 'generator'):
            strata_agent.profiled(generator)

    def test_anything_but_a_function_is_refused(self) -> None:
        for wrong in (classmethod(own_work), {'kind': 'request'}):
            with self.assertRaisesRegex(TypeError, 'profiled: expected a function'):
                strata_agent.profiled(wrong)  # type: ignore[type-var]

    def test_a_function_without_a_name_has_that_of_its_kind(self) -> None:
        self.start()
        self.assertEqual(strata_agent.profiled(functools.partial(own_work, 1))(), 2)
        line, = self.lines()
        self.assertEqual(line['labels'], {'function': 'functools.partial'})


class MiddlewareTests(AgentTest):
    def test_a_body_that_is_made_while_it_is_sent_counts(self) -> None:
        def app(environ: Any, start_response: Any) -> Any:
            start_response('200 OK', [])

            def body() -> Any:
                for number in range(5):
                    yield b'%d' % own_work(number)
            return body()

        self.start()
        environ = {'REQUEST_METHOD': 'GET', 'PATH_INFO': '/items/12'}
        body = wsgi.ProfileMiddleware(app)(environ, lambda *_: None)
        self.assertEqual(b''.join(body), b'12345')
        body.close()  # type: ignore[attr-defined]
        line, = self.lines()
        self.assertEqual(line['labels'], {'endpoint': 'GET /items/{}'})
        calls = {function[2]: figures[1] for function, figures in self.stats(line).items()}
        self.assertEqual(calls['own_work'], 5)

    def test_a_body_that_is_not_closed_ends_with_its_last_part(self) -> None:
        agent = self.start()
        body = wsgi.ProfileMiddleware(lambda environ, start: iter([b'a', b'b']))({}, lambda *_: None)
        self.assertEqual(list(body), [b'a', b'b'])
        self.assertIsNone(agent.captures.slot.capture)
        self.assertEqual(len(self.lines()), 1)
        body.close()  # type: ignore[attr-defined]
        self.assertEqual(len(self.lines()), 1)

    def test_an_error_of_a_wsgi_application_is_its_own(self) -> None:
        def app(environ: Any, start_response: Any) -> Any:
            raise ValueError('own')

        self.start()
        with self.assertRaises(ValueError):
            wsgi.ProfileMiddleware(app)({}, lambda *_: None)
        self.assertIsNone(sys.getprofile())
        self.assertEqual(len(self.lines()), 1)

    def test_requests_of_asgi_have_labels_and_other_scopes_pass(self) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            own_work(1)
            await send({'type': 'x'})

        async def send(message: Any) -> None:
            await asyncio.sleep(0)

        self.start()
        wrapped = asgi.ProfileMiddleware(app)
        scope = {'type': 'http', 'method': 'PUT', 'path': '/a', 'headers': [(b'content-length', b'70')]}
        asyncio.run(wrapped(scope, None, send))
        asyncio.run(wrapped({'type': 'lifespan'}, None, send))
        self.assertEqual([line['labels'] for line in self.lines()], [{'endpoint': 'PUT /a', 'input': '64-127 B'}])

    def test_labels_may_be_computed_from_the_request(self) -> None:
        self.start()
        app = wsgi.ProfileMiddleware(lambda environ, start: [b''], labels=lambda environ: {'tenant': environ['tenant']})
        app({'tenant': 'a'}, lambda *_: None)
        app({}, lambda *_: None)
        self.assertEqual([line['labels'] for line in self.lines()], [{'tenant': 'a'}])
        self.assertEqual(strata_agent.status()['errors'], 1)


if __name__ == '__main__':
    unittest.main()
