# SPDX-License-Identifier: Apache-2.0
"""Whether greenlets are in the place of threads: many calls share a thread then, and take turns in the middle of it.

A profiler would see them as one, and so would the clock of the thread.
"""
from __future__ import annotations

import sys
from typing import Optional

#: The libraries, with the function that says whether they have put theirs in the place of a module's threads.
_LIBRARIES = (('gevent', 'gevent.monkey', 'is_module_patched', 'threading'),
              ('eventlet', 'eventlet.patcher', 'is_monkey_patched', 'thread'))


def library() -> Optional[str]:
    """The library whose greenlets are in the place of threads; None where there is none. Takes half a microsecond."""
    for name, module, function, patched in _LIBRARIES:
        known = sys.modules.get(module)
        # Nothing is imported here, and what is may not have got to its functions.
        if known is not None and getattr(known, function, str)(patched) is True:
            return name
    return None
