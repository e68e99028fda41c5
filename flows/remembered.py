"""What files elsewhere held when they were last fetched, so that a night does not fetch a whole bucket to find nothing.

It only saves work: a file whose etag (or size and time) is another, or one of whose inputs is not known to the
warehouse, is fetched. Kept in the data directory; lost or damaged, everything is fetched once more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict, TypeGuard

from flows.places import RemoteSource

_FILE = ".elsewhere.json"

Met = tuple[str, str]  # name and report id of an input


class _State(TypedDict):
    version: str
    held: list[list[str]]


class Remembered:
    """The memory of one data directory. It is read when first asked, and written by ``save`` if it changed."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / _FILE
        self._states: dict[str, _State] | None = None
        self._changed = False

    def recall(self, source: object) -> tuple[Met, ...]:
        """The inputs in a file as it is now; () where that is not remembered."""
        if not _is_told(source):
            return ()
        state = self._load().get(_key(source))
        if state is None or state["version"] != source.version:
            return ()
        return tuple((name, report_id) for name, report_id in state["held"])

    def keep(self, source: object, held: Iterable[Met]) -> None:
        """Remember what was found in a file, and forget what an earlier state of it held."""
        if _is_told(source):
            self._load()[_key(source)] = {"version": source.version, "held": [list(met) for met in held]}
            self._changed = True

    def save(self) -> None:
        """Write down what was learnt, whole or not at all. Raises OSError."""
        if self._changed:
            partial = self._path.with_name(f"{_FILE}.part")
            partial.write_text(json.dumps(self._load(), ensure_ascii=False), encoding="utf-8")
            partial.replace(self._path)
            self._changed = False

    def _load(self) -> dict[str, _State]:
        if self._states is None:
            try:
                self._states = dict(json.loads(self._path.read_text(encoding="utf-8")))
            except (FileNotFoundError, ValueError, TypeError):
                self._states = {}
        return self._states


def _is_told(source: object) -> TypeGuard[RemoteSource]:
    """Not so a file of this machine, which is read every time, and one whose state the listing did not tell."""
    return isinstance(source, RemoteSource) and bool(source.version)


def _key(source: RemoteSource) -> str:
    return f"{source.place} {source.path}"
