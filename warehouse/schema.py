"""Brings a DuckDB file to the schema of this package."""

from __future__ import annotations

import duckdb

from warehouse.sql import digest, read_named, read_script

_TABLES = ("schema_dimensions", "schema_facts")
_VIEWS = ("schema_kept", "views_public", "views_analyst", "views_checks")
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
    for name in _KEPT:
        connection.execute(read_script(name))


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
    for table, statement in read_named("carry_over").items():
        if table not in there and "dim_load" in there:  # a warehouse of ours, from before this table
            continue
        newer.register("carried", older.table(table).to_arrow_table())
        newer.execute(statement)
        newer.unregister("carried")
