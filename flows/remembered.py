"""What files held when they were last read, so that a night does not read a whole bucket or disk to find nothing.

It only saves work: a file whose etag (or size and times) is another, or one of whose inputs is not known to the
warehouse, is read. Kept in the data directory; lost or damaged, everything is read once more.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypedDict

from flows.places import RemoteSource

_FILE = ".seen.json"
# Of a file that changed so few seconds ago a later change may bear the same time.
_SETTLED = 2.0

Met = tuple[str, str]  # name and report id of an input


class LocalFile(Protocol):
    """A file of this machine, as ``flows.fetch`` lists it."""

    @property
    def path(self) -> str:
        """Where it is."""

    @property
    def name(self) -> str:
        """What it is called everywhere."""


class _State(TypedDict):
    version: str
    held: list[list[str]]


class Remembered:
    """The memory of one data directory. It is read when first asked, and written by ``save`` if it changed."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / _FILE
        self._states: dict[str, _State] | None = None
        self._asked: dict[str, str] = {}
        self._changed = False

    def has_met(self, source: RemoteSource | LocalFile) -> bool:
        """Whether such a file was ever looked into, whatever it holds now."""
        return _key(source) in self._load()

    def recall(self, source: RemoteSource | LocalFile) -> list[Met]:
        """The inputs in a file as it is now; none where that is not remembered."""
        key, version = _key(source), _version(source)
        if not version:
            return []
        self._asked[key] = version
        state = self._load().get(key)
        if state is None or state["version"] != version:
            return []
        return [(name, report_id) for name, report_id in state["held"]]

    def keep(self, source: RemoteSource | LocalFile, held: Iterable[Met]) -> None:
        """Remember what was found in a file, if it is still as it was when it was asked for."""
        key, version = _key(source), _version(source)
        if version and self._asked.get(key) == version:
            self._load()[key] = {"version": version, "held": [list(met) for met in held]}
            self._changed = True

    def save(self) -> None:
        """Write down what was learnt, whole or not at all; where there is no room for it, not at all."""
        if not self._changed:
            return
        partial = self._path.with_name(f"{_FILE}.part")
        try:
            partial.write_text(json.dumps(self._load(), separators=(",", ":")), encoding="utf-8")
            partial.replace(self._path)
        except OSError:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
        self._changed = False

    def _load(self) -> dict[str, _State]:
        if self._states is None:
            try:
                self._states = dict(json.loads(self._path.read_text(encoding="utf-8")))
            except (FileNotFoundError, ValueError, TypeError):
                self._states = {}
        return self._states


def _version(source: RemoteSource | LocalFile) -> str:
    """What tells a file from a later state of it; '' where nothing does.

    Elsewhere the listing tells; a file of this machine has a time that nobody but the system sets (not so on Windows).
    """
    if isinstance(source, RemoteSource):
        return source.version
    if os.name != "posix":
        return ""
    try:
        told = os.stat(source.path)
    except OSError:
        return ""
    if time.time() - told.st_ctime < _SETTLED:
        return ""
    return f"{told.st_size} {told.st_mtime_ns} {told.st_ctime_ns} {told.st_ino} {told.st_dev}"


def _key(source: RemoteSource | LocalFile) -> str:
    if isinstance(source, RemoteSource):
        return f"{source.place} {source.path}"
    path = source.path if os.path.isabs(source.path) else os.path.join(os.getcwd(), source.path)
    return f"{path} {source.name}"
