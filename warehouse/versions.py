"""Published folders: each load's version is written apart and put in place by replacing one symbolic link.

``data/parquet`` and ``data/quality`` are links into ``data/.versions/<load>/``. Beside a finished folder
stands a marker, ``parquet.json`` or ``quality.json``, that says what it holds, and of some files what they were made
from; a folder without was never finished.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from transforms.errors import LoadFailed
from warehouse.history import kept_loads
from warehouse.layout import Layout, fsync_path, fsync_tree, remove, write_file

Kind = Literal["parquet", "quality"]
KINDS: tuple[Kind, ...] = ("parquet", "quality")


def stage(layout: Layout, kind: Kind, mark: str, build: Callable[[Path], Mapping[str, str] | None]) -> Path:
    """Has ``build`` fill a new folder, marks it finished and returns it; nothing is published yet.

    ``mark`` says what the folder holds: the load, and after a space what else its content depends on. What ``build``
    gives is what its files were made from, see ``published_files``.
    """
    folder = _free_folder(layout, kind, mark.partition(" ")[0])
    folder.mkdir(parents=True)
    made_from = build(folder)
    fsync_tree(folder)
    marker = {"holds": mark, **({"files": dict(made_from)} if made_from else {})}
    write_file(_marker(folder), json.dumps(marker).encode() + b"\n")
    fsync_path(folder.parent)
    fsync_path(layout.versions)
    return folder


def find_staged(layout: Layout, kind: Kind, mark: str) -> Path | None:
    """A finished folder that holds this, published or not."""
    return next((folder for folder, holds in find_finished(layout, kind) if holds == mark), None)


def find_finished(layout: Layout, kind: Kind) -> list[tuple[Path, str]]:
    """Every finished folder, published or not, and what it holds."""
    folders = (path.with_suffix("") for path in sorted(layout.versions.glob(f"*/{kind}.json")))
    return [(folder, mark) for folder in folders if (mark := _mark_of(folder)) is not None]


def swap(layout: Layout, kind: Kind, folder: Path) -> None:
    """Publishes a finished folder in one step and removes the versions before it that nothing needs."""
    check_links(layout)
    link = layout.data_dir / kind
    layout.work.mkdir(parents=True, exist_ok=True)
    temporary = layout.work / f"{kind}.link"
    remove(temporary)
    temporary.symlink_to(os.path.relpath(folder, layout.data_dir), target_is_directory=True)
    os.replace(temporary, link)
    fsync_path(layout.data_dir)
    _remove_others(layout, kind)


def forget(layout: Layout) -> None:
    """Takes the markers of what is in place away: it stays readable, and counts as unfinished."""
    for kind in KINDS:
        folder = _target(layout, kind)
        if folder is not None:
            remove(_marker(folder))


def withdraw(layout: Layout) -> None:
    """Takes away both published folders: the warehouse holds no load."""
    for kind in KINDS:
        remove(layout.data_dir / kind)
    fsync_path(layout.data_dir)


def check_links(layout: Layout) -> None:
    """LoadFailed if something that is not ours stands where a link belongs."""
    for link in (layout.data_dir / kind for kind in KINDS):
        if link.exists() and not link.is_symlink():
            raise LoadFailed(f"请移走 / a link belongs here, move this away: {link}")


def published_mark(layout: Layout, kind: Kind) -> str | None:
    """What the folder in place holds, None if there is none or it is broken."""
    folder = _target(layout, kind)
    return None if folder is None else _mark_of(folder)


def published_files(layout: Layout, kind: Kind) -> tuple[Path, dict[str, str]] | None:
    """The folder in place and what some of its files were made from; None if there is none or it is broken."""
    folder = _target(layout, kind)
    marker = {} if folder is None else _read_marker(folder)
    files = marker.get("files", {})
    if folder is None or not marker or not isinstance(files, dict):
        return None
    return folder, files


def remove_unpublished(layout: Layout) -> None:
    """Removes every version that no link points at, finished or not, and no earlier state needs."""
    for kind in KINDS:
        _remove_others(layout, kind)
    for folder in layout.versions.glob("*"):
        if not any(folder.iterdir()):
            folder.rmdir()


def _remove_others(layout: Layout, kind: Kind) -> None:
    kept = _target(layout, kind)
    # Parquet files can be written again from the warehouse; quality pages cannot.
    needed = kept_loads(layout) if kind == "quality" else set()
    for folder in layout.versions.glob(f"*/{kind}"):
        if folder != kept and _mark_of(folder) not in needed:
            # The marker goes first: a folder half removed must not look finished.
            remove(_marker(folder))
            remove(folder)
            if not any(folder.parent.iterdir()):
                folder.parent.rmdir()


def _free_folder(layout: Layout, kind: Kind, load_id: str) -> Path:
    """A place for a new version that is not the one being published, cleared of leftovers."""
    folder = layout.versions / load_id / kind
    if folder == _target(layout, kind):
        folder = layout.versions / f"{load_id}.again" / kind
    remove(_marker(folder))
    remove(folder)
    return folder


def _target(layout: Layout, kind: Kind) -> Path | None:
    link = layout.data_dir / kind
    return layout.data_dir / os.readlink(link) if link.is_symlink() else None


def _marker(folder: Path) -> Path:
    return folder.with_name(folder.name + ".json")


def _mark_of(folder: Path) -> str | None:
    mark = _read_marker(folder).get("holds")
    return mark if isinstance(mark, str) else None


def _read_marker(folder: Path) -> dict[str, Any]:
    """What stands beside a finished folder; nothing if it is not finished."""
    try:
        marker = json.loads(_marker(folder).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return marker if isinstance(marker, dict) and folder.is_dir() else {}
