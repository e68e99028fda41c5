"""The warehouse as the file in the data directory, replaced in one step."""

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
from warehouse.memory import LOAD_MEMORY, PUBLICATION_MEMORY
from warehouse.quarantine import write_quarantine
from warehouse.schema import is_current
from warehouse.sql import read_named
from warehouse.store import (
    BuildQuality,
    not_published,
    parquet_mark,
    release_loaded,
    stage_folders,
    stage_parquet,
)
from warehouse.types import Healed, HeldBack, Judge, LoadBatch, LoadReceipt


class FileStore:
    """See ``store.Store``. A load goes into a working copy, which takes the place of the file."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def heal(self) -> Healed:
        """See ``publish.heal``."""
        layout = self._layout
        if not layout.warehouse.exists():
            return Healed()
        with open_snapshot(layout) as connection:
            outdated = not is_current(connection)
        if outdated:
            _upgrade(layout)
        with open_snapshot(layout) as connection:
            load_id = latest_load_id(connection)
            release_loaded(layout, connection)
            history.prune(layout, connection.execute(read_named("queries")["all_loads"]).fetchall())
            if load_id is None:
                versions.withdraw(layout)
                return Healed(upgraded=outdated)
            mark = parquet_mark(load_id)
            parquet = versions.published_mark(layout, "parquet") != mark
            if parquet:
                folder = versions.find_staged(layout, "parquet", mark)
                versions.swap(layout, "parquet", folder or stage_parquet(layout, load_id, [connection]))
        if versions.published_mark(layout, "quality") == load_id:
            return Healed(upgraded=outdated, parquet=parquet)
        staged = versions.find_staged(layout, "quality", load_id)
        if staged is None:
            return Healed(upgraded=outdated, parquet=parquet, quality_missing=load_id)
        versions.swap(layout, "quality", staged)
        return Healed(upgraded=outdated, parquet=parquet, quality=True)

    def load_apart(self, seeds: Seeds, batch: LoadBatch, judge: Judge | None) -> LoadReceipt:
        """See ``publish.load_apart``."""
        try:
            with open_working_copy(self._layout.data_dir) as connection:
                connection.execute(f"SET memory_limit = '{LOAD_MEMORY}'")
                receipt = load(connection, seeds, batch, judge)
            if not receipt.published:
                remove(self._layout.work / WORKING_NAME)
        except (OSError, duckdb.Error) as error:
            raise not_published(error) from error
        return receipt

    def publish_loaded(
        self, load_id: str, build_quality: BuildQuality | None, before_commit: Callable[[], None]
    ) -> None:
        """See ``publish.publish_loaded``."""
        layout = self._layout
        try:
            previous = None
            if layout.warehouse.exists():
                with open_snapshot(layout) as published:
                    previous = latest_load_id(published)
            with duckdb.connect(str(layout.work / WORKING_NAME), read_only=True) as connection:
                connection.execute(f"SET memory_limit = '{PUBLICATION_MEMORY}'")
                parquet, quality = stage_folders(layout, load_id, connection, build_quality)
                loads = connection.execute(read_named("queries")["all_loads"]).fetchall()
            before_commit()
            history.keep(layout, loads[-1][0], load_id, previous)
            replace_warehouse(layout)
            history.prune(layout, loads)
            versions.swap(layout, "parquet", parquet)
            if quality:
                versions.swap(layout, "quality", quality)
        except (OSError, duckdb.Error) as error:
            raise not_published(error) from error
        with open_snapshot(layout) as connection:
            release_loaded(layout, connection)

    def roll_back(self, load_id: str, payload_of: Callable[[str], bytes | None]) -> str | None:
        """See ``publish.roll_back``."""
        layout, data_dir = self._layout, self._layout.data_dir
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
                    stage_parquet(layout, previous, [connection])
                held_then = [
                    HeldBack(*row) for row in connection.execute(queries["all_held_back"]).fetchall()
                ]
            for item in held_then:
                if item.report_id not in held_now:
                    write_quarantine(data_dir, replace(item, payload=payload_of(item.report_id)))
            replace_warehouse(layout)
        except (OSError, duckdb.Error) as error:
            raise LoadFailed(f"撤回失败 / could not roll back: {str(error).splitlines()[0]}") from error
        self.heal()
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


def _upgrade(layout: Layout) -> None:
    """Publishes the same content with the tables and views of this version."""
    with open_working_copy(layout.data_dir):
        pass  # opening it brings it up to date
    replace_warehouse(layout)


def replace_warehouse(layout: Layout) -> None:
    """Puts the working copy in the place of the published file."""
    # A log left by somebody who wrote to the file before would be replayed into the new one and break it.
    remove(layout.wal)
    os.replace(layout.work / WORKING_NAME, layout.warehouse)
    fsync_path(layout.data_dir)
