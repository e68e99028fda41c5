"""Importing the large libraries of a night in less time."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from flows.collector import paused_collector

# Great Expectations imports the first and the last for expectations that no suite of ours holds, a quarter of the time
# of all its imports; datasketch the other for an index we do not use, most of its own. With them the functions that are
# imported by name.
_UNNEEDED: dict[str, tuple[str, ...]] = {"scipy.stats": (), "scipy.integrate": ("quad",), "altair": ()}
# Prefect imports them with its first flow and task, reading with the first report
_LATE = ("fastapi.encoders", "prefect.flow_engine", "prefect.task_engine", "datasketch")


@contextmanager
def quick_imports() -> Iterator[None]:
    """Imports inside bring no module that only a rare function needs: it is imported when it is first used.

    What is imported stays for good, so the collector neither searches it meanwhile nor later.
    """
    with paused_collector():
        for name, functions in _UNNEEDED.items():
            _put_off(name, functions)
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
        return self.have(name)

    def have(self, name: str) -> Any:
        """What the module itself has under that name."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)

    def put_off(self, function: str) -> None:
        """Stands for a function of that name, which is looked for when it is first called."""

        def called(*args: Any, **kwargs: Any) -> Any:
            return self.have(function)(*args, **kwargs)

        setattr(self, function, called)


def _put_off(name: str, functions: Iterable[str]) -> None:
    if name in sys.modules:
        return
    absent = _Absent(name)
    absent.__spec__ = ModuleSpec(name, None)
    if functions:  # ``from … import`` asks first whether the module is a package
        parent, _, last = name.rpartition(".")
        absent.__path__ = [os.path.join(path, last) for path in import_module(parent).__path__]
    for function in functions:
        absent.put_off(function)
    sys.modules[name] = absent
