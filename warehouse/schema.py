"""Brings a DuckDB file to the schema of this package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import duckdb

from warehouse.sql import digest, read_named, read_script

if TYPE_CHECKING:
    import pyarrow as pa

_TABLES = ("schema_dimensions", "schema_facts")
VIEW_SCRIPTS = ("views_public", "views_analyst", "views_checks")
_VIEWS = ("schema_kept", *VIEW_SCRIPTS)
_KEPT = ("kept_series", "kept_checks")


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes all tables in an empty database and notes which definitions made them."""
    # One transaction: otherwise each of some hundred comments would wait for the disk.
    connection.begin()
    for name in _TABLES:
        connection.execute(read_script(name))
    connection.execute(read_named("queries")["note_tables"], {"digest": digest(*_TABLES)})
    connection.commit()


def create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the public views and macros anew, and what they show, and notes which definitions made them."""
    queries = read_named("queries")
    connection.begin()
    for name in _VIEWS:
        connection.execute(read_script(name))
    for (statement,) in connection.execute(queries["explain_kept"]).fetchall():
        connection.execute(statement)
    refresh(connection)
    connection.execute(queries["note_views"], {"digest": digest(*_VIEWS, *_KEPT)})
    connection.commit()


def refresh(connection: duckdb.DuckDBPyConnection) -> None:
    """Computes what the analyst views show anew from the facts; within the transaction of the caller."""
    connection.execute(read_named("touched")["everything"])
    refresh_touched(connection)


def refresh_touched(connection: duckdb.DuckDBPyConnection) -> None:
    """The same for the regions in ``touched_region``, which is gone then."""
    for name in _KEPT:
        connection.execute(read_script(name))
    connection.execute(read_named("touched")["forget"])


def digests() -> dict[str, str]:
    """Fingerprints of the definitions of this version, of tables and of views."""
    return {"tables": digest(*_TABLES), "views": digest(*_VIEWS, *_KEPT)}


def has_current_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the tables there were made by the definitions of this version."""
    return _made_by(connection)[0] == digest(*_TABLES)


def is_current(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether tables and views there were made by the definitions of this version."""
    return _made_by(connection) == (digest(*_TABLES), digest(*_VIEWS, *_KEPT))


def _made_by(connection: duckdb.DuckDBPyConnection) -> tuple[str | None, str | None]:
    queries = read_named("queries")
    if not connection.execute(queries["has_schema_info"]).fetchall():
        return None, None
    row = connection.execute(queries["read_digests"]).fetchone()
    return (None, None) if row is None else (row[0], row[1])


def carry_over(older: duckdb.DuckDBPyConnection, newer: duckdb.DuckDBPyConnection) -> None:
    """Copies all rows of an older warehouse into the fresh tables of a newer one, columns by name.

    Raises duckdb.Error where a column that held something is gone or a new one must not be empty.
    """
    there = {row[0] for row in older.execute(read_named("queries")["table_names"]).fetchall()}
    wanted = [name for name in read_named("carry_over") if name in there or "dim_load" not in there]
    carry_over_into(newer, {name: older.table(name).to_arrow_table() for name in wanted})


def carry_over_into(newer: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> None:
    """The same from tables that were read before; one that is not among them came with a later version."""
    for table, statement in read_named("carry_over").items():
        if table in tables:
            newer.register("carried", tables[table])
            newer.execute(statement)
            newer.unregister("carried")
