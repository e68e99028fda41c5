"""Earlier states of the warehouse: what the last few loads replaced, so that ``rollback`` can bring it back.

``.history/<load number>-<load>-<load before it>.duckdb`` is the warehouse as it was before that load. A load
costs no copy: the file that is replaced keeps a second name here. A lake keeps its states itself: there an empty
file ``….lake`` says which load came before, whose quality pages are to be kept.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from warehouse.files import copy_published
from warehouse.layout import Layout, fsync_path, remove

# Each kept state takes the room of a warehouse; more than a few nights back, a rebuild is the better tool.
KEPT_STATES = 3


def keep(layout: Layout, load_number: int, load_id: str, previous: str | None) -> None:
    """Gives the published file a second name, before it is replaced by this load. Nothing published: nothing."""
    if previous is None or not layout.warehouse.exists():
        return
    layout.history.mkdir(parents=True, exist_ok=True)
    target = layout.history / f"{load_number}-{load_id}-{previous}.duckdb"
    remove(target)
    try:
        os.link(layout.warehouse, target)
    except OSError:  # a file system without links
        partial = layout.work / target.name
        copy_published(layout, partial)
        fsync_path(partial)
        partial.replace(target)
    fsync_path(layout.history)


def keep_name(layout: Layout, load_number: int, load_id: str, previous: str | None) -> None:
    """Notes which load was the latest to be published from this data directory, before this one goes into the lake."""
    if previous is not None:
        layout.history.mkdir(parents=True, exist_ok=True)
        (layout.history / f"{load_number}-{load_id}-{previous}.lake").touch()


def find_state(layout: Layout, load_number: int, load_id: str) -> Path | None:
    """The warehouse as it was before this load, None if it is not kept."""
    return next(layout.history.glob(f"{load_number}-{load_id}-*.duckdb"), None)


def prune(layout: Layout, loads: Collection[tuple[int, str]]) -> None:
    """Removes every state but those before the newest of ``loads``, given as number and id."""
    kept = {f"{number}-{load_id}" for number, load_id in sorted(loads)[-KEPT_STATES:]}
    for path in sorted(layout.history.glob("*")):
        if path.stem.rpartition("-")[0] not in kept:
            remove(path)
    if layout.history.is_dir() and not any(layout.history.iterdir()):
        layout.history.rmdir()


def kept_loads(layout: Layout) -> set[str]:
    """Loads that were the latest in some kept state: their quality pages are needed to go back to it."""
    return {path.stem.rpartition("-")[2] for path in layout.history.glob("*")}
