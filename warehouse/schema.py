"""Brings a DuckDB file to the schema of this package."""

from __future__ import annotations

import duckdb

from warehouse.sql import read_named, read_script, schema_digest


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes all tables in an empty database and notes which definitions made them."""
    connection.execute(read_script("schema_dimensions"))
    connection.execute(read_script("schema_facts"))
    connection.execute(read_named("queries")["create_schema_info"])
    connection.execute(read_named("queries")["comment_schema_info"])
    connection.execute(read_named("queries")["note_digest"], {"digest": schema_digest()})


def create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the public views and macros anew."""
    connection.execute(read_script("views_public"))
    connection.execute(read_script("views_analyst"))


def has_current_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the tables there were made by the definitions of this version."""
    queries = read_named("queries")
    if not connection.execute(queries["has_schema_info"]).fetchall():
        return False
    row = connection.execute(queries["read_digest"]).fetchone()
    return row is not None and row[0] == schema_digest()


def carry_over(older: duckdb.DuckDBPyConnection, newer: duckdb.DuckDBPyConnection) -> None:
    """Copies all rows of an older warehouse into the fresh tables of a newer one, columns by name.

    Raises duckdb.Error where a column that held something is gone or a new one must not be empty.
    """
    for table, statement in read_named("carry_over").items():
        newer.register("carried", older.table(table).to_arrow_table())
        newer.execute(statement)
        newer.unregister("carried")
