"""Pieces of services on the net: messages, cookies, addresses, requests over the loopback."""
import asyncio
import email
import email.message
import email.mime.multipart
import email.mime.text
import email.policy
import email.utils
import hashlib
import hmac
import http.client
import http.cookiejar
import http.cookies
import http.server
import io
import mailbox
import mimetypes
import os
import secrets
import tempfile
import threading
import urllib.parse
import urllib.request
import urllib.robotparser
import wsgiref.handlers
import wsgiref.util
import wsgiref.validate
import xmlrpc.client
import xmlrpc.server

from .texts import sentence


def messages(size):
    for number in range(2 * size):
        message = email.message.EmailMessage(policy=email.policy.default)
        message['Subject'], message['From'] = 'Überblick %d' % number, 'A <a@example.org>'
        message['To'] = 'b@example.org, C D <c@example.org>'
        message['Date'] = email.utils.localtime()
        message.set_content(sentence(number) * 3)
        message.add_alternative('<p>%s</p>' % sentence(number), subtype='html')
        message.add_attachment(b'\x00\x01', maintype='image', subtype='png', filename='a.png')
        read = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
        [part.get_content_type() for part in read.walk()], read.get_body(('plain',)).get_content()
        [address.addr_spec for address in read['To'].addresses], list(read.iter_attachments())


def old_messages(size):
    for number in range(2 * size):
        message = email.mime.multipart.MIMEMultipart('alternative')
        message['Subject'] = email.header.Header('Größe', 'utf-8')
        message['From'] = email.utils.formataddr(('Ä B', 'a@example.org'))
        message.attach(email.mime.text.MIMEText(sentence(number), 'plain', 'utf-8'))
        read = email.message_from_string(message.as_string())
        email.header.decode_header(read['Subject']), email.utils.parseaddr(read['From'])
        email.utils.parsedate_tz('Mon, 05 Jan 2026 09:00:00 +0100'), read.get_payload()[0].get_payload(decode=True)


def mail_folder(size):
    with tempfile.TemporaryDirectory() as folder:
        box = mailbox.mbox(os.path.join(folder, 'box'))
        box.lock()
        for number in range(2 * size):
            box.add('From: a@example.org\nSubject: %d\n\n%s\n' % (number, sentence(number)))
        box.flush()
        [message['subject'] for message in box], len(box), box.unlock(), box.close()


def cookies(size):
    for number in range(3 * size):
        jar = http.cookies.SimpleCookie('session=abc%d; theme="dark blue"' % number)
        jar['user'] = 'ü'
        jar['user']['max-age'], jar['user']['httponly'] = 3600, True
        jar.output()


def cookie_jar(size):
    jar = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(strict_domain=True))
    for number in range(2 * size):
        request = urllib.request.Request('http://www.example.org/p%d' % number, headers={'Accept': '*/*'})
        message = email.message_from_string(
            'Set-Cookie: a=%d; path=/; expires=Tue, 05-Jan-2038 09:00:00 GMT\nSet-Cookie: b=2\n\n' % number)
        response = io.BytesIO()
        response.info = lambda message=message: message
        jar.extract_cookies(response, request)
        jar.add_cookie_header(request), len(jar), list(jar)


def urls(size):
    for number in range(8 * size):
        parts = urllib.parse.urlsplit('https://u:p@example.org:81/a%%20b;c?q=%d&q=ü&e=#f' % number)
        parts.hostname, parts.port, parts.geturl(), urllib.parse.parse_qs(parts.query, keep_blank_values=True)
        urllib.parse.urljoin(parts.geturl(), '../x/./y'), urllib.parse.urlencode({'a': [1, 2]}, doseq=True)
        urllib.parse.unquote_plus(urllib.parse.quote('ä/b c', safe='')), mimetypes.guess_type('a%d.tar.gz' % number)
    robots = urllib.robotparser.RobotFileParser()
    robots.parse(['User-agent: *', 'Disallow: /private', 'Crawl-delay: 3'])
    robots.can_fetch('bot', '/private/a'), robots.crawl_delay('bot')


def signatures(size):
    key = secrets.token_bytes(16)
    for number in range(5 * size):
        mark = hmac.new(key, sentence(number).encode(), hashlib.sha256).hexdigest()
        hmac.compare_digest(mark, mark), secrets.token_urlsafe(8), hashlib.blake2b(mark.encode()).hexdigest()
        hashlib.new('md5', mark.encode()).digest(), hashlib.pbkdf2_hmac('sha256', b'p', key, 10)


def application(environment, start_response):
    """Answers with what it was asked."""
    query = urllib.parse.parse_qs(environment['QUERY_STRING'])
    body = environment['wsgi.input'].read(int(environment.get('CONTENT_LENGTH') or 0))
    text = sentence(len(body) + len(query)).encode()
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', str(len(text)))])
    return [text]


def wsgi(size):
    for number in range(2 * size):
        environment = {'REQUEST_METHOD': 'POST', 'PATH_INFO': '/a/b', 'QUERY_STRING': 'q=%d' % number,
                       'CONTENT_LENGTH': '3', 'SERVER_PROTOCOL': 'HTTP/1.1'}
        wsgiref.util.setup_testing_defaults(environment)
        wsgiref.util.request_uri(environment), wsgiref.util.shift_path_info(environment)
        handler = wsgiref.handlers.SimpleHandler(io.BytesIO(b'abc'), io.BytesIO(), io.StringIO(), environment)
        handler.run(wsgiref.validate.validator(application))


class Page(http.server.BaseHTTPRequestHandler):
    """A page that says what was asked for."""
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        text = ('%s %s' % (self.path, self.headers.get('Accept'))).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, form, *values):
        form % values


def ask(port, count):
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
    for number in range(count):
        connection.request('GET', '/item/%d' % number, headers={'Accept': 'text/plain'})
        connection.getresponse().read()
    connection.close()


def http_service(size):
    """The server is in this thread, which is profiled; the client is in another."""
    with http.server.HTTPServer(('127.0.0.1', 0), Page) as server:
        client = threading.Thread(target=ask, args=(server.server_port, 3 * size))
        client.start()
        server.handle_request()
        client.join()


def http_client(size):
    """The client is in this thread, which is profiled; the server is in another."""
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), Page) as server:
        server.daemon_threads = True
        service = threading.Thread(target=server.serve_forever, args=(0.01,))
        service.start()
        for number in range(size):
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open('http://127.0.0.1:%d/?q=%d' % (server.server_port, number), timeout=10) as answer:
                answer.read(), answer.headers.get_content_type()
        ask(server.server_port, 2)
        server.shutdown()
        service.join()


def remote_calls(size):
    service = xmlrpc.server.SimpleXMLRPCDispatcher(allow_none=True)
    service.register_function(lambda a, b: [a, b, None], 'pair')
    service.register_introspection_functions()
    for number in range(2 * size):
        request = xmlrpc.client.dumps((number, {'a': [1.5, True, 'ü', b'x']}), 'pair', allow_none=True)
        xmlrpc.client.loads(service._marshaled_dispatch(request.encode()))
        xmlrpc.client.loads(service._marshaled_dispatch(xmlrpc.client.dumps((), 'system.listMethods').encode()))


def asynchronous(size):
    async def answer(reader, writer):
        while True:
            line = await reader.readline()
            if not line:
                break
            writer.write(line.upper())
            await writer.drain()
        writer.close()

    async def client(port, gate):
        async with gate:
            reader, writer = await asyncio.open_connection('127.0.0.1', port)
            for number in range(3):
                writer.write(b'line %d\n' % number)
                await writer.drain()
                await reader.readline()
            writer.close()

    async def main():
        server = await asyncio.start_server(answer, '127.0.0.1', 0)
        gate, queue = asyncio.Semaphore(2), asyncio.Queue()
        port = server.sockets[0].getsockname()[1]
        await asyncio.gather(*(client(port, gate) for _ in range(2 * size)))
        await queue.put(1)
        await asyncio.wait_for(queue.get(), 1)
        await asyncio.wait([asyncio.ensure_future(asyncio.sleep(0)) for _ in range(3)])
        server.close()
        await server.wait_closed()

    asyncio.run(main())
