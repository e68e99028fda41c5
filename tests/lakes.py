"""Lakes for tests, and how they are asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from factories import make_batch, make_report, make_seeds

from warehouse.lake import Lake, LakeAddress
from warehouse.layout import Layout
from warehouse.publish import prepare, publish_load
from warehouse.query import connect, run_query
from warehouse.types import LoadBatch

FIRST_REPORT = make_report("甲.txt")
SECOND_REPORT = make_report("乙.txt", region=("330106", "西湖区"))
FIRST, SECOND = make_batch(FIRST_REPORT), make_batch(SECOND_REPORT)


def lake_at(data: Path, catalogue: str, files: Path | str) -> Layout:
    """A data directory that loads into this lake."""
    return Layout(data, Lake(LakeAddress(catalogue, str(files))))


def ask(where: Path | Layout, sql: str, at: str | None = None) -> list[tuple[Any, ...]]:
    """Rows of a query, under the lock-down of ``zhengbao sql``."""
    with connect(where, at) as connection:
        return list(run_query(connection, sql).rows())


def beside(lake: Layout, name: str) -> Layout:
    """Another data directory on the same lake, as another process would open it."""
    assert lake.lake
    address = lake.lake.address
    return lake_at(lake.data_dir.parent / name, address.catalogue, address.files)


def publish(where: Layout, batch: LoadBatch) -> str:
    prepare(where)
    receipt = publish_load(where, make_seeds(), batch, write_pages)
    assert receipt.published
    return receipt.load_id


def write_pages(folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
    (row,) = connection.execute("SELECT count(*) FROM observations").fetchall()
    (folder / "index.html").write_text(str(row[0]))
