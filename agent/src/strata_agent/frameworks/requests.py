# SPDX-License-Identifier: Apache-2.0
"""Labels of a web request, from what is known before the request is routed."""
from __future__ import annotations

import re
from typing import Dict

from ..capture.labels import size_class

#: A segment that identifies one item among many: a number, a UUID or another long code.
_IDENTIFIER = re.compile(r'\d+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|(?=[^/]*\d)[\w~.-]{16,}')

#: The most segments of a path that are kept apart.
_DEPTH = 6


def endpoint(method: str, path: str) -> str:
    """The kind of a request: `GET /users/{}/orders` for `/users/4711/orders`.

    Segments that identify one item among many become `{}`, and so does everything after the sixth segment.
    """
    parts = path.split('/', _DEPTH + 1)
    if len(parts) > _DEPTH + 1:
        parts[-1] = '{}'
    return '%s %s' % (method, '/'.join('{}' if _IDENTIFIER.fullmatch(part) else part for part in parts) or '/')


def request_labels(method: str, path: str, length: object) -> Dict[str, object]:
    """The labels of a request: its kind, and the size class of its body if it has one."""
    labels: Dict[str, object] = {'endpoint': endpoint(method, path)}
    try:
        size = int(length)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return labels
    if size > 0:
        labels['input'] = size_class(size) + ' B'
    return labels
