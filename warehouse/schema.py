"""Brings a DuckDB file to the schema of this package."""

from __future__ import annotations

import duckdb

from warehouse.sql import digest, read_named, read_script

_TABLES = ("schema_dimensions", "schema_facts")
_VIEWS = ("views_public", "views_analyst", "views_checks")


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes all tables in an empty database and notes which definitions made them."""
    _run(connection, _TABLES, "note_tables")


def create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the public views and macros anew and notes which definitions made them."""
    _run(connection, _VIEWS, "note_views")


def has_current_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the tables there were made by the definitions of this version."""
    return _made_by(connection)[0] == digest(*_TABLES)


def is_current(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether tables and views there were made by the definitions of this version."""
    return _made_by(connection) == (digest(*_TABLES), digest(*_VIEWS))


def _run(connection: duckdb.DuckDBPyConnection, names: tuple[str, ...], note: str) -> None:
    # One transaction: otherwise each of some hundred comments would wait for the disk.
    connection.begin()
    for name in names:
        connection.execute(read_script(name))
    connection.execute(read_named("queries")[note], {"digest": digest(*names)})
    connection.commit()


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
