# SPDX-License-Identifier: Apache-2.0
"""Where profiles are sent to, and the folder that they wait in: what `start()` is told, checked."""
from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
from typing import Dict, Mapping, NamedTuple, Optional
from urllib.parse import urlsplit

PATH = '/v1/profiles'


#: What begins like `host:port`, and unlike `/folder`, `./folder`, `~/folder` and a drive.
_HOST = re.compile(r'(?![/\\.~])(?![a-z]:(?!\d+(?:/|$)))[^/\\]*:[^/\\]*', re.IGNORECASE)


def is_url(send_to: str) -> bool:
    """Whether it is a URL, and not a folder. Raises `ValueError` for what is neither, as `localhost:8080`."""
    if re.match(r'https?:|[a-z][a-z0-9+.-]+://', send_to, re.IGNORECASE):
        return True
    host = _HOST.match(send_to)
    if host and not os.path.lexists(host.group()):
        raise ValueError('send_to: expected http://… or https://… for a server, ./… for a folder, found %r' % send_to)
    return False


class Target(NamedTuple):
    """Where a URL leads."""

    is_secure: bool
    host: str
    port: Optional[int]
    path: str

    @classmethod
    def of(cls, url: str) -> 'Target':
        """Reads `http://host:port/prefix`; raises `ValueError`, which says what is wrong."""
        def wrong(what: str) -> ValueError:
            return ValueError('send_to: expected http://HOST[:PORT][/PATH] or https://…, found %s' % what)

        if not all('!' <= character <= '~' for character in url):
            raise wrong('a space, a control or a letter beyond ASCII in %r' % url)
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise wrong('%s in %r' % (error, url)) from None
        if parts.username is not None or parts.password is not None:
            raise wrong('a user or a password in the URL: give a token instead')  # And do not show it.
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
    """The headers of each request. Raises `ValueError` for a token or header that cannot be sent."""
    headers = {'User-Agent': 'strata-agent', 'Accept': 'application/json'}
    if token is None:
        token = os.environ.get('STRATA_TOKEN') or None
    if token is not None:
        if not token or not all('!' <= character <= '~' for character in token):
            raise ValueError('token: expected visible ASCII characters, found others or none')
        headers['Authorization'] = 'Bearer ' + token
    for name, value in (given or {}).items():
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise ValueError('headers: expected the name of a header, found %r' % name)
        if not re.fullmatch(r'[\t -~\x80-\xff]*', value):
            raise ValueError('headers: expected one line for %s' % name)
        if name.lower() in ('content-type', 'content-encoding', 'content-length', 'transfer-encoding', 'connection'):
            raise ValueError('headers: %s is set by the agent' % name)
        headers = {key: known for key, known in headers.items() if key.lower() != name.lower()}
        headers[name] = value
    return headers


def check(url: str, token: Optional[str], headers: Optional[Mapping[str, str]]) -> None:
    """Raises `ValueError` for a URL, token or header that cannot be sent."""
    Target.of(url)
    request_headers(token, headers)


def default_spool(service: str, url: str) -> str:
    """The folder for what a service sends to a URL: below `$XDG_STATE_HOME`, `~/.local/state` or the temporary folder.

    It is made, for this user alone. Raises `OSError` where that is not possible.
    """
    name = '%s-%s' % (re.sub(r'[^A-Za-z0-9._-]', '_', service)[:64],
                      hashlib.sha256(('%s\n%s' % (service, url)).encode('utf-8', 'replace')).hexdigest()[:12])
    state = os.environ.get('XDG_STATE_HOME') or ''
    home = state if os.path.isabs(state) else os.path.join(os.path.expanduser('~'), '.local', 'state')
    user = os.getuid() if hasattr(os, 'getuid') else 0
    temporary = os.path.join(tempfile.gettempdir(), 'strata-%d' % user)
    # Without a home, `~` stays as it is.
    for parent in [os.path.join(home, 'strata')] * os.path.isabs(home) + [temporary]:
        path = os.path.join(parent, 'spool', name)
        try:
            os.makedirs(parent, 0o700, exist_ok=True)
            if parent == temporary and hasattr(os, 'getuid') and os.lstat(parent).st_uid != user:
                # Anybody may make a folder there, and read what is put into it.
                raise PermissionError(errno.EPERM, 'expected a folder of this user', parent)
            os.makedirs(path, 0o700, exist_ok=True)
            if os.access(path, os.W_OK | os.X_OK):
                return path
        except OSError:
            if parent == temporary:
                raise
    raise PermissionError(errno.EACCES, 'expected a folder that can be written', path)
