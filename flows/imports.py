"""Importing the large libraries of a night in less time."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import LazyLoader, find_spec, module_from_spec

from flows.collector import paused_collector

# Great Expectations imports it for expectations that no suite of ours holds; a fifth of the time of all its imports
_UNNEEDED = ("scipy.stats",)
# Prefect imports them with its first flow and task, reading with the first report
_LATE = ("fastapi.encoders", "prefect.flow_engine", "prefect.task_engine", "datasketch")


@contextmanager
def quick_imports() -> Iterator[None]:
    """Imports inside bring no module that only a rare function needs: it is imported when it is first used.

    What is imported stays for good, so the collector neither searches it meanwhile nor later.
    """
    with paused_collector():
        for name in _UNNEEDED:
            _put_off(name)
        yield
        gc.freeze()


def import_ahead() -> None:
    """Imports what a night would import in its midst, while nothing but the server is waited for."""
    for name in _LATE:
        import_module(name)


def _put_off(name: str) -> None:
    """See https://docs.python.org/3/library/importlib.html#implementing-lazy-imports."""
    if name in sys.modules:
        return
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    module = module_from_spec(spec)
    sys.modules[name] = module
    parent, _, last = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], last, module)
    spec.loader.exec_module(module)
