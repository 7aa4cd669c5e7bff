"""Pieces that keep things: databases, files, logs, caches, queues of threads."""
import abc
import concurrent.futures
import contextlib
import dbm.dumb
import filecmp
import functools
import glob
import io
import linecache
import logging
import logging.config
import logging.handlers
import os
import pathlib
import queue
import sched
import shelve
import shutil
import sqlite3
import tempfile
import threading
import time
import warnings
import weakref

from .texts import sentence


class Spread:
    """An aggregate function of SQL."""

    def __init__(self):
        self.values = []

    def step(self, value):
        self.values.append(value)

    def finalize(self):
        return max(self.values) - min(self.values)


def database(size):
    connection = sqlite3.connect(':memory:')
    connection.row_factory = sqlite3.Row
    connection.create_function('reverse', 1, lambda text: text[::-1])
    connection.create_aggregate('spread', 1, Spread)
    connection.create_collation('length', lambda a, b: (len(a) > len(b)) - (len(a) < len(b)))
    with connection:
        connection.execute('CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL)')
        connection.executemany('INSERT INTO item(name, price) VALUES(?, ?)',
                               ((sentence(n), n / 3) for n in range(20 * size)))
    for row in connection.execute('SELECT *, reverse(name) AS r FROM item ORDER BY name COLLATE length'):
        dict(row)
    connection.execute('SELECT spread(price), count(*) FROM item GROUP BY id % 3').fetchall()
    list(connection.iterdump())
    connection.close()


def shelves(size):
    with tempfile.TemporaryDirectory() as folder:
        keeper = shelve.Shelf(dbm.dumb.open(os.path.join(folder, 'shelf'), 'c'), writeback=True)
        for number in range(3 * size):
            keeper['k%d' % number] = [sentence(number)]
        keeper.sync()
        list(keeper.items()), 'k1' in keeper, len(keeper), keeper.close()


def files(size):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for number in range(3 * size):
            path = folder / ('d%d' % (number % 3)) / ('f%d.txt' % number)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(sentence(number))
            path.read_bytes(), path.stat().st_size, path.with_suffix('.md').name, path.relative_to(folder).as_posix()
        shutil.copytree(str(folder / 'd0'), str(folder / 'copy'))
        filecmp.dircmp(str(folder / 'd0'), str(folder / 'copy')).same_files
        sorted(folder.rglob('*.txt')), glob.glob(name + '/**/*.txt', recursive=True), list(os.walk(name))
        shutil.make_archive(os.path.join(name, 'archive'), 'gztar', str(folder / 'd0'))
        shutil.disk_usage(name), shutil.which('sh')
        with tempfile.NamedTemporaryFile('w+', dir=name) as file, tempfile.SpooledTemporaryFile() as spool:
            file.write('x'), spool.write(b'y' * 10), linecache.getline(__file__, 3)


def logs(size):
    logger = logging.getLogger('app.part%d' % size)
    logger.propagate = False
    with tempfile.TemporaryDirectory() as folder:
        handlers = [logging.StreamHandler(io.StringIO()), logging.handlers.MemoryHandler(100),
                    logging.handlers.RotatingFileHandler(os.path.join(folder, 'log'), maxBytes=500, backupCount=2)]
        for handler in handlers:
            handler.setFormatter(logging.Formatter('%(asctime)s %(levelname)-8s %(name)s: %(message)s'))
            logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        for number in range(5 * size):
            logger.debug('unseen %d', number), logger.warning('seen %s', sentence(number))
        try:
            raise ValueError('of no use')
        except ValueError:
            logger.exception('failed')
        for handler in handlers:
            logger.removeHandler(handler), handler.close()


def log_settings(size):
    for _ in range(size):
        logging.config.dictConfig({
            'version': 1, 'disable_existing_loggers': False,
            'formatters': {'plain': {'format': '%(message)s'}, 'brace': {'format': '{message}', 'style': '{'}},
            'handlers': {'none': {'class': 'logging.NullHandler', 'formatter': 'plain'}},
            'loggers': {'settings': {'handlers': ['none'], 'level': 'ERROR', 'propagate': False}}})
        logging.LoggerAdapter(logging.getLogger('settings'), {'a': 1}).error('told')
    with warnings.catch_warnings(record=True):
        warnings.simplefilter('always')
        warnings.warn('old', DeprecationWarning)


def threads(size):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(sentence, number) for number in range(4 * size)]
        [future.result() for future in concurrent.futures.as_completed(waiting)]
        list(pool.map(sentence, range(3)))
    jobs, ended = queue.PriorityQueue(), threading.Event()
    for number in range(4 * size):
        jobs.put((-number, sentence(number)))
    while not jobs.empty():
        jobs.get(), jobs.task_done()
    timer = threading.Timer(0.001, ended.set)
    timer.start(), ended.wait(1), timer.join()
    condition = threading.Condition()
    with condition:
        condition.wait(0.0001), condition.notify_all()
    planner = sched.scheduler(time.monotonic, lambda seconds: None)
    planner.enterabs(0, 1, sentence, (1,)), planner.run(), threading.Barrier(1).wait()


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self):
        """The area."""


@functools.total_ordering
class Square(Shape):
    def __init__(self, side):
        self.side = side

    @functools.lru_cache(maxsize=50)
    def area(self):
        return self.side ** 2

    def __eq__(self, other):
        return self.side == other.side

    def __lt__(self, other):
        return self.side < other.side

    def __hash__(self):
        return hash(self.side)


@functools.singledispatch
def describe(value):
    return 'a value'


@describe.register(int)
def describe_number(value):
    return 'a number'


def caches(size):
    known = weakref.WeakValueDictionary()
    for number in range(8 * size):
        square = Square(number % 5)
        known[number] = square
        square.area(), square >= Square(2), describe(number), describe('a'), isinstance(square, Shape)
    list(known.items()), weakref.WeakSet([square]).discard(square), weakref.finalize(square, len, '').detach()
    with contextlib.ExitStack() as stack, contextlib.suppress(KeyError), contextlib.redirect_stdout(io.StringIO()):
        stack.callback(sentence, 1), stack.enter_context(contextlib.closing(io.StringIO()))
        functools.partial(sentence, 2)(), functools.reduce(lambda a, b: a + b, range(5))
        raise KeyError
