"""Where things are in a data directory, and the file operations that survive a kill at any moment."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.lake import Lake


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths below one data directory. ``work`` holds only what may be thrown away.

    The warehouse itself is the file there, or with ``lake`` that lake.
    """

    data_dir: Path
    lake: Lake | None = field(default=None, compare=False)

    @property
    def warehouse(self) -> Path:
        """The published warehouse."""
        return self.data_dir / "warehouse.duckdb"

    @property
    def wal(self) -> Path:
        """What a writer that opened the published file may have left beside it."""
        return self.data_dir / "warehouse.duckdb.wal"

    @property
    def work(self) -> Path:
        """Working files of the run under way."""
        return self.data_dir / ".work"

    @property
    def versions(self) -> Path:
        """Versions of the published folders, one subfolder per load."""
        return self.data_dir / ".versions"

    @property
    def history(self) -> Path:
        """Earlier states of the warehouse, for a rollback."""
        return self.data_dir / ".history"

    @property
    def quarantine(self) -> Path:
        """What was held back."""
        return self.data_dir / "quarantine"


# A data directory whose warehouse is the file in it, or where things are in full.
Where = Path | Layout


def layout_of(where: Where) -> Layout:
    """Where things are, for a data directory."""
    return where if isinstance(where, Layout) else Layout(where)


def fsync_path(path: str | Path) -> None:
    """Waits until a file's bytes, or a folder's entries, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_tree(folder: Path) -> None:
    """The same for everything below a folder, the folder included."""
    done: set[int] = set()
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            number = os.lstat(path).st_ino
            if number not in done:  # many pages are names of one file
                done.add(number)
                fsync_path(path)
        fsync_path(parent)


def write_file(path: Path, payload: bytes) -> None:
    """Writes a file and waits until it is on disk; not atomic by itself."""
    with path.open("wb") as stream:
        stream.write(payload)
        stream.flush()
        os.fsync(stream.fileno())


def remove(path: Path) -> None:
    """Removes a file, a link or a whole folder; nothing there is fine."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
