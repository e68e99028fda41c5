"""Loading: one batch into a working copy of the warehouse, in one transaction."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa

from transforms.errors import LoadFailed
from transforms.types import Seeds
from warehouse.files import is_published, open_snapshot
from warehouse.layout import Layout, Where, fsync_path, layout_of, remove
from warehouse.memory import lift_limit
from warehouse.promises import broken_promises
from warehouse.schema import (
    carry_over,
    create_tables,
    create_views,
    has_current_tables,
    is_current,
    refresh_touched,
)
from warehouse.sql import read_named, read_script
from warehouse.staging import incoming
from warehouse.tables import batch_tables, check_tables, quality_table, seed_tables
from warehouse.types import FormerEditions, Judge, LoadBatch, LoadReceipt, Outdated, QualityRow, Verdict

WORKING_NAME = "warehouse.duckdb"


def known_report_ids(where: Where, rules_version: str, again: bool = False) -> set[str]:
    """Reports that need no reading: loaded, or held back, under these rules. Empty without a warehouse.

    What a rollback took back counts as known too, unless it is wanted ``again``.
    """
    layout = layout_of(where)
    if not is_published(layout):
        return set()
    with open_snapshot(layout) as connection:
        known = _known_ids(connection, rules_version)
        if not again:
            query = read_named("queries")["unwanted_reports"]
            asked = connection.execute(query, {"rules_version": rules_version})
            known |= {row[0] for row in asked.fetchall()}
        return known


def outdated_reports(where: Where, rules_version: str) -> list[Outdated]:
    """What was loaded or held back under other rules and not looked at under these, by file name."""
    layout = layout_of(where)
    if not is_published(layout):
        return []
    query = read_named("queries")["outdated_reports"]
    with open_snapshot(layout) as connection:
        found = connection.execute(query, {"rules_version": rules_version}).fetchall()
    return [Outdated(*row) for row in found]


def former_editions(where: Where, again: bool = False) -> FormerEditions:
    """What a file would have to hold to have gone back to an earlier edition. Empty without a warehouse.

    What a rollback took back does not count, unless it is wanted ``again``.
    """
    layout = layout_of(where)
    if not is_published(layout):
        return FormerEditions({}, None)
    query = read_named("queries")["former_editions"]
    with open_snapshot(layout) as connection:
        found = connection.execute(query, {"again": again}).fetchall()
        return FormerEditions(
            {(name, former): latest for name, former, latest in found}, latest_load_id(connection)
        )


@contextmanager
def open_working_copy(
    data_dir: Path, state: Path | None = None, empty: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a copy of the published warehouse (or to a new one) with tables and views in place.

    ``state`` names another file to copy instead; ``empty`` asks for a new one whatever is published.

    On leaving without an error the copy is checkpointed, closed and on disk as ``WORKING_NAME`` in the
    working folder; on an error it is removed. LoadFailed if the published file cannot be used.
    """
    layout = Layout(data_dir)
    layout.work.mkdir(parents=True, exist_ok=True)
    working = layout.work / WORKING_NAME
    _remove_database(working)
    try:
        source = None if empty else state or (layout.warehouse if layout.warehouse.exists() else None)
        connection = _open_current(layout, working, source)
        try:
            yield connection
            connection.execute("CHECKPOINT")
        finally:
            connection.close()
        fsync_path(working)
    except BaseException:
        _remove_database(working)
        raise


def load(
    connection: duckdb.DuckDBPyConnection,
    seeds: Seeds,
    batch: LoadBatch,
    judge: Judge | None = None,
    conclude: Callable[[str], None] | None = None,
    definitions: duckdb.DuckDBPyConnection | None = None,
) -> LoadReceipt:
    """Loads a batch in one transaction and says what it did; reports and files known already are ignored.

    A batch without anything new changes nothing, except that a warehouse without any load gets its first.
    ``judge`` looks at the loaded warehouse before anything is committed; where it holds reports back, the rest is
    loaded anew and judged again. LoadFailed, with the transaction rolled back, if a row breaks a promise of the
    schema or the judge refuses the load.

    ``conclude`` is given the load id and called instead of committing, so that the transaction may stay open;
    ``definitions`` says what is promised where the engine keeps no promise (see ``promises``).
    """
    fresh, ignored = _only_new(connection, batch)
    fresh = replace(fresh, known_as=batch.load_id)  # what is left out is still part of what the load is
    if not (fresh.reports or fresh.held_back) and latest_load_id(connection) is not None:
        return LoadReceipt(batch.load_id, False, 0, 0, 0, 0, 0, 0, ignored)
    with _incoming(connection, seeds, fresh):
        try:
            verdict = _load_judged(connection, fresh, judge, conclude, definitions)
        except LoadFailed as failed:
            if not isinstance(failed.__cause__, duckdb.OutOfMemoryException):
                raise
            lift_limit(connection)
            verdict = _load_judged(connection, fresh, judge, conclude, definitions)
    if verdict.held_back:
        return load(connection, seeds, batch.without(verdict.held_back), judge, conclude, definitions)
    row = connection.execute(read_named("queries")["load_counts"], {"load_id": batch.load_id}).fetchone()
    if row is None:
        raise LoadFailed(f"入库失败 / the load left no trace: {batch.load_id}")
    return LoadReceipt(
        load_id=batch.load_id,
        published=True,
        reports=row[0],
        observations=row[1],
        tasks=row[2],
        issues=row[3],
        held_back=row[4],
        superseded=row[5],
        ignored=ignored,
    )


@contextmanager
def _incoming(connection: duckdb.DuckDBPyConnection, seeds: Seeds, batch: LoadBatch) -> Iterator[None]:
    """Shows all that the scripts of a load read, in the block."""
    shown = batch_tables(batch, batch.load_id) | check_tables(seeds)
    _register(connection, shown)
    try:
        with incoming(connection, batch.rows):
            more = seed_tables(seeds, _written_units(connection))
            _register(connection, more)
            shown |= more
            yield
    finally:
        for name in shown:
            connection.unregister(name)


def _load_judged(
    connection: duckdb.DuckDBPyConnection,
    batch: LoadBatch,
    judge: Judge | None,
    conclude: Callable[[str], None] | None,
    definitions: duckdb.DuckDBPyConnection | None,
) -> Verdict:
    """One transaction; rolled back where the verdict holds reports back, else committed or concluded."""
    verdict = Verdict()
    connection.begin()
    try:
        _run(connection)
        refresh_touched(connection)
        if judge is not None:
            verdict = judge(_find(connection, batch.load_id), batch)
        if verdict.held_back:
            connection.rollback()
            return verdict
        _finish(connection, (*batch.quality, *verdict.quality), definitions)
        if conclude is None:
            connection.commit()
        else:
            conclude(batch.load_id)
    except duckdb.Error as error:
        _end(connection)
        raise LoadFailed(f"入库失败 / the load was rolled back: {_first_line(error)}") from error
    except BaseException:
        _end(connection)
        raise
    return verdict


def latest_load_id(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Load id of the last load, None in a warehouse without any."""
    row = connection.execute(read_named("queries")["latest_load"]).fetchone()
    return None if row is None else str(row[0])


def _register(connection: duckdb.DuckDBPyConnection, tables: dict[str, pa.Table]) -> None:
    for name, table in tables.items():
        connection.register(name, table)


def _run(connection: duckdb.DuckDBPyConnection) -> None:
    touched = read_named("touched")
    connection.execute(touched["before"])
    for script in ("seed", "load", "succession"):
        connection.execute(read_script(script))
    connection.execute(touched["after"])
    connection.execute(read_script("count_superseded"))


def _find(connection: duckdb.DuckDBPyConnection, load_id: str) -> pa.Table:
    """What can be judged of a load that is not committed yet."""
    return connection.execute(read_named("gate")["findings"], {"load_id": load_id}).to_arrow_table()


def _end(connection: duckdb.DuckDBPyConnection) -> None:
    """Rolls back, unless what failed was a catalogue that is gone, and the transaction with it."""
    with suppress(duckdb.Error):
        connection.rollback()


def _finish(
    connection: duckdb.DuckDBPyConnection,
    quality: Iterable[QualityRow],
    definitions: duckdb.DuckDBPyConnection | None,
) -> None:
    (name, table), *_ = quality_table(quality).items()
    connection.register(name, table)
    connection.execute(read_script("keep_quality"))
    connection.unregister(name)
    broken = connection.execute(read_script("check")).fetchall() or broken_promises(connection, definitions)
    if broken:
        column, culprit = broken[0]
        raise LoadFailed(f"入库失败 / {len(broken)} broken references, the first: {column} of {culprit}")


def _written_units(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Every spelling of a unit that an observation uses, loaded before or now."""
    queries = (read_named("queries")["units"], read_named("incoming")["written_units"])
    return {row[0] for query in queries for row in connection.execute(query).fetchall()}


def _only_new(connection: duckdb.DuckDBPyConnection, batch: LoadBatch) -> tuple[LoadBatch, tuple[str, ...]]:
    """The batch without what is known under its rules and without repetitions, and the ids left out."""
    seen = _known_ids(connection, batch.rules_version) - batch.returned
    ignored: list[str] = []
    reports, held_back = [], []
    for report in batch.reports:
        if report.report_id in seen:
            ignored.append(report.report_id)
        else:
            seen.add(report.report_id)
            reports.append(report)
    for item in batch.held_back:
        if item.report_id in seen:
            ignored.append(item.report_id)
        else:
            seen.add(item.report_id)
            held_back.append(item)
    return replace(batch, reports=tuple(reports), held_back=tuple(held_back)), tuple(ignored)


def _known_ids(connection: duckdb.DuckDBPyConnection, rules_version: str) -> set[str]:
    query = read_named("queries")["known_reports"]
    return {row[0] for row in connection.execute(query, {"rules_version": rules_version}).fetchall()}


def connect_to_load(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to a file that rows are loaded into, made where there is none. duckdb.Error if it cannot be used."""
    connection = duckdb.connect(str(path))
    # it is tried on every text and takes a tenth of a load; only the ids are smaller for it, and the file by a fifth
    connection.execute("SET disabled_compression_methods = 'fsst'")
    return connection


def _open_current(layout: Layout, working: Path, source: Path | None) -> duckdb.DuckDBPyConnection:
    """The working file, opened, its tables those of this version and its views made anew."""
    try:
        if source is None:
            connection = connect_to_load(working)
            create_tables(connection)
        else:
            shutil.copyfile(source, working)  # without what a stray writer may have left in a log beside it
            connection = connect_to_load(working)
            if not has_current_tables(connection):
                connection.close()
                connection = _rebuild(layout, working, source)
        if not is_current(connection):
            create_views(connection)
    except duckdb.Error as error:
        raise LoadFailed(
            "仓库文件无法使用，请移走后重新运行 / the warehouse cannot be used, move it away and run again: "
            f"{source or working}: {_first_line(error)}"
        ) from error
    return connection


def _rebuild(layout: Layout, working: Path, source: Path) -> duckdb.DuckDBPyConnection:
    _remove_database(working)
    connection = connect_to_load(working)
    create_tables(connection)
    with open_snapshot(layout, source) as older:
        carry_over(older, connection)
    return connection


def _remove_database(path: Path) -> None:
    remove(path)
    remove(path.with_name(path.name + ".wal"))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
