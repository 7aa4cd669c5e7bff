"""The workloads of scripts/bench-overhead: some endpoints each, which are functions of about a millisecond."""
import asyncio
import hashlib
import json
import re
import zlib


def calls():
    """Only calls of small functions: the highest cost that a profiler can have."""
    def fib(number):
        return number if number < 2 else fib(number - 1) + fib(number - 2)
    return {'/fib': lambda: fib(16)}


class _Node:
    def __init__(self, value):
        self.value, self.next = value, []

    def link(self, other):
        self.next.append(other)
        return other

    def total(self, depth):
        return self.value + (sum(node.total(depth - 1) for node in self.next) if depth else 0)


def objects():
    """Objects, methods and generators, as in typical programs."""
    def tree():
        root = level = _Node(1)
        for depth in range(40):
            for value in range(8):
                level.link(_Node(value))
            level = level.next[depth % 8]
        return root.total(40)
    return {'/tree': tree}


def native():
    """Most of the time is spent in functions written in C."""
    data = {'rows': [{'id': number, 'name': 'name %d' % number, 'tags': ['a', 'b', str(number)]} for number in range(150)]}
    words = re.compile(r'(\w+) (\d+)')

    def pack():
        text = json.dumps(data)
        json.loads(text)
        words.findall(text)
        return hashlib.sha256(zlib.compress(text.encode())).hexdigest()
    return {'/pack': pack}


def tasks():
    """Producers and consumers on an asyncio loop."""
    async def pair(count):
        queue = asyncio.Queue(4)

        async def produce():
            for number in range(count):
                await queue.put(number)
            await queue.put(None)

        async def consume():
            total = 0
            while True:
                item = await queue.get()
                if item is None:
                    return total
                total += item
        return (await asyncio.gather(produce(), consume()))[1]

    loop = asyncio.new_event_loop()
    return {'/pairs': lambda: loop.run_until_complete(pair(60))}


def web():
    """A page and a JSON answer from Flask, through its test client; without Flask, from a small router."""
    try:
        import flask
    except ImportError:
        return _own_web()
    app = flask.Flask(__name__)
    page = '<h1>{{ title }}</h1><ul>{% for row in rows %}<li class="{{ loop.cycle("odd", "even") }}">{{ row.name }}: '\
           '{{ row.price }}</li>{% endfor %}</ul>'

    @app.route('/list/<int:count>')
    def listing(count):
        rows = [{'name': 'item %d' % number, 'price': number * 7 % 100} for number in range(count)]
        return flask.render_template_string(page, title='Items', rows=rows)

    @app.route('/item/<int:number>')
    def item(number):
        return flask.jsonify(id=number, name='item %d' % number)
    client = app.test_client()
    return {'/list': lambda: client.get('/list/20').data, '/item': lambda: client.get('/item/7').data}


def _own_web():
    routes = [(re.compile(r'/list/(\d+)'), lambda count: [dict(name='item %d' % n, price=n * 7 % 100) for n in range(int(count))]),
              (re.compile(r'/item/(\d+)'), lambda number: {'id': number})]

    def request(path):
        for _ in range(10):
            for pattern, handler in routes:
                found = pattern.fullmatch(path)
                if found:
                    json.dumps(handler(*found.groups()), indent=1, sort_keys=True)
    return {'/list': lambda: request('/list/20'), '/item': lambda: request('/item/7')}


def mix():
    """All of them, in random order."""
    endpoints = {}
    for workload in (calls, objects, native, tasks):
        endpoints.update(workload())
    return endpoints


WORKLOADS = {'calls': calls, 'objects': objects, 'native': native, 'tasks': tasks, 'web': web, 'mix': mix}
