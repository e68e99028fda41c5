"""Reading the published warehouse, file or lake, whatever others do with it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from transforms.errors import LoadFailed
from warehouse.layout import Layout, remove


def is_published(layout: Layout) -> bool:
    """Whether there is a warehouse at all. Transient if a lake does not answer."""
    return layout.warehouse.exists() if layout.lake is None else layout.lake.exists()


@contextmanager
def open_snapshot(layout: Layout, state: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the warehouse as it is published now. LoadFailed if it cannot be opened.

    With ``state``, to that file instead: an earlier state of the warehouse. Transient if a lake does not answer.

    It goes through a name of its own: DuckDB hands out one instance per path in a process, so while a
    reader holds the file that was replaced, others would be answered from there too. Where somebody has the
    file open for writing (the DuckDB shell does by default), a copy is read: nobody can make a load wait.
    """
    if layout.lake is not None and state is None:
        with layout.lake.reading() as connection:
            yield connection
        return
    layout.work.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="read-", dir=layout.work))
    try:
        connection = _connect(state or layout.warehouse, folder)
        try:
            yield connection
        finally:
            connection.close()
    finally:
        remove(folder)


def copy_published(layout: Layout, target: Path) -> None:
    """Copies the published file, without what a stray writer may have left in a log beside it."""
    shutil.copyfile(layout.warehouse, target)


def _connect(published: Path, folder: Path) -> duckdb.DuckDBPyConnection:
    alias = folder / "warehouse.duckdb"
    try:
        os.link(published, alias)
        return duckdb.connect(str(alias), read_only=True)
    except (OSError, duckdb.IOException):
        remove(alias)
    try:
        shutil.copyfile(published, alias)
        return duckdb.connect(str(alias), read_only=True)
    except (OSError, duckdb.Error) as error:
        reason = str(error).partition("\n")[0]
        raise LoadFailed(f"仓库文件打不开 / cannot open {published}: {reason}") from error
