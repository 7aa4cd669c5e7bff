"""Pieces that turn values into bytes and back, and move values about."""
import base64
import bz2
import collections
import copy
import dataclasses
import enum
import gzip
import heapq
import io
import itertools
import json
import json.decoder
import json.encoder
import json.scanner
import pickle
import plistlib
import quopri
import tarfile
import typing
import xml.dom.minidom
import xml.etree.ElementTree as tree
import xml.sax
import xml.sax.saxutils
import zipfile
import zlib

from .texts import sentence


def records(count):
    return [{'id': n, 'name': sentence(n), 'tags': ['a', 'b%d' % n], 'price': n / 7, 'on': n % 2 == 0, 'none': None}
            for n in range(count)]


def json_text(size):
    text = json.dumps(records(15 * size), indent=2, sort_keys=True, default=str)
    json.loads(text, object_pairs_hook=collections.OrderedDict)
    json.loads(text, parse_float=str)


class PlainDecoder(json.JSONDecoder):
    """Python's own scanner, as interpreters without the accelerator have it."""

    def __init__(self):
        super().__init__()
        self.parse_string = json.decoder.py_scanstring
        self.scan_once = json.scanner.py_make_scanner(self)


def json_plain(size):
    rows = records(3 * size)
    text = ''.join(json.encoder.JSONEncoder(indent=1).iterencode(rows))
    PlainDecoder().decode(text)
    try:
        PlainDecoder().decode('{"a": [1, 2, tru')
    except ValueError as error:
        str(error)


def pickles(size):
    file = io.BytesIO()
    pickle._Pickler(file, 4).dump([records(3 * size), Color.RED, Order(1, 'a'), {1, 2}, frozenset('ab'), 10**30, b'x'])
    file.seek(0)
    return pickle._Unpickler(file).load()


class Handler(xml.sax.ContentHandler):
    """Counts elements."""

    def __init__(self):
        super().__init__()
        self.counts = collections.Counter()

    def startElement(self, name, attributes):
        self.counts[name] += 1


def xml_text(size):
    root = tree.Element('orders', {'n': '1'})
    for row in records(8 * size):
        item = tree.SubElement(root, 'order', id=str(row['id']))
        tree.SubElement(item, 'name').text = row['name']
    text = tree.tostring(root, encoding='unicode')
    for _, element in tree.iterparse(io.BytesIO(text.encode()), events=('start', 'end')):
        element.get('id')
    root.findall('.//order[@id="2"]/name'), root.find('order')
    list(root.iter('name'))


def xml_documents(size):
    text = '<a>%s</a>' % ''.join('<b k="%d">%s<![CDATA[x]]></b>' % (n, sentence(n)) for n in range(4 * size))
    document = xml.dom.minidom.parseString(text)
    for node in document.getElementsByTagName('b'):
        node.setAttribute('k', xml.sax.saxutils.escape(node.getAttribute('k')))
        node.appendChild(document.createTextNode('y'))
    document.toprettyxml(indent=' ')
    xml.sax.parseString(text, Handler())
    document.unlink()


def property_lists(size):
    value = {'rows': [{'id': n, 'data': b'abc', 'real': 1.5} for n in range(4 * size)], 'flag': True}
    for form in (plistlib.FMT_XML, plistlib.FMT_BINARY):
        plistlib.loads(plistlib.dumps(value, fmt=form))


class Color(enum.Enum):
    RED = 1
    GREEN = 2


@dataclasses.dataclass(order=True)
class Order:
    number: int
    name: str
    parts: typing.List[int] = dataclasses.field(default_factory=list)


def models(size):
    class Kind(enum.Flag):
        A = enum.auto()
        B = enum.auto()

    kind = dataclasses.make_dataclass('Item', [('a', int), ('b', str, 'x')], frozen=True)
    point = collections.namedtuple('Point', 'x y')
    orders = [Order(n, sentence(n), [n]) for n in range(10 * size)]
    for order in sorted(orders, reverse=True):
        dataclasses.asdict(dataclasses.replace(order, number=order.number + 1))
        point(order.number, 2)._replace(x=3)._asdict(), kind(order.number)
    typing.get_type_hints(Order), Kind.A | Kind.B, Color(2), Color['RED']
    copy.deepcopy(orders), copy.copy(orders[0])


def collections_work(size):
    counts = collections.Counter(itertools.chain.from_iterable(map(sentence, range(10 * size))))
    counts.most_common(3), counts + counts, counts & counts
    chain = collections.ChainMap({'a': 1}, dict(counts)).new_child({'b': 2})
    [chain.get(key) for key in 'abc'], list(chain.items())
    heap = []
    for row in records(10 * size):
        heapq.heappush(heap, (row['price'], row['id']))
    heapq.nsmallest(3, heap, key=lambda entry: -entry[1]), heapq.nlargest(3, heap)
    list(heapq.merge([1, 3], [2, 4], key=lambda value: value))
    user = collections.UserDict(a=1)
    user.update(b=2), list(user), collections.UserList([1]) + [2], collections.UserString('a').upper()
    [sum(v for _, v in group) for _, group in itertools.groupby(sorted(heap), key=lambda entry: int(entry[0]))]


def packing(size):
    data = ' '.join(map(sentence, range(20 * size))).encode()
    for pack, unpack in ((gzip.compress, gzip.decompress), (bz2.compress, bz2.decompress),
                         (zlib.compress, zlib.decompress), (base64.b64encode, base64.b64decode),
                         (base64.b32encode, base64.b32decode), (base64.a85encode, base64.a85decode),
                         (quopri.encodestring, quopri.decodestring)):
        assert unpack(pack(data)) == data


def archives(size):
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w', zipfile.ZIP_DEFLATED) as archive:
        for number in range(3 * size):
            archive.writestr('f%d.txt' % number, sentence(number) * 20)
    with zipfile.ZipFile(file) as archive:
        archive.testzip(), [archive.read(info) for info in archive.infolist()]
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode='w:gz') as archive:
        for number in range(3 * size):
            info = tarfile.TarInfo('g%d' % number)
            info.size = 5
            archive.addfile(info, io.BytesIO(b'hello'))
    file.seek(0)
    with tarfile.open(fileobj=file) as archive:
        [archive.extractfile(member).read() for member in archive.getmembers()]
