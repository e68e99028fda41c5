"""Publication: what readers see changes in single steps; a run killed between them is completed by the next.

The order of a load: a working copy is loaded; Parquet files and the quality report are written apart; then
the warehouse is replaced (the moment the load counts), then the link ``parquet``, then ``quality``. A run
killed before the first of these steps leaves only files that the next ``prepare`` removes; a run killed after
it leaves finished folders that the next ``prepare`` puts in place.

Only one run at a time may work on a data directory; the caller holds a lock.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb

from transforms.errors import LoadFailed, UsageError
from transforms.types import Seeds
from warehouse import history, versions
from warehouse.files import open_snapshot
from warehouse.layout import Layout, fsync_path, remove
from warehouse.loader import WORKING_NAME, latest_load_id, load, open_working_copy
from warehouse.parquet import write_parquet
from warehouse.quarantine import release, write_quarantine
from warehouse.schema import is_current
from warehouse.sql import digest, read_named
from warehouse.types import Healed, HeldBack, Judge, LoadBatch, LoadReceipt

BuildQuality = Callable[[Path, duckdb.DuckDBPyConnection], None]

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
    "write_quarantine",
]


def prepare(data_dir: Path) -> Healed:
    """Call first in every run: removes what a killed run left and finishes what it had begun to publish.

    LoadFailed if the published warehouse cannot be opened.
    """
    layout = Layout(data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    stale = [layout.wal] if layout.wal.exists() else []
    stale += sorted(layout.work.iterdir()) if layout.work.is_dir() else []
    for path in stale:
        remove(path)
    healed = heal(data_dir)
    versions.remove_unpublished(layout)
    return replace(healed, stale_files=tuple(path.name for path in stale))


def heal(data_dir: Path) -> Healed:
    """Brings tables, views, Parquet files and quality report to where they belong; cheap where they are.

    LoadFailed if the warehouse or a file cannot be used.
    """
    layout = Layout(data_dir)
    if not layout.warehouse.exists():
        return Healed()
    with open_snapshot(layout) as connection:
        outdated = not is_current(connection)
    if outdated:
        _upgrade(layout)
    with open_snapshot(layout) as connection:
        load_id = latest_load_id(connection)
        _release(layout, connection)
        history.prune(layout, connection.execute(read_named("queries")["all_loads"]).fetchall())
        if load_id is None:
            versions.withdraw(layout)
            return Healed(upgraded=outdated)
        mark = _parquet_mark(load_id)
        parquet = versions.published_mark(layout, "parquet") != mark
        if parquet:
            folder = versions.find_staged(layout, "parquet", mark)
            versions.swap(layout, "parquet", folder or _stage_parquet(layout, load_id, connection))
    if versions.published_mark(layout, "quality") == load_id:
        return Healed(upgraded=outdated, parquet=parquet)
    staged = versions.find_staged(layout, "quality", load_id)
    if staged is None:
        return Healed(upgraded=outdated, parquet=parquet, quality_missing=load_id)
    versions.swap(layout, "quality", staged)
    return Healed(upgraded=outdated, parquet=parquet, quality=True)


def publish_load(
    data_dir: Path,
    seeds: Seeds,
    batch: LoadBatch,
    build_quality: BuildQuality | None = None,
    judge: Judge | None = None,
) -> LoadReceipt:
    """``load_apart`` and ``publish_loaded`` in one."""
    receipt = load_apart(data_dir, seeds, batch, judge)
    if receipt.published:
        publish_loaded(data_dir, receipt.load_id, build_quality)
    return receipt


def load_apart(data_dir: Path, seeds: Seeds, batch: LoadBatch, judge: Judge | None = None) -> LoadReceipt:
    """Loads a batch into the working copy, which waits for ``publish_loaded``; nothing is published.

    ``judge`` may hold reports back or refuse the load, see ``loader.load``. Without anything new there is no
    working copy and the receipt says so. LoadFailed if any part of it fails.
    """
    layout = Layout(data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    versions.check_links(layout)
    try:
        with open_working_copy(data_dir) as connection:
            receipt = load(connection, seeds, batch, judge)
        if not receipt.published:
            remove(layout.work / WORKING_NAME)
    except (OSError, duckdb.Error) as error:
        raise _not_published(error) from error
    return receipt


def publish_loaded(
    data_dir: Path,
    load_id: str,
    build_quality: BuildQuality | None = None,
    before_commit: Callable[[], None] = lambda: None,
) -> None:
    """Publishes what ``load_apart`` loaded: warehouse and Parquet files, and quality pages if a builder is given.

    ``build_quality`` fills the folder it is given from the warehouse as it will be; with it, the next run completes
    one killed at any moment. ``before_commit`` is called when all is written and nothing is left but to put it in
    place: what it raises stops the load there. LoadFailed, and nothing published, if any part of it fails.
    """
    layout = Layout(data_dir)
    try:
        previous = None
        if layout.warehouse.exists():
            with open_snapshot(layout) as published:
                previous = latest_load_id(published)
        with duckdb.connect(str(layout.work / WORKING_NAME), read_only=True) as connection:
            quality = build_quality and _stage_quality(layout, load_id, connection, build_quality)
            parquet = _stage_parquet(layout, load_id, connection)
            loads = connection.execute(read_named("queries")["all_loads"]).fetchall()
        before_commit()
        history.keep(layout, loads[-1][0], load_id, previous)
        _replace_warehouse(layout)
        history.prune(layout, loads)
        versions.swap(layout, "parquet", parquet)
        if quality:
            versions.swap(layout, "quality", quality)
    except (OSError, duckdb.Error) as error:
        raise _not_published(error) from error
    with open_snapshot(layout) as connection:
        _release(layout, connection)


def _not_published(error: Exception) -> LoadFailed:
    return LoadFailed(f"发布失败 / could not publish the load: {str(error).splitlines()[0]}")


def roll_back(data_dir: Path, load_id: str, payload_of: Callable[[str], bytes | None]) -> str | None:
    """Publishes the warehouse as it was before its latest load and gives the load that is the latest then.

    What the load brought is remembered as taken back. ``payload_of`` gives the bytes of a file that goes back
    into the quarantine. Call ``prepare`` first: it also finishes a rollback that was killed. UsageError for a
    load that is not there, not the latest, or whose state before is not kept; LoadFailed as in a load.
    """
    layout = Layout(data_dir)
    state = _state_before(layout, load_id)
    queries = read_named("queries")
    with open_snapshot(layout) as connection:
        taken = connection.execute(queries["brought_by"], {"load_id": load_id}).fetchall()
        held_now = {row[0] for row in connection.execute(queries["held_back_reports"]).fetchall()}
    try:
        with open_working_copy(data_dir, state, empty=state is None) as connection:
            for row in taken:
                values = dict(zip(("report_id", "source_name", "rules_version"), row, strict=True))
                connection.execute(queries["take_back"], values)
            previous = latest_load_id(connection)
            if previous is not None:
                _stage_parquet(layout, previous, connection)
            held_then = [HeldBack(*row) for row in connection.execute(queries["all_held_back"]).fetchall()]
        for item in held_then:
            if item.report_id not in held_now:
                write_quarantine(data_dir, replace(item, payload=payload_of(item.report_id)))
        _replace_warehouse(layout)
    except (OSError, duckdb.Error) as error:
        raise LoadFailed(f"撤回失败 / could not roll back: {str(error).splitlines()[0]}") from error
    heal(data_dir)
    versions.remove_unpublished(layout)
    return previous


def _state_before(layout: Layout, load_id: str) -> Path | None:
    """The file to go back to; None where the load was the first. UsageError if there is no going back."""
    loads: list[tuple[int, str]] = []
    if layout.warehouse.exists():
        with open_snapshot(layout) as connection:
            loads = connection.execute(read_named("queries")["all_loads"]).fetchall()
    if load_id not in (known for _, known in loads):
        raise UsageError(f"没有这一批 / no such load: {load_id}")
    number, latest = loads[-1]
    if latest != load_id:
        raise UsageError(
            f"只能撤回最近一批 / only the latest load can be rolled back, and that is {latest}, not {load_id}"
        )
    state = history.find_state(layout, number, load_id)
    if state is None and len(loads) > 1:
        raise UsageError(f"此批之前的状态已不保留 / the state before this load is no longer kept: {load_id}")
    return state


def stage_all(
    data_dir: Path, connection: duckdb.DuckDBPyConnection, load_id: str, build_quality: BuildQuality
) -> tuple[Path, Path]:
    """Parquet files and quality report of a working copy, written apart and finished."""
    layout = Layout(data_dir)
    versions.check_links(layout)
    quality = _stage_quality(layout, load_id, connection, build_quality)
    return _stage_parquet(layout, load_id, connection), quality


def publish_staged(data_dir: Path, staged: tuple[Path, Path]) -> None:
    """Publishes the working copy and what ``stage_all`` wrote.

    What is in place may bear the same load id, so it loses its marker first: a run killed in between must not
    take it for the new one.
    """
    layout = Layout(data_dir)
    versions.forget(layout)
    _replace_warehouse(layout)
    versions.swap(layout, "parquet", staged[0])
    versions.swap(layout, "quality", staged[1])
    with open_snapshot(layout) as connection:
        _release(layout, connection)


def publish_quality(data_dir: Path, load_id: str, build: Callable[[Path], None]) -> None:
    """Publishes the quality report of a load, built by ``build`` in the folder it is given."""
    layout = Layout(data_dir)
    versions.swap(layout, "quality", versions.stage(layout, "quality", load_id, build))


def _release(layout: Layout, connection: duckdb.DuckDBPyConnection) -> None:
    """What is loaded or taken back leaves the quarantine; after publication: until then it is held back."""
    if not layout.quarantine.is_dir():
        return
    queries = read_named("queries")
    loaded = dict(connection.execute(queries["loaded_reports"]).fetchall())
    loaded |= dict(connection.execute(queries["taken_reports"]).fetchall())
    held_back = {row[0] for row in connection.execute(queries["held_back_reports"]).fetchall()}
    release(layout.data_dir, loaded, held_back)


def _upgrade(layout: Layout) -> None:
    """Publishes the same content with the tables and views of this version."""
    with open_working_copy(layout.data_dir):
        pass  # opening it brings it up to date
    _replace_warehouse(layout)


def _stage_parquet(layout: Layout, load_id: str, connection: duckdb.DuckDBPyConnection) -> Path:
    mark = _parquet_mark(load_id)
    return versions.stage(layout, "parquet", mark, lambda folder: write_parquet(connection, folder))


def _stage_quality(
    layout: Layout, load_id: str, connection: duckdb.DuckDBPyConnection, build: BuildQuality
) -> Path:
    return versions.stage(layout, "quality", load_id, lambda folder: build(folder, connection))


def _parquet_mark(load_id: str) -> str:
    """The load and the definitions: other views give other columns, other rules for them other rows."""
    views = digest("views_public", "views_analyst", "views_checks", "kept_series", "kept_checks", "export")
    return f"{load_id} {views}"


def _replace_warehouse(layout: Layout) -> None:
    # A log left by somebody who wrote to the file before would be replayed into the new one and break it.
    remove(layout.wal)
    os.replace(layout.work / WORKING_NAME, layout.warehouse)
    fsync_path(layout.data_dir)
