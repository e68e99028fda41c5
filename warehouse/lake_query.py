"""What a lake's connection for questions must not be asked: DuckDB's extensions bring functions that reach further."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb

from transforms.errors import UsageError

# table functions that run a text as a statement of PostgreSQL or DuckDB, or change the catalogue
_REFUSED = re.compile(r"postgres_|pg_clear|read_postgres|query$|query_table$", re.IGNORECASE)
_OF_THE_LAKE = re.compile(r"ducklake_", re.IGNORECASE)
_HARMLESS = {
    "ducklake_snapshots",
    "ducklake_table_changes",
    "ducklake_table_deletions",
    "ducklake_table_info",
    "ducklake_table_insertions",
}
_CATALOGUE = re.compile(r"__ducklake_metadata", re.IGNORECASE)
_EXPLAIN = re.compile(
    r"\A(?:\s|--[^\n]*\n|/\*.*?\*/)*EXPLAIN\b(?:\s+ANALYZE\b)?(?:\s*\([^)]*\))?", re.I | re.S
)


def is_lake(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the database of this connection is a lake."""
    row = connection.execute(
        "SELECT type = 'ducklake' FROM duckdb_databases() WHERE database_name = current_database()"
    ).fetchone()
    return bool(row and row[0])


def refuse_beyond_the_lake(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """UsageError for a question to a lake that would reach past its relations; of a file everything may be asked."""
    if not is_lake(connection):
        return
    row = connection.execute("SELECT json_serialize_sql(?)", [_EXPLAIN.sub("", sql, count=1)]).fetchone()
    tree = json.loads(row[0]) if row else {"error": True}
    if tree.get("error"):
        raise UsageError(
            "湖仓不能这样查询,请改写为 SELECT / a lake cannot be asked in this form, write it as a SELECT "
            f"(PIVOT: ON … IN (…)): {tree.get('error_message', '')}"
        )
    for name in _named(tree):
        if _REFUSED.match(name) or (_OF_THE_LAKE.match(name) and name.casefold() not in _HARMLESS):
            raise UsageError(f"仓库只读,不可用 {name} / the warehouse is read-only: {name} is refused")
        if _CATALOGUE.match(name):
            raise UsageError(f"不可直接查询湖仓目录 / the catalogue itself cannot be asked: {name}")


def _named(tree: Any) -> Iterator[str]:
    """Names of every function, schema and catalogue in a parsed statement."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key in ("function_name", "schema_name", "catalog_name", "schema", "catalog"):
                if isinstance(value, str):
                    yield value
            else:
                yield from _named(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _named(value)
