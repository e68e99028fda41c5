"""What a place for the warehouse has to be able to do: the file in the data directory, or a lake."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol, TypeVar

import duckdb

from transforms.errors import LoadFailed
from transforms.types import Seeds
from warehouse import versions
from warehouse.cores import count_cores
from warehouse.layout import Layout
from warehouse.memory import lift_limit
from warehouse.parquet import Before, write_parquet
from warehouse.quarantine import release
from warehouse.sql import digest, read_named
from warehouse.types import Healed, Judge, LoadBatch, LoadReceipt

BuildQuality = Callable[[Path, duckdb.DuckDBPyConnection], None]
Result = TypeVar("Result")

# Parquet files written at a time: each takes a core, and memory for sorting its rows.
_LANES = 4
# So many loads in a row may come before one; each has done its work in the meantime, so all get through in the end.
_TRIES = 12


class Store(Protocol):
    """The functions of ``publish`` of the same names say what each does, and what it raises."""

    def heal(self) -> Healed:
        """Bring tables, views and published folders to where they belong."""

    def load_apart(self, seeds: Seeds, batch: LoadBatch, judge: Judge | None) -> LoadReceipt:
        """Load a batch where nobody sees it."""

    def publish_loaded(
        self, load_id: str, build_quality: BuildQuality | None, before_commit: Callable[[], None]
    ) -> None:
        """Make what was loaded apart the state that everybody sees, and the folders after it."""

    def roll_back(self, load_id: str, payload_of: Callable[[str], bytes | None]) -> str | None:
        """Go back to the state before the latest load."""


class Overtaken(LoadFailed):
    """Another load was committed to the same lake meanwhile: load anew, from the state that it left."""


def until_committed(attempt: Callable[[], Result]) -> Result:
    """What ``attempt`` gives, a load from its beginning to its commit; made again where another load came before it.

    Overtaken, a LoadFailed, where that happens time and again; what else ``attempt`` raises.
    """
    for left in range(_TRIES - 1, 0, -1):
        try:
            return attempt()
        except Overtaken:
            # of two that met, one begins sooner
            time.sleep(random.uniform(0, 2.0 / left))  # noqa: S311
    return attempt()


def not_published(error: Exception) -> LoadFailed:
    """What is told of a publication that failed."""
    return LoadFailed(f"发布失败 / could not publish the load: {str(error).splitlines()[0]}")


def stage_parquet(
    layout: Layout,
    load_id: str,
    lanes: Sequence[duckdb.DuckDBPyConnection],
    definitions: duckdb.DuckDBPyConnection | None = None,
) -> Path:
    """Parquet files written apart and finished, by as many threads as there are connections to the same state."""
    published = versions.published_files(layout, "parquet")
    before = None if published is None else Before(*published)
    return versions.stage(
        layout,
        "parquet",
        parquet_mark(load_id),
        lambda folder: write_parquet(lanes, folder, _made_by(), before, definitions),
    )


def stage_quality(
    layout: Layout, load_id: str, connection: duckdb.DuckDBPyConnection, build: BuildQuality
) -> Path:
    """Quality pages written apart and finished."""
    return versions.stage(layout, "quality", load_id, lambda folder: build(folder, connection))


def stage_folders(
    layout: Layout, load_id: str, connection: duckdb.DuckDBPyConnection, build: BuildQuality | None
) -> tuple[Path, Path | None]:
    """Parquet files and quality pages of a warehouse file, if there is a builder: written side by side."""
    try:
        return _stage_folders(layout, load_id, connection, build)
    except duckdb.OutOfMemoryException:
        lift_limit(connection)
        return _stage_folders(layout, load_id, connection, build)


def _stage_folders(
    layout: Layout, load_id: str, connection: duckdb.DuckDBPyConnection, build: BuildQuality | None
) -> tuple[Path, Path | None]:
    with ExitStack() as stack:
        count = min(count_cores(), _LANES)
        lanes = [stack.enter_context(connection.cursor()) for _ in range(count)]
        pool = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="parquet"))
        parquet = pool.submit(stage_parquet, layout, load_id, lanes)
        try:
            quality = build and stage_quality(layout, load_id, connection, build)
            return parquet.result(), quality
        except BaseException:  # an interrupt, too, must not wait for files that nobody will publish
            for lane in lanes:
                lane.interrupt()
            raise


def parquet_mark(load_id: str) -> str:
    """The load and the definitions."""
    return f"{load_id} {_made_by()}"


def _made_by() -> str:
    """Of the definitions: other views give other columns, other rules for them other rows."""
    return digest(
        "views_public",
        "views_analyst",
        "views_checks",
        "kept_series",
        "kept_checks",
        "export",
        "export_parts",
    )


def release_loaded(layout: Layout, connection: duckdb.DuckDBPyConnection) -> None:
    """What is loaded or taken back leaves the quarantine; after publication: until then it is held back."""
    if not layout.quarantine.is_dir():
        return
    queries = read_named("queries")
    loaded = dict(connection.execute(queries["loaded_reports"]).fetchall())
    loaded |= dict(connection.execute(queries["taken_reports"]).fetchall())
    held_back = {row[0] for row in connection.execute(queries["held_back_reports"]).fetchall()}
    release(layout.data_dir, loaded, held_back)
