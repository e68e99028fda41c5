"""The public relations as Parquet files with a Frictionless data package that describes every column."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import duckdb

from warehouse.layout import write_file
from warehouse.sql import read_named

PACKAGE_NAME = "datapackage.json"
_KEYS = {
    "observations": "observation_id",
    "reports": "report_id",
    "tasks": "task_id",
    "loads": "load_id",
    "quality_results": ["load_id", "suite", "expectation"],
    "quality_trends": ["load_id", "suite", "expectation"],
    "issues": "issue_id",
}
_TYPES = {
    "VARCHAR": "string",
    "BIGINT": "integer",
    "INTEGER": "integer",
    "DOUBLE": "number",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "BOOLEAN": "boolean",
}
# Validators read Parquet by way of data frames, where an integer that is missing is a float.
_NULLABLE_INTEGERS = {("issues", "char_start"), ("issues", "char_end")}
# The year stands in the names of the folders and not in the files: to a validator it is no field of theirs.
_PARTITION = {
    "name": "report_year",
    "type": "integer",
    "description": "报告所述年份，见文件夹名，不明为 0 / Year the report is about, in the folder name, 0 if unknown",
}


# observations in a file of one year's facts: a night writes some such files anew, and readers open all of them
PART_SIZE = 50_000
_PARTITIONED = ("observations", "tasks")


@dataclass(frozen=True, slots=True)
class Before:
    """A folder written before, which is only read, and of each file that may be taken over what it was made from."""

    folder: Path
    made_from: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _File:
    """A file to write: its path below the folder, and where that can be told, what it is made from."""

    path: str
    statement: str
    values: Mapping[str, int | str]
    made_from: str | None = None


def write_parquet(
    lanes: Sequence[duckdb.DuckDBPyConnection],
    folder: Path,
    made_by: str,
    before: Before | None = None,
    definitions: duckdb.DuckDBPyConnection | None = None,
    part_size: int = PART_SIZE,
) -> dict[str, str]:
    """Writes one subfolder per public relation and datapackage.json into an empty folder.

    The same warehouse gives the same files. ``lanes`` see the same state, and each writes a file at a time; partitions
    that are as they were ``before`` are taken over. ``made_by`` tells the definitions of this version from others.
    ``definitions`` explains the columns of a warehouse that does not keep all comments. Gives what later folders may
    know of ``before``; see export_parts.sql for ``part_size``. duckdb.Error if a file cannot be written.
    """
    for lane in lanes:
        lane.execute(read_named("export_parts")["place_reports"], {"part_size": part_size})
    told = lanes[0]
    files = list(_plan(told, f"{made_by} {duckdb.__version__}"))
    missing = [file for file in files if not _take_over(file, folder, before)]
    with _one_thread(told):
        _write(lanes, missing, folder)
    package = json.dumps(_describe(told, folder, definitions or told), ensure_ascii=False, indent=2)
    write_file(folder / PACKAGE_NAME, package.encode() + b"\n")
    return {file.path: _seal(file.made_from, folder / file.path) for file in files if file.made_from}


@contextmanager
def _one_thread(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """One thread a file: with more, rows land in it in the order of whichever thread came first."""
    (threads,) = connection.execute("SELECT current_setting('threads')").fetchone() or (1,)
    connection.execute("SET threads = 1")
    try:
        yield
    finally:
        connection.execute(f"SET threads = {threads:d}")


def _plan(connection: duckdb.DuckDBPyConnection, made_by: str) -> Iterator[_File]:
    """The largest first, so that no lane begins with one when the others are done."""
    statements = read_named("export")
    parted = set()
    for kind in ("facts", "compared"):
        found = connection.execute(read_named("export_parts")[kind])
        names = [column[0] for column in found.description or ()]
        for relation, path, rows, hashes, *values in found.fetchall():
            parted.add(relation)
            asked = dict(zip(names[-len(values) :], values, strict=True))
            made_from = f"{rows} {hashes} {made_by}"
            yield _File(f"{relation}/{path}", statements[relation], asked, made_from)
    for relation, statement in statements.items():
        if relation not in parted:
            yield _File(f"{relation}/data_0.parquet", statement, {})


def _take_over(file: _File, folder: Path, before: Before | None) -> bool:
    """Whether the file was put in place as a second name of the one before, or a copy of it."""
    if before is None or file.made_from is None:
        return False
    source, target = before.folder / file.path, folder / file.path
    if not source.is_file() or before.made_from.get(file.path) != _seal(file.made_from, source):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without links
        shutil.copyfile(source, target)
    return True


def _seal(made_from: str, path: Path) -> str:
    # its length too: what was cut off behind our back is written again
    return f"{made_from} {path.stat().st_size}"


def _write(lanes: Sequence[duckdb.DuckDBPyConnection], files: Iterable[_File], folder: Path) -> None:
    """Writes the files, each lane taking the next one when it is done with its last."""
    free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
    for lane in lanes:
        free.put(lane)

    def write(file: _File) -> None:
        target, lane = folder / file.path, free.get()
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            lane.execute(file.statement, {"target": str(target), **file.values})
        finally:
            free.put(lane)

    for file in _crowded_out(len(lanes), write, files):  # alone each has all the memory there is
        write(file)


def _crowded_out(lanes: int, write: Callable[[_File], None], files: Iterable[_File]) -> list[_File]:
    """Writes files side by side; gives those that found no memory beside the others."""
    if lanes == 1:
        return list(files)
    left = []
    pool = ThreadPoolExecutor(lanes, thread_name_prefix="parquet")
    try:
        for file, done in [(file, pool.submit(write, file)) for file in files]:
            try:
                done.result()
            except duckdb.OutOfMemoryException:
                left.append(file)
    finally:
        pool.shutdown(cancel_futures=True)
    return left


def _describe(
    connection: duckdb.DuckDBPyConnection, folder: Path, definitions: duckdb.DuckDBPyConnection
) -> dict[str, Any]:
    queries = read_named("queries")
    load = connection.execute(queries["latest_load"]).fetchone()
    comments = dict(definitions.execute(queries["describe_relations"]).fetchall())
    package: dict[str, Any] = {
        "profile": "data-package",
        "name": "zhengbao",
        "title": "政报数据仓库 / Zhengbao warehouse",
        "description": "政府报告中的数字及其出处 / Numbers stated in government reports, with their evidence",
    }
    if load is not None:
        package |= {"version": load[0], "created": f"{load[2].isoformat()}Z"}
    package["resources"] = [
        _describe_relation(definitions, relation, comments[relation], folder)
        for relation in read_named("export")
    ]
    return package


def _describe_relation(
    definitions: duckdb.DuckDBPyConnection, relation: str, comment: str, folder: Path
) -> dict[str, Any]:
    columns = definitions.execute(
        read_named("queries")["describe_columns"], {"relation": relation}
    ).fetchall()
    fields = [_describe_field(relation, *column) for column in columns]
    schema: dict[str, Any] = {"fields": fields}
    if relation in _KEYS:
        schema["primaryKey"] = _KEYS[relation]
    partition = {"partitionedBy": [_PARTITION]} if relation in _PARTITIONED else {}
    return {
        "name": relation,
        "title": _chinese(comment),
        "description": comment,
        "path": sorted(
            path.relative_to(folder).as_posix() for path in (folder / relation).rglob("*.parquet")
        ),
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": schema,
        **partition,
    }


def _describe_field(relation: str, name: str, data_type: str, comment: str) -> dict[str, str]:
    # "array" means JSON text to a validator; a list of Parquet is none
    kind = "any" if data_type.endswith("[]") else _TYPES.get(data_type.partition("(")[0], "number")
    if (relation, name) in _NULLABLE_INTEGERS:
        kind = "number"
    return {"name": name, "type": kind, "title": _chinese(comment), "description": comment}


def _chinese(comment: str) -> str:
    return comment.partition(" / ")[0]
