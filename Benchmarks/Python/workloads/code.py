"""Pieces that work on programs: parsing, documenting, testing, compiling, importing."""
import argparse
import ast
import cmd
import codeop
import contextlib
import compileall
import dis
import doctest
import importlib
import inspect
import io
import keyword
import optparse
import os
import pkgutil
import pydoc
import shutil
import symtable
import tempfile
import textwrap
import timeit
import tokenize
import traceback
import types
import unittest
import unittest.mock

from . import texts

SOURCE = inspect.getsource(texts)
#: Of every version from 3.8 on, and imported without leaving a trace on the machine.
MODULES = '''abc aifc argparse array ast asyncio asyncio.subprocess base64 bdb binascii bisect bz2 cProfile calendar
    cmath cmd code codecs codeop collections colorsys compileall concurrent.futures concurrent.futures.process
    configparser contextlib contextvars copy copyreg csv ctypes ctypes.util dataclasses datetime decimal difflib dis
    doctest email email.charset email.encoders email.generator email.headerregistry email.mime.multipart
    email.mime.text email.policy encodings.idna encodings.utf_16 enum errno fileinput filecmp fnmatch fractions ftplib
    functools gc getopt getpass gettext glob graphlib gzip hashlib heapq hmac html html.entities html.parser http
    http.client http.cookiejar http.cookies http.server imaplib importlib.metadata importlib.resources importlib.util
    inspect io ipaddress itertools json json.tool keyword linecache locale logging logging.config logging.handlers lzma
    mailbox mimetypes mmap modulefinder multiprocessing multiprocessing.connection multiprocessing.managers
    multiprocessing.pool multiprocessing.shared_memory netrc numbers opcode operator optparse os pathlib pdb pickle
    pickletools pkgutil platform plistlib poplib posixpath pprint profile pstats py_compile pyclbr pydoc pydoc_data.topics
    queue quopri random re reprlib rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site
    smtplib socket socketserver sqlite3 ssl stat statistics string stringprep struct subprocess symtable sysconfig
    tabnanny tarfile tempfile textwrap threading timeit token tokenize trace traceback tracemalloc types typing
    unittest unittest.mock unittest.async_case urllib.error urllib.parse urllib.request urllib.robotparser uuid venv
    warnings wave weakref webbrowser wsgiref.handlers wsgiref.simple_server wsgiref.validate xml.dom.expatbuilder
    xml.dom.minidom xml.dom.pulldom xml.etree.ElementTree xml.sax xml.sax.expatreader xml.sax.saxutils xmlrpc.client
    xmlrpc.server zipapp zipfile zipimport zlib _pydecimal _pyio _strptime'''.split()


class Renamer(ast.NodeTransformer):
    def visit_Name(self, node):
        return ast.copy_location(ast.Name(node.id + '_', node.ctx), node)

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        return node


def syntax(size):
    for number in range(size):
        module = ast.parse(SOURCE[:4000 * (number + 1)].rpartition('\n\n\n')[0])
        ast.dump(module), ast.get_docstring(module), len(list(ast.walk(module)))
        compile(ast.fix_missing_locations(Renamer().visit(module)), 'x', 'exec')
        if hasattr(ast, 'unparse'):
            ast.unparse(module)
    ast.literal_eval("{'a': [1, -2.5, (3, None)], b'x': {4}}")


def tokens(size):
    lines = ''.join(SOURCE.splitlines(True)[:40 * size])
    found = list(tokenize.generate_tokens(io.StringIO(lines).readline))
    tokenize.untokenize(found), [keyword.iskeyword(token.string) for token in found]
    tokenize.detect_encoding(io.BytesIO(b'# coding: utf-8\n').readline)


def disassembly(size):
    for function in (texts.sentence, texts.markup, texts.patterns, texts.tables)[:1 + size]:
        dis.dis(function, file=io.StringIO()), dis.code_info(function)
        list(dis.Bytecode(function)), dis.findlinestarts(function.__code__)
    table = symtable.symtable(SOURCE[:2000].rpartition('\n\n\n')[0], 'x', 'exec')
    [[symbol.is_global() for symbol in child.get_symbols()] for child in table.get_children()]


def inspection(size):
    for name, member in inspect.getmembers(texts)[:20 * size]:
        if inspect.isfunction(member):
            signature = inspect.signature(member)
            str(signature), signature.bind(1), inspect.getsource(member), inspect.getdoc(member)
            inspect.unwrap(member), inspect.getclosurevars(member)
    inspect.classify_class_attrs(texts.Links), inspect.getmro(texts.Links), inspect.stack()[:2]


def documentation(size):
    for name in ('string', 'shlex', 'textwrap', 'calendar', 'fractions')[:size]:
        module = importlib.import_module(name)
        pydoc.plain(pydoc.render_doc(module)), pydoc.html.document(module)
    pydoc.describe(texts.Links), pydoc.splitdoc(pydoc.getdoc(texts)), pydoc.locate('string.Template')


class Case(unittest.TestCase):
    def setUp(self):
        self.text = texts.sentence(3)

    def test_equal(self):
        self.assertEqual([1, 2], [1, 2])
        self.assertIn('t', self.text)
        self.assertRaisesRegex(ValueError, 'invalid', int, 'a')

    def test_different(self):
        for number in range(3):
            with self.subTest(number=number):
                self.assertDictEqual({'a': number}, {'a': 1})

    @unittest.skip('never')
    def test_skipped(self):
        pass

    def test_almost(self):
        with self.assertLogs('case') as seen:
            __import__('logging').getLogger('case').error('x')
        self.assertAlmostEqual(1, 1 + 1e-9), self.assertCountEqual([1, 2], [2, 1]), self.assertTrue(seen.output)


def tests(size):
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromTestCase(Case) for _ in range(size))
    unittest.TextTestRunner(io.StringIO(), verbosity=2).run(suite)


def mocks(size):
    for number in range(size):
        double = unittest.mock.MagicMock(spec=texts.Links, name='links')
        double.feed.side_effect = [1, 2, KeyError]
        double.feed('a'), double.feed(b=number), double.close.return_value
        double.feed.assert_any_call('a'), double.mock_calls, len(unittest.mock.MagicMock()), unittest.mock.call(1) == 1
        with unittest.mock.patch.object(texts, 'sentence', return_value='x') as sentence:
            texts.template(1)
        sentence.assert_called(), unittest.mock.create_autospec(texts.sentence)(1)


def examples(size):
    text = ''.join('>>> %d + 1\n%d\n>>> print("a\\n\\nb")\na\n<BLANKLINE>\nb\n' % (n, n + 1) for n in range(3 * size))
    example = doctest.DocTestParser().get_doctest(text, {}, 'examples', None, 0)
    doctest.DocTestRunner(verbose=False).run(example, out=io.StringIO().write)


def arguments(size):
    for number in range(size):
        parser = argparse.ArgumentParser('tool', description=texts.sentence(number))
        parser.add_argument('--level', type=int, choices=range(9), default=2, help='a level')
        parser.add_argument('--file', nargs='*'), parser.add_argument('-v', action='count')
        group = parser.add_mutually_exclusive_group()
        group.add_argument('--on', action='store_true'), group.add_argument('--off', action='store_true')
        commands = parser.add_subparsers(dest='command')
        commands.add_parser('run', help='runs').add_argument('target')
        parser.parse_args(['--level', '3', '-vv', '--on', 'run', 'x']), parser.format_help(), parser.format_usage()
        with contextlib.redirect_stderr(io.StringIO()), contextlib.suppress(SystemExit):
            parser.parse_args(['--level', '77'])


def options(size):
    for number in range(size):
        parser = optparse.OptionParser('%prog [options]', version='1')
        parser.add_option('-q', '--quiet', action='store_false', dest='verbose', default=True, help='be quiet')
        parser.add_option('-n', type='int', metavar='N', help=texts.sentence(number))
        parser.add_option_group(optparse.OptionGroup(parser, 'Others'))
        parser.parse_args(['-q', '-n', '3', 'rest']), parser.format_help()


def compilation(size):
    with tempfile.TemporaryDirectory() as folder:
        for number in range(2 * size):
            shutil.copy(texts.__file__, os.path.join(folder, 'm%d.py' % number))
        compileall.compile_dir(folder, quiet=2, force=True), compileall.compile_dir(folder, quiet=2)
        [module.name for module in pkgutil.iter_modules([folder])]


def failures(size):
    for number in range(2 * size):
        try:
            try:
                {}[number]
            except KeyError as error:
                raise ValueError(texts.sentence(number)) from error
        except ValueError:
            traceback.format_exc(), traceback.extract_stack()
        codeop.compile_command('if %d:' % number), textwrap.dedent('  a\n  b')


class Console(cmd.Cmd):
    """A small console."""

    def do_say(self, line):
        """say TEXT: says it."""
        self.stdout.write(line)

    def do_quit(self, line):
        """quit: ends."""
        return True


def consoles(size):
    lines = 'say hello\nhelp\nhelp say\nunknown\n' * size + 'quit\n'
    console = Console(stdin=io.StringIO(lines), stdout=io.StringIO())
    console.use_rawinput = False
    console.cmdloop()
    timeit.timeit('1 + 1', number=5 * size)


def imports(size):
    """Imports modules as at the start of a program; those that this Python lacks are passed over."""
    for name in MODULES[:len(MODULES) * size // 4]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    types.new_class('Made', (object,), exec_body=lambda namespace: namespace.update(a=1))
