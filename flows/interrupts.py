"""Ctrl-C and SIGTERM: until a load is about to be published they end the run, and from then on they come too late.

Publishing the last step takes moments, so a run that was told to stop either published nothing and says so, or ends
as if nobody had told it.
"""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_told = threading.Event()
_too_late = threading.Event()


_ours = threading.Event()


def heed() -> None:
    """Let both signals raise KeyboardInterrupt in the main thread, from where this has to be called."""
    _told.clear()
    _too_late.clear()
    _ours.set()
    sys.unraisablehook = _say_unraisable
    keep_heeding()


def keep_heeding() -> None:
    """The same again inside a flow, where Prefect has put a handler of its own; nothing where nobody called ``heed``:
    there Prefect ends its runs itself."""
    if _ours.is_set():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _interrupt)


def is_told() -> bool:
    """Whether the run was told to stop, also where a library swallowed the interrupt, while there was time."""
    return _told.is_set()


def check() -> None:
    """Raises KeyboardInterrupt if the run was told to stop: the first one may have met a library that swallows it."""
    if _told.is_set():
        raise KeyboardInterrupt


def go_through() -> None:
    """From here on nothing stops the run. Raises KeyboardInterrupt if it was told to stop before."""
    check()
    _too_late.set()


def _interrupt(number: int, frame: FrameType | None) -> None:
    if not _too_late.is_set():
        _told.set()
        raise KeyboardInterrupt


def _say_unraisable(what: UnraisableHookArgs) -> None:
    """An interrupt that met the end of some object is heeded by the next ``check``; nobody needs to read of it."""
    if what.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(what)
