"""Pages written once: what has not changed is taken over from the folder published before.

Each page stands under a key that says what it was made from. The folder lists its pages and their keys in
``MANIFEST``, so that the next one can tell which of them it may take over. A page taken over is a second name of the
same file where the file system has that, else a copy; a published file is never written to.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

MANIFEST = "pages.json"


class Shelf:
    """The folder being filled, and the one before it, None where nothing may be taken over."""

    def __init__(self, target: Path, previous: Path | None) -> None:
        self._target = target
        self._previous = previous
        self._known = {} if previous is None else _read_manifest(previous)
        self._keys: dict[str, str] = {}
        self._folders: set[Path] = set()
        self.written = 0
        self.kept = 0

    def keep(self, path: str, key: str) -> bool:
        """Whether the page was taken over, having been made from the same before."""
        if self._previous is None or self._known.get(path) != key:
            return False
        source = self._previous / path
        if not source.is_file():
            return False
        _link(source, self._place(path))
        self._keys[path] = key
        self.kept += 1
        return True

    def keep_all(self) -> None:
        """Takes over the folder before as it is."""
        for source in sorted(self._previous.rglob("*")) if self._previous else ():
            path = source.relative_to(self._previous or source).as_posix()
            if source.is_file() and path != MANIFEST:
                _link(source, self._place(path))
        self._keys |= self._known

    def had(self, path: str) -> bool:
        """Whether the folder before has a page of that name which may be taken over."""
        return path in self._known

    def has(self, path: str, key: str) -> bool:
        """Whether the page here was made from this."""
        return self._keys.get(path) == key

    def write(self, path: str, page: str, key: str | None = None) -> None:
        """Writes a page; with a key, later folders may take it over."""
        self._place(path).unlink(missing_ok=True)  # it may be a name of a published file
        # A lone surrogate, from a file name that is not UTF-8, cannot be written as such.
        self._place(path).write_bytes(page.encode("utf-8", "replace"))
        self.written += 1
        if key is not None:
            self._keys[path] = key

    def copy(self, path: str, source: Path) -> None:
        """Puts a file there, taken over if it was the same before."""
        key = digest(source.read_bytes())
        if not self.keep(path, key):
            shutil.copyfile(source, self._place(path))
            self._keys[path] = key

    def stand_in(self, paths: Iterable[str], page: str) -> None:
        """Puts one and the same page where several are to come; no later folder takes it over."""
        first: Path | None = None
        for path in paths:
            place = self._place(path)
            if first is None:
                place.write_bytes(page.encode("utf-8"))
                first = place
            else:
                _link(first, place)

    def close(self) -> None:
        """Lists what may be taken over."""
        text = json.dumps(self._keys, sort_keys=True, separators=(",", ":"))
        (self._target / MANIFEST).write_text(text, encoding="utf-8")

    def _place(self, path: str) -> Path:
        place = self._target / path
        if place.parent not in self._folders:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(place.parent)
        return place


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without links, or no more of them for one file
        shutil.copyfile(source, target)


def digest(*parts: bytes | str) -> str:
    """A key made of everything a page depends on."""
    found = hashlib.sha256()
    for part in parts:
        payload = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        found.update(len(payload).to_bytes(8, "big") + payload)
    return found.hexdigest()[:32]


def _read_manifest(folder: Path) -> dict[str, str]:
    """Empty where there is none, or none that can be read: then everything is written anew."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
