"""The same warehouse once more: what the old one remembers of names and order, and its publication."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from transforms.errors import LoadFailed, UsageError
from transforms.types import Seeds
from warehouse.files import open_snapshot
from warehouse.layout import Where, layout_of
from warehouse.loader import latest_load_id, load, open_working_copy
from warehouse.publish import BuildQuality, publish_staged, stage_all
from warehouse.schema import refresh
from warehouse.sql import read_named, read_script
from warehouse.tables import edition_table
from warehouse.types import HeldBack, Judge, LoadBatch

_TABLES = ("remembered_load", "remembered_report", "remembered_quality", "remembered_taken")


@dataclass(frozen=True, slots=True)
class PastLoad:
    """One load as the warehouse remembers it; ``members`` are id and name of what it brought and still counts."""

    load_id: str
    started_at: datetime
    files_seen: int
    files_known: int
    members: tuple[tuple[str, str], ...]
    held_back: tuple[HeldBack, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """All loads, oldest first, and the tables that ``rebuild.sql`` reads."""

    loads: tuple[PastLoad, ...]
    tables: dict[str, Any]


def remember(where: Where) -> Memory | None:
    """What the published warehouse knows that raw bytes do not say; None without a warehouse.

    UsageError for a lake: others load into it too, and the bytes of what they loaded are not here.
    """
    layout = layout_of(where)
    if layout.lake is not None:
        raise UsageError(
            "湖仓不能重建,原始字节分散在各处 / a lake cannot be rebuilt: the bytes of its loads are in several places"
        )
    if not layout.warehouse.exists():
        return None
    queries = read_named("queries")
    with open_snapshot(layout) as connection:
        tables = {name: connection.execute(queries[name]).to_arrow_table() for name in _TABLES}
        held = connection.execute(queries["remembered_held_back"]).fetchall()
    members = tables["remembered_report"].to_pylist()
    loads = tuple(
        PastLoad(
            row["load_id"],
            row["started_at"],
            row["files_seen"],
            row["files_known"],
            tuple((m["report_id"], m["source_name"]) for m in members if m["load_id"] == row["load_id"]),
            tuple(HeldBack(*item[:4]) for item in held if item[4] == row["load_id"]),
        )
        for row in tables["remembered_load"].to_pylist()
    )
    return Memory(loads, tables)


def publish_rebuilt(
    data_dir: Path,
    seeds: Seeds,
    batches: Iterable[LoadBatch],
    memory: Memory | None,
    build_quality: BuildQuality,
    judge: Judge | None = None,
) -> str:
    """Makes a new warehouse from the batches, in order, publishes it and gives its latest load.

    ``judge`` as in ``loader.load``. LoadFailed, and nothing published, if any part of it fails or there is nothing
    to load.
    """
    try:
        with open_working_copy(data_dir, empty=True) as connection:
            for batch in batches:
                load(connection, seeds, batch, judge)
            _restore(connection, memory, seeds)
            load_id = latest_load_id(connection)
            if load_id is None:
                raise LoadFailed("没有可重建的内容 / there is nothing to rebuild from")
            staged = stage_all(data_dir, connection, load_id, build_quality)
        publish_staged(data_dir, staged)
    except (OSError, duckdb.Error) as error:
        raise LoadFailed(f"重建失败 / could not rebuild: {str(error).splitlines()[0]}") from error
    return load_id


def _restore(connection: duckdb.DuckDBPyConnection, memory: Memory | None, seeds: Seeds) -> None:
    """What is remembered, if anything is, and what the views show of it all."""
    tables = memory.tables | edition_table(seeds) if memory else {}
    for name, table in tables.items():
        connection.register(name, table)
    connection.begin()
    try:
        if memory is not None:
            connection.execute(read_script("rebuild"))
            connection.execute(read_script("succession"))
        refresh(connection)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        for name in tables:
            connection.unregister(name)
