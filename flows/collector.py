"""The garbage collector while reports are read. Only the standard library: the benchmark uses it too."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """Pauses the search for reference cycles: reading makes none, and each search walks the whole catalogue, a tenth
    of the time of reading. Whatever nothing refers to is freed at once all the same."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
