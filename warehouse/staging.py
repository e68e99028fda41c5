"""Rows on their way to a load: Arrow tables in memory, or Parquet files that readers left in folders.

A night of ten thousand reports has a million rows; files keep them out of the memory of the process that loads them,
and DuckDB reads them in parallel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from transforms.types import Report
from warehouse.rows import report_tables
from warehouse.sql import read_named

_RELATIONS = ("report", "observation", "task", "issue")


@dataclass(frozen=True, slots=True)
class StagedRows:
    """Rows of reports by relation: ``tables`` in memory, or ``folders`` with one Parquet file for each relation."""

    tables: Mapping[str, pa.Table] | None = None
    folders: tuple[Path, ...] = ()


NO_ROWS = StagedRows()


def stage_in_memory(reports: Iterable[Report]) -> StagedRows:
    """The rows of reports; of reports given twice, once. LoadFailed if a number fits no column."""
    distinct = {report.document.source.report_id: report for report in reports}
    return StagedRows(report_tables(tuple(distinct.values())))


def stage_in_folder(reports: Sequence[Report], folder: Path) -> None:
    """Writes the rows of reports into an existing folder. LoadFailed if a number fits no column; OSError."""
    for name, rows in report_tables(reports).items():
        # half the time of zstd to write, and the files live for minutes
        pq.write_table(rows, folder / f"{name}.parquet", compression="lz4", write_statistics=False)


@contextmanager
def incoming(connection: duckdb.DuckDBPyConnection, rows: StagedRows) -> Iterator[None]:
    """Shows the rows as ``incoming_report`` and so on, of the reports that ``incoming_wanted`` names, in the block."""
    queries = read_named("incoming")
    tables = {} if rows.folders else rows.tables or report_tables(())
    try:
        for name in _RELATIONS:
            if rows.folders:
                files = [str(folder / f"{name}.parquet") for folder in rows.folders]
                connection.execute(queries[f"files_{name}"], {"files": files})
                connection.execute(queries[f"staged_{name}"])
            else:
                connection.register(f"staged_{name}", tables[name])
            connection.execute(queries[f"incoming_{name}"])
        yield
    finally:
        connection.execute(queries["forget"])
        for name in tables:
            connection.unregister(f"staged_{name}")
