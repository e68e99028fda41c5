"""The warehouse as a lake: a load is one transaction of DuckLake, and so one version of the lake.

The transaction stays open while the load is judged and pages and Parquet files are written from it; its commit is the
moment the load counts. Every load changes one and the same row, so of two that are open at once only one is committed;
the other begins anew from the state that it left (``store.until_committed``).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import duckdb

from transforms.errors import LoadFailed, Transient, UsageError
from transforms.types import Seeds
from warehouse import history, versions
from warehouse.definitions import definitions
from warehouse.lake import Lake, NoLake, is_conflict
from warehouse.lake_schema import bring_up_to_date, roll_back_open
from warehouse.layout import Layout
from warehouse.loader import latest_load_id, load
from warehouse.quarantine import write_quarantine
from warehouse.schema import is_current, refresh
from warehouse.sql import read_named
from warehouse.store import (
    BuildQuality,
    Overtaken,
    not_published,
    parquet_mark,
    release_loaded,
    stage_parquet,
    stage_quality,
)
from warehouse.types import Healed, HeldBack, Judge, LoadBatch, LoadReceipt

_AUTHOR = "zhengbao"


class LakeStore:
    """See ``store.Store``."""

    def __init__(self, layout: Layout, lake: Lake) -> None:
        self._layout, self._lake = layout, lake

    def heal(self) -> Healed:
        """See ``publish.heal``. What counts is the latest load that was made from this data directory."""
        try:
            with self._lake.reading() as connection:
                if is_current(connection):
                    return self._heal_folders(connection)
        except NoLake:
            return Healed()
        with self._open_current():
            pass  # opening it brings it up to date
        with self._lake.reading() as connection:
            return replace(self._heal_folders(connection), upgraded=True)

    def load_apart(self, seeds: Seeds, batch: LoadBatch, judge: Judge | None) -> LoadReceipt:
        """See ``publish.load_apart``. The transaction stays open, in ``Lake.pending``."""
        self._lake.forget_pending()
        connection = self._open_current()
        try:
            receipt = load(
                connection,
                seeds,
                batch,
                judge,
                lambda load_id: self._say(connection, f"load {load_id}", load_id),
                definitions(),
            )
        except BaseException:
            connection.close()
            raise
        if receipt.published:
            self._lake.pending = connection
        else:
            connection.close()
        return receipt

    def publish_loaded(
        self, load_id: str, build_quality: BuildQuality | None, before_commit: Callable[[], None]
    ) -> None:
        """See ``publish.publish_loaded``. Until the commit is tried, it can be called again."""
        layout, connection = self._layout, self._lake.pending
        if connection is None:
            raise LoadFailed("没有待发布的批次 / no load waits to be published")
        try:
            quality = build_quality and stage_quality(layout, load_id, connection, build_quality)
            parquet = _stage_parquet(layout, load_id, connection)
            loads = connection.execute(read_named("queries")["all_loads"]).fetchall()
            before_commit()
            self._commit(connection)
            history.keep_name(layout, loads[-1][0], load_id, versions.published_mark(layout, "quality"))
            history.prune(layout, loads)
            versions.swap(layout, "parquet", parquet)
            if quality:
                versions.swap(layout, "quality", quality)
        except (OSError, duckdb.Error) as error:
            raise not_published(error) from error
        # it is published, whatever becomes of this: the next run does it otherwise
        with suppress(LoadFailed, Transient), self._lake.reading() as published:
            release_loaded(layout, published)

    def roll_back(self, load_id: str, payload_of: Callable[[str], bytes | None]) -> str | None:
        """See ``publish.roll_back``. The state before the load becomes a version of its own; none is removed."""
        queries = read_named("queries")
        with self._lake.reading() as connection:
            self._refuse_but_latest(connection, load_id)
            version = version_of(connection, load_id)
            taken = connection.execute(queries["brought_by"], {"load_id": load_id}).fetchall()
            held_now = {row[0] for row in connection.execute(queries["held_back_reports"]).fetchall()}
        if version is None:
            raise UsageError(
                f"此批之前的状态已不保留 / the state before this load is no longer kept: {load_id}"
            )
        with self._open_current() as connection:
            try:
                self._lake.attach_before(connection, version - 1)
                connection.begin()
                self._refuse_but_latest(connection, load_id)
                previous, held_then = _restore(connection, load_id, taken)
                self._say(connection, f"rollback {load_id}", None)
            except (duckdb.Error, UsageError) as error:
                roll_back_open(connection)
                if isinstance(error, UsageError):
                    raise
                raise LoadFailed(f"撤回失败 / could not roll back: {str(error).splitlines()[0]}") from error
            for item in held_then:
                if item.report_id not in held_now:
                    write_quarantine(self._layout.data_dir, replace(item, payload=payload_of(item.report_id)))
            self._commit(connection)
        self.heal()
        versions.remove_unpublished(self._layout)
        return previous

    def _open_current(self) -> duckdb.DuckDBPyConnection:
        """A connection that may write, tables and views being those of this version."""
        connection = self._lake.create()
        try:
            bring_up_to_date(connection)
        except duckdb.Error as error:
            connection.close()
            if is_conflict(error):
                raise Overtaken(
                    "湖仓刚被另一次运行改动 / another run has just changed the tables of the lake; try again"
                ) from error
            raise LoadFailed(
                f"湖仓无法使用 / the lake cannot be used: {self._lake.shown}: {str(error).splitlines()[0]}"
            ) from error
        return connection

    def _commit(self, connection: duckdb.DuckDBPyConnection) -> None:
        """The moment a load counts. Overtaken if another was committed since it began."""
        try:
            connection.commit()
        except duckdb.Error as error:
            if is_conflict(error):
                raise Overtaken(
                    "屡次被同时入库的其他批次抢先 / other loads were committed first, time and again; run again later"
                ) from error
            raise not_published(error) from error
        finally:
            connection.close()
            self._lake.pending = None

    def _say(self, connection: duckdb.DuckDBPyConnection, message: str, load_id: str | None) -> None:
        """What the version that is about to be committed will be found by."""
        values = {"author": _AUTHOR, "message": message, "load_id": load_id}
        connection.execute(read_named("lake")["say"], values)

    def _refuse_but_latest(self, connection: duckdb.DuckDBPyConnection, load_id: str) -> None:
        loads = [row[1] for row in connection.execute(read_named("queries")["all_loads"]).fetchall()]
        if load_id not in loads:
            raise UsageError(f"没有这一批 / no such load: {load_id}")
        if loads[-1] != load_id:
            raise UsageError(
                "只能撤回最近一批 / only the latest load can be rolled back, and that is "
                f"{loads[-1]}, not {load_id}"
            )

    def _heal_folders(self, connection: duckdb.DuckDBPyConnection) -> Healed:
        layout = self._layout
        loads = connection.execute(read_named("queries")["all_loads"]).fetchall()
        numbers = {load_id: number for number, load_id in loads}
        release_loaded(layout, connection)
        history.prune(layout, loads)
        if not loads:
            versions.withdraw(layout)
            return Healed()
        latest = loads[-1][1]
        parquet = self._put_in_place("parquet", numbers, parquet_mark("").strip())
        if parquet is None:
            versions.swap(layout, "parquet", _stage_parquet(layout, latest, connection))
        quality = self._put_in_place("quality", numbers)
        return Healed(
            parquet=parquet is not False,
            quality=bool(quality),
            quality_missing=latest if quality is None else None,
        )

    def _put_in_place(self, kind: versions.Kind, numbers: dict[str, int], made_by: str = "") -> bool | None:
        """Publishes the finished folder of the latest load that stands; whether it was not yet, None if none is."""
        found = [
            (numbers[mark.partition(" ")[0]], folder, mark)
            for folder, mark in versions.find_finished(self._layout, kind)
            if mark.partition(" ")[0] in numbers and mark.endswith(made_by)
        ]
        if not found:
            return None
        _, folder, mark = max(found)
        if versions.published_mark(self._layout, kind) == mark:
            return False
        versions.swap(self._layout, kind, folder)
        return True


def _stage_parquet(layout: Layout, load_id: str, connection: duckdb.DuckDBPyConnection) -> Path:
    """See ``store.stage_parquet``. A lake may be far away and is asked once, not for each part: by way of temporary
    tables, which come before its views of the same names."""
    _run_all(connection, "gather_")
    staged = stage_parquet(layout, load_id, [connection], definitions())
    _run_all(connection, "forget_")
    return staged


def _run_all(connection: duckdb.DuckDBPyConnection, prefix: str) -> None:
    for name, statement in read_named("export_lake").items():
        if name.startswith(prefix):
            connection.execute(statement)


def version_of(connection: duckdb.DuckDBPyConnection, load_id: str) -> int | None:
    """The version of the lake that a load made; None where there is no such load."""
    row = connection.execute(read_named("lake")["version_of"], {"load_id": load_id}).fetchone()
    return None if row is None or row[0] is None else int(row[0])


def _restore(
    connection: duckdb.DuckDBPyConnection, load_id: str, taken: list[tuple[str, str, str]]
) -> tuple[str | None, list[HeldBack]]:
    """The rows as they were in the state attached as ``before``, but for what is remembered as taken back."""
    queries = read_named("queries")
    connection.execute("UPDATE schema_info SET tables_digest = tables_digest")
    for statement in read_named("restore").values():
        connection.execute(statement, {"load_id": load_id} if "$load_id" in statement else None)
    for row in taken:
        values = dict(zip(("report_id", "source_name", "rules_version"), row, strict=True))
        connection.execute(queries["take_back"], values)
    refresh(connection)
    held_then = [HeldBack(*row) for row in connection.execute(queries["all_held_back"]).fetchall()]
    return latest_load_id(connection), held_then
