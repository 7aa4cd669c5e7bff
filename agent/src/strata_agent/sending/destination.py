# SPDX-License-Identifier: Apache-2.0
"""Checks where profiles are sent to, and determines the folder in which they wait: what `start()` is given."""
from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
from typing import Dict, Mapping, NamedTuple, Optional
from urllib.parse import urlsplit

#: The path of the ingest endpoint.
PATH = '/v1/profiles'

#: Something that looks like `host:port`, and not like `/folder`, `./folder`, `~/folder` or a drive letter.
_HOST = re.compile(r'(?![/\\.~])(?![a-z]:(?!\d+(?:/|$)))[^/\\]*:[^/\\]*', re.IGNORECASE)


def is_url(send_to: str) -> bool:
    """Whether it is a URL rather than a folder. Raises `ValueError` if it is neither, such as `localhost:8080`."""
    if re.match(r'https?:|[a-z][a-z0-9+.-]+://', send_to, re.IGNORECASE):
        return True
    host = _HOST.match(send_to)
    if host and not os.path.lexists(host.group()):
        raise ValueError('send_to: expected http://… or https://… for a server, ./… for a folder, found %r' % send_to)
    return False


class Destination(NamedTuple):
    """The parts of a URL that captures are sent to."""

    is_secure: bool
    host: str
    port: Optional[int]
    path: str

    @classmethod
    def of(cls, url: str) -> 'Destination':
        """Parses `http://host:port/prefix`. Raises `ValueError`, which says what is wrong."""
        def wrong(what: str) -> ValueError:
            return ValueError('send_to: expected http://HOST[:PORT][/PATH] or https://…, found %s' % what)

        if not all('!' <= character <= '~' for character in url):
            raise wrong('a space, a control character or a non-ASCII character in %r' % url)
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise wrong('%s in %r' % (error, url)) from None
        if parts.username is not None or parts.password is not None:
            raise wrong('a user or a password in the URL; use a token instead')  # Without repeating it.
        if parts.scheme not in ('http', 'https'):
            raise wrong('%r' % url)
        if not host:
            raise wrong('no host in %r' % url)
        if port == 0:
            raise wrong('port 0 in %r' % url)
        if parts.query or parts.fragment or url.endswith(('?', '#')):
            raise wrong('a query or a fragment in %r' % url)
        path = parts.path.rstrip('/')
        return cls(parts.scheme == 'https', host, port, path if path.endswith(PATH) else path + PATH)


def request_headers(token: Optional[str], given: Optional[Mapping[str, str]]) -> Dict[str, str]:
    """The headers of each request. Raises `ValueError` for an invalid token or header."""
    headers = {'User-Agent': 'strata-agent', 'Accept': 'application/json'}
    if token is None:
        token = os.environ.get('STRATA_TOKEN') or None
    if token is not None:
        if not token or not all('!' <= character <= '~' for character in token):
            raise ValueError('token: expected visible ASCII characters, found others or an empty token')
        headers['Authorization'] = 'Bearer ' + token
    for name, value in (given or {}).items():
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise ValueError('headers: expected a header name, found %r' % name)
        if not re.fullmatch(r'[\t -~\x80-\xff]*', value):
            raise ValueError('headers: expected a value of one line for %s' % name)
        if name.lower() in ('content-type', 'content-encoding', 'content-length', 'transfer-encoding', 'connection'):
            raise ValueError('headers: %s is set by the agent' % name)
        headers = {key: known for key, known in headers.items() if key.lower() != name.lower()}
        headers[name] = value
    return headers


def check(url: str, token: Optional[str], headers: Optional[Mapping[str, str]]) -> None:
    """Raises `ValueError` for an invalid URL, token or header."""
    Destination.of(url)
    request_headers(token, headers)


def default_spool(service: str, url: str) -> str:
    """The spool folder for a service and a URL: below `$XDG_STATE_HOME`, `~/.local/state` or the temporary folder.

    Creates it, accessible to this user only. Raises `OSError` if that is not possible.
    """
    name = '%s-%s' % (re.sub(r'[^A-Za-z0-9._-]', '_', service)[:64],
                      hashlib.sha256(('%s\n%s' % (service, url)).encode('utf-8', 'replace')).hexdigest()[:12])
    state = os.environ.get('XDG_STATE_HOME') or ''
    home = state if os.path.isabs(state) else os.path.join(os.path.expanduser('~'), '.local', 'state')
    user = os.getuid() if hasattr(os, 'getuid') else 0
    temporary = os.path.join(tempfile.gettempdir(), 'strata-%d' % user)
    # Without a home folder, `~` is not expanded, so the path is not absolute.
    for parent in [os.path.join(home, 'strata')] * os.path.isabs(home) + [temporary]:
        path = os.path.join(parent, 'spool', name)
        try:
            os.makedirs(parent, 0o700, exist_ok=True)
            if parent == temporary and hasattr(os, 'getuid') and os.lstat(parent).st_uid != user:
                # Any user may have created this folder, and could read its contents.
                raise PermissionError(errno.EPERM, 'expected a folder owned by this user', parent)
            os.makedirs(path, 0o700, exist_ok=True)
            if os.access(path, os.W_OK | os.X_OK):
                return path
        except OSError:
            if parent == temporary:
                raise
    raise PermissionError(errno.EACCES, 'expected a writable folder', path)
