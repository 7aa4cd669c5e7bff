# SPDX-License-Identifier: Apache-2.0
"""The same small shop in four frameworks, each with the agent added in two lines, as users would."""
from __future__ import annotations

import json
import os
from typing import Any, Dict

import strata_agent

strata_agent.start(service='shop', send_to=os.environ['STRATA_TEST_SPOOL'],
                   budget=float(os.environ.get('STRATA_TEST_BUDGET', '0.3')))


def find_items(count: int) -> Dict[str, Any]:
    """Called by all handlers, so it must be in the dumps."""
    rows = [{'id': number, 'name': 'item %d' % number, 'price': price_of(number)} for number in range(count)]
    return json.loads(json.dumps({'items': sorted(rows, key=lambda row: -row['price'])}))


def price_of(number: int) -> int:
    return (number * 7919) % 1000


def flask_app() -> Any:
    from flask import Flask, jsonify

    from strata_agent.wsgi import ProfileMiddleware

    app = Flask(__name__)
    app.wsgi_app = ProfileMiddleware(app.wsgi_app)  # type: ignore[method-assign]

    @app.route('/items/<int:count>')
    def items(count: int) -> Any:
        return jsonify(find_items(count))

    return app


def django_app() -> Any:
    import django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import JsonResponse
    from django.urls import path

    from strata_agent.wsgi import ProfileMiddleware

    def items(request: Any, count: int) -> Any:
        return JsonResponse(find_items(count))

    settings.configure(DEBUG=False, SECRET_KEY='test', ALLOWED_HOSTS=['*'],
                       ROOT_URLCONF=type('urls', (), {'urlpatterns': [path('items/<int:count>', items)]}))
    django.setup()
    return ProfileMiddleware(get_wsgi_application())


def starlette_app() -> Any:
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    from strata_agent.asgi import ProfileMiddleware

    async def items(request: Any) -> Any:
        return JSONResponse(find_items(request.path_params['count']))

    return Starlette(routes=[Route('/items/{count:int}', items)], middleware=[Middleware(ProfileMiddleware)])


def fastapi_app() -> Any:
    from fastapi import FastAPI

    from strata_agent.asgi import ProfileMiddleware

    app = FastAPI()
    app.add_middleware(ProfileMiddleware)

    @app.get('/items/{count}')
    async def items(count: int) -> Any:
        return find_items(count)

    return app
