"""Publication: what readers see changes in single steps; a run killed between them is completed by the next.

The order of a load: a working copy is loaded; Parquet files and the quality report are written apart; then
the warehouse is replaced (the moment the load counts), then the link ``parquet``, then ``quality``. A run
killed before the first of these steps leaves only files that the next ``prepare`` removes; a run killed after
it leaves finished folders that the next ``prepare`` puts in place.

In a lake the working copy is an open transaction, and its commit is the moment the load counts.

Only one run at a time may work on a data directory; the caller holds a lock. Several may work on one lake, each with a
data directory of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb

from transforms.types import Seeds
from warehouse import versions
from warehouse.file_store import FileStore, replace_warehouse
from warehouse.files import open_snapshot
from warehouse.layout import Layout, Where, layout_of, remove
from warehouse.quarantine import write_quarantine
from warehouse.store import (
    BuildQuality,
    Store,
    release_loaded,
    stage_parquet,
    stage_quality,
    until_committed,
)
from warehouse.types import Healed, Judge, LoadBatch, LoadReceipt

__all__ = [
    "BuildQuality",
    "heal",
    "load_apart",
    "prepare",
    "publish_load",
    "publish_loaded",
    "publish_quality",
    "publish_staged",
    "roll_back",
    "stage_all",
    "until_committed",
    "write_quarantine",
]


def prepare(where: Where) -> Healed:
    """Call first in every run: removes what a killed run left and finishes what it had begun to publish.

    LoadFailed if the published warehouse cannot be opened.
    """
    layout = layout_of(where)
    layout.data_dir.mkdir(parents=True, exist_ok=True)
    if layout.lake is not None:
        layout.lake.forget_pending()
    stale = [layout.wal] if layout.wal.exists() else []
    stale += sorted(layout.work.iterdir()) if layout.work.is_dir() else []
    for path in stale:
        remove(path)
    healed = heal(layout)
    versions.remove_unpublished(layout)
    return replace(healed, stale_files=tuple(path.name for path in stale))


def heal(where: Where) -> Healed:
    """Brings tables, views, Parquet files and quality report to where they belong; cheap where they are.

    LoadFailed if the warehouse or a file cannot be used.
    """
    return _store(where).heal()


def publish_load(
    where: Where,
    seeds: Seeds,
    batch: LoadBatch,
    build_quality: BuildQuality | None = None,
    judge: Judge | None = None,
) -> LoadReceipt:
    """``load_apart`` and ``publish_loaded`` in one."""
    layout = layout_of(where)

    def attempt() -> LoadReceipt:
        receipt = load_apart(layout, seeds, batch, judge)
        if receipt.published:
            publish_loaded(layout, receipt.load_id, build_quality)
        return receipt

    return until_committed(attempt)


def load_apart(where: Where, seeds: Seeds, batch: LoadBatch, judge: Judge | None = None) -> LoadReceipt:
    """Loads a batch into the working copy, which waits for ``publish_loaded``; nothing is published.

    ``judge`` may hold reports back or refuse the load, see ``loader.load``. Without anything new there is no
    working copy and the receipt says so. LoadFailed if any part of it fails.
    """
    layout = layout_of(where)
    layout.data_dir.mkdir(parents=True, exist_ok=True)
    versions.check_links(layout)
    return _store(layout).load_apart(seeds, batch, judge)


def publish_loaded(
    where: Where,
    load_id: str,
    build_quality: BuildQuality | None = None,
    before_commit: Callable[[], None] = lambda: None,
) -> None:
    """Publishes what ``load_apart`` loaded: warehouse and Parquet files, and quality pages if a builder is given.

    ``build_quality`` fills the folder it is given from the warehouse as it will be; with it, the next run completes
    one killed at any moment. ``before_commit`` is called when all is written and nothing is left but to put it in
    place: what it raises stops the load there. LoadFailed, and nothing published, if any part of it fails; Overtaken
    (see ``until_committed``) if another load was committed to the same lake meanwhile.
    """
    _store(where).publish_loaded(load_id, build_quality, before_commit)


def roll_back(where: Where, load_id: str, payload_of: Callable[[str], bytes | None]) -> str | None:
    """Publishes the warehouse as it was before its latest load and gives the load that is the latest then.

    What the load brought is remembered as taken back. ``payload_of`` gives the bytes of a file that goes back
    into the quarantine. Call ``prepare`` first: it also finishes a rollback that was killed. UsageError for a
    load that is not there, not the latest, or whose state before is not kept; LoadFailed as in a load.
    """
    return _store(where).roll_back(load_id, payload_of)


def stage_all(
    data_dir: Path, connection: duckdb.DuckDBPyConnection, load_id: str, build_quality: BuildQuality
) -> tuple[Path, Path]:
    """Parquet files and quality report of a working copy, written apart and finished."""
    layout = Layout(data_dir)
    versions.check_links(layout)
    quality = stage_quality(layout, load_id, connection, build_quality)
    return stage_parquet(layout, load_id, [connection]), quality


def publish_staged(data_dir: Path, staged: tuple[Path, Path]) -> None:
    """Publishes the working copy and what ``stage_all`` wrote.

    What is in place may bear the same load id, so it loses its marker first: a run killed in between must not
    take it for the new one.
    """
    layout = Layout(data_dir)
    versions.forget(layout)
    replace_warehouse(layout)
    versions.swap(layout, "parquet", staged[0])
    versions.swap(layout, "quality", staged[1])
    with open_snapshot(layout) as connection:
        release_loaded(layout, connection)


def publish_quality(where: Where, load_id: str, build: Callable[[Path], None]) -> None:
    """Publishes the quality report of a load, built by ``build`` in the folder it is given."""
    layout = layout_of(where)
    versions.swap(layout, "quality", versions.stage(layout, "quality", load_id, build))


def _store(where: Where) -> Store:
    layout = layout_of(where)
    if layout.lake is None:
        return FileStore(layout)
    from warehouse.lake_store import LakeStore  # most warehouses are files

    return LakeStore(layout, layout.lake)
