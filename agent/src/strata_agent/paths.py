# SPDX-License-Identifier: Apache-2.0
"""Labels of a request for web, from what a server knows before it is routed."""
from __future__ import annotations

import re
from typing import Dict

from .labels import size_class

#: A part of a path that names one thing among many: a number, a UUID or another long code.
_NAME = re.compile(r'\d+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|(?=[^/]*\d)[\w~.-]{16,}')

#: The most parts of a path that are told apart.
_DEPTH = 6


def endpoint(method: str, path: str) -> str:
    """The kind of a request: `GET /users/{}/orders` for `/users/4711/orders`.

    Parts that name one thing among many become `{}`, and so does what comes after the sixth.
    """
    parts = path.split('/', _DEPTH + 1)
    if len(parts) > _DEPTH + 1:
        parts[-1] = '{}'
    return '%s %s' % (method, '/'.join('{}' if _NAME.fullmatch(part) else part for part in parts) or '/')


def request_labels(method: str, path: str, length: object) -> Dict[str, object]:
    """The labels of a request: its kind, and how large its body is where it has one."""
    labels: Dict[str, object] = {'endpoint': endpoint(method, path)}
    try:
        size = int(length)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return labels
    if size > 0:
        labels['input'] = size_class(size) + ' B'
    return labels
