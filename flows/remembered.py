"""What files elsewhere held when they were last fetched, so that a night does not fetch a whole bucket to find nothing.

It only saves work: a file whose etag (or size and time) is another, or one of whose inputs is not known to the
warehouse, is fetched. Kept in the data directory; lost or damaged, everything is fetched once more.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from flows.places import RemoteSource

_FILE = ".elsewhere.json"

Met = tuple[str, str]  # name and report id of an input


class Remembered:
    """The memory of one data directory. It is read when first asked, and written by ``save`` if it changed."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / _FILE
        self._held: dict[str, list[list[str]]] | None = None
        self._changed = False

    def recall(self, source: object) -> tuple[Met, ...]:
        """The inputs in a file, as it is now; () where that is not remembered."""
        key = _key(source)
        if not key:
            return ()
        return tuple((name, report_id) for name, report_id in self._load().get(key, ()))

    def keep(self, source: object, held: Iterable[Met]) -> None:
        """Remember what was found in a file."""
        if key := _key(source):
            self._load()[key] = [list(met) for met in held]
            self._changed = True

    def save(self) -> None:
        """Write down what was learnt, whole or not at all. Raises OSError."""
        if self._changed:
            partial = self._path.with_name(f"{_FILE}.part")
            partial.write_text(json.dumps(self._load(), ensure_ascii=False), encoding="utf-8")
            os.replace(partial, self._path)
            self._changed = False

    def _load(self) -> dict[str, list[list[str]]]:
        if self._held is None:
            try:
                self._held = dict(json.loads(self._path.read_text(encoding="utf-8")))
            except (FileNotFoundError, ValueError, TypeError):
                self._held = {}
        return self._held


def _key(source: object) -> str:
    """'' for a file of this machine, which is read every time, and one whose state the listing did not tell."""
    if not isinstance(source, RemoteSource) or not source.version:
        return ""
    return " ".join((source.version, source.name, str(source.place), source.path))
