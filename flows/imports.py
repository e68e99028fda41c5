"""Importing the large libraries of a night in less time."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from flows.collector import paused_collector

# Great Expectations imports them for expectations that no suite of ours holds; a quarter of the time of all its imports
_UNNEEDED = ("scipy.stats", "altair")
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


class _Absent(ModuleType):
    """Stands for a module until something of it is asked for.

    Not importlib's LazyLoader: what that makes is loaded by ``import module as name`` already.
    """

    def __getattr__(self, name: str) -> Any:
        if name == "__file__":  # who looks for the source of something asks all modules for theirs
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


def _put_off(name: str) -> None:
    if name not in sys.modules:
        absent = _Absent(name)
        absent.__spec__ = ModuleSpec(name, None)
        sys.modules[name] = absent
