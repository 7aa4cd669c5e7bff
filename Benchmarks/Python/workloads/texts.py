"""Pieces that work on texts: templates, markup, differences, patterns, tables, settings."""
import configparser
import csv
import difflib
import gettext
import html
import html.parser
import io
import pprint
import re
import shlex
import string
import textwrap

WORDS = 'the profile of a service tells where its time went slice by slice and function by function'.split()


def sentence(number):
    return ' '.join(WORDS[number * k % len(WORDS)] for k in range(1, 12 + number % 5)).capitalize() + '.'


def template(size):
    page = string.Template('<h1>$title</h1>\n$body\n<p>${price} $$</p>')
    for number in range(6 * size):
        text = ' '.join(map(sentence, range(number, number + 4)))
        body = textwrap.indent(textwrap.fill(text, 60), '  ')
        page.safe_substitute(title=html.escape(text[:20]), body=body, price=textwrap.shorten(text, 30))
        '{0:>10.3f} {name!r}'.format(number, name=textwrap.dedent(body))


class Links(html.parser.HTMLParser):
    """Collects links and text."""

    def __init__(self):
        super().__init__()
        self.links, self.text = [], []

    def handle_starttag(self, tag, attributes):
        self.links += [value for name, value in attributes if name == 'href']

    def handle_data(self, data):
        self.text.append(data)

    def handle_comment(self, data):
        self.text.append(data.upper())


def markup(size):
    for number in range(2 * size):
        reader = Links()
        for part in range(8):
            reader.feed('<div class="a%d"><a href="/p?q=%d&amp;r">%s</a><!-- %d --><br/></div>' % (
                part, number, html.escape(sentence(part)), part))
        reader.close()
        html.unescape('&lt;&#65;&euro;&unknown;')


def differences(size):
    left = [sentence(number) for number in range(6 * size)]
    right = [line if number % 4 else line.upper() for number, line in enumerate(left)][1:]
    list(difflib.unified_diff(left, right, 'a', 'b'))
    list(difflib.context_diff(left, right))
    list(difflib.ndiff(left[:5], right[:5]))
    difflib.HtmlDiff().make_table(left[:5], right[:5], context=True)
    difflib.get_close_matches('servise', WORDS)


def patterns(size):
    re.purge()
    forms = [r'(?P<year>\d{4})-(\d\d)', r'[a-z_]\w*(?:\.[a-z]+)*', r'"(?:[^"\\]|\\.)*"', r'(a|b|cd)+?(?=x|$)',
             r'(?i:straße|weg)\s*(\d+)[a-f]?', r'(?:(?:25[0-5]|1?\d?\d)\.){3}\d+', r'(?<!x)y(?(1)a|b)|(z)?']
    text = ' '.join(map(sentence, range(6 * size))) + ' 2024-05 10.0.0.1 "a\\"b" Straße 12b'
    for form in forms[:4 + size]:
        try:
            pattern = re.compile(form)
        except re.error:
            continue
        pattern.sub(lambda match: match.group().upper(), text)
        pattern.split(text)
        [match.span() for match in pattern.finditer(text)]
    scanner = re.Scanner([(r'\w+', lambda scanner, token: token.title()), (r'\s+', None), (r'.', lambda _, c: c)])
    scanner.scan(text[:300])


def tables(size):
    file = io.StringIO()
    writer = csv.DictWriter(file, ['name', 'amount', 'note'], quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    writer.writerows({'name': sentence(n), 'amount': n * 1.5, 'note': 'a,"b"'} for n in range(20 * size))
    text = file.getvalue()
    dialect = csv.Sniffer().sniff(text[:400])
    csv.Sniffer().has_header(text[:400])
    return sum(len(row['name']) for row in csv.DictReader(io.StringIO(text), dialect=dialect))


def settings(size):
    parser = configparser.ConfigParser(interpolation=configparser.ExtendedInterpolation())
    for number in range(4 * size):
        parser.read_string('[part%d]\nroot = /srv\npath: ${root}/x%d\nflag = yes\nlist =\n  a\n  b\n' % (number, number))
    for section in parser.sections():
        parser.get(section, 'path'), parser.getboolean(section, 'flag'), parser.has_option(section, 'none')
        dict(parser.items(section))
    parser.write(io.StringIO())


def printing(size):
    tree = {'k%d' % n: [sentence(n), (n, {n: sentence(n + 1)}), {n, n + 1}] for n in range(4 * size)}
    pprint.pformat(tree, width=60)
    pprint.PrettyPrinter(compact=True, depth=3).pformat(tree)
    shlex.split("run --name 'a b' \"c d\" # e", comments=True)
    ' '.join(map(shlex.quote, WORDS))


def translations(size):
    catalog = gettext.NullTranslations()
    plural = gettext.c2py('n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2')
    for number in range(15 * size):
        catalog.ngettext('%d file', '%d files', number) % number, plural(number)
    return catalog.gettext(sentence(size))
