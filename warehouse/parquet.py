"""The public relations as Parquet files with a Frictionless data package that describes every column."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from warehouse.layout import write_file
from warehouse.sql import read_named

PACKAGE_NAME = "datapackage.json"
_PARTITIONED = ("observations", "tasks")
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


def write_parquet(
    connection: duckdb.DuckDBPyConnection, folder: Path, definitions: duckdb.DuckDBPyConnection | None = None
) -> None:
    """Writes one subfolder per public relation and datapackage.json into an empty folder.

    The same warehouse gives the same files. ``definitions`` explains the columns of a warehouse that does not keep
    all comments. duckdb.Error if a file cannot be written.
    """
    # One thread: with more, rows land in the files of whichever thread came first.
    connection.execute("SET threads = 1")
    for relation, statement in read_named("export").items():
        _write_relation(connection, relation, statement, folder / relation)
    package = json.dumps(
        _describe(connection, folder, definitions or connection), ensure_ascii=False, indent=2
    )
    write_file(folder / PACKAGE_NAME, package.encode() + b"\n")


def _write_relation(
    connection: duckdb.DuckDBPyConnection, relation: str, statement: str, folder: Path
) -> None:
    if relation not in _PARTITIONED:
        folder.mkdir()
        connection.execute(statement, {"target": str(folder / "data_0.parquet")})
        return
    connection.execute(statement, {"target": str(folder)})
    if not any(folder.rglob("*.parquet")):
        # No rows, no partition; a reader of the folder should find an empty table, not nothing.
        (folder / "report_year=0").mkdir(parents=True)
        connection.table(relation).limit(0).write_parquet(str(folder / "report_year=0" / "data_0.parquet"))


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
