"""Brings a lake to the schema of this package: the same names, types and comments as in the embedded warehouse."""

from __future__ import annotations

import re
from contextlib import suppress

import duckdb

from warehouse.definitions import definitions
from warehouse.schema import VIEW_SCRIPTS, carry_over_into, digests, has_current_tables, is_current, refresh
from warehouse.sql import read_named, read_script

# DuckLake keeps comments on tables, their columns and views; not on the columns of views, nor on macros
_NOT_KEPT = re.compile(r"COMMENT\s+ON\s+(?:COLUMN|MACRO)\b", re.IGNORECASE)


def bring_up_to_date(connection: duckdb.DuckDBPyConnection) -> bool:
    """Makes tables and views that are missing or of another version, all in one transaction; says whether it did.

    Raises duckdb.Error, nothing changed; a TransactionException where somebody else did it at the same moment.
    """
    if is_current(connection):
        return False
    queries = read_named("lake")
    connection.begin()
    try:
        there = {row[0] for row in connection.execute(queries["names"]).fetchall()}
        if not has_current_tables(connection):
            carried = {
                name.partition(".")[2]: connection.table(name).to_arrow_table()
                for name in there
                if name.startswith("main.")
            }
            _drop(connection, there)
            _create_tables(connection)
            carry_over_into(connection, carried)
        else:
            _drop(connection, {name for name in there if name.startswith("kept.")})
            _create_tables(connection, only="kept.")
        _create_views(connection)
        refresh(connection)
        connection.execute("DELETE FROM schema_info")
        connection.execute(queries["note"], digests())
        connection.execute(
            queries["say"], {"author": "zhengbao", "message": "tables and views", "load_id": None}
        )
        connection.commit()
    except BaseException:
        roll_back_open(connection)
        raise
    return True


def roll_back_open(connection: duckdb.DuckDBPyConnection) -> None:
    """Ends the transaction; where the failure ended it already, nothing."""
    with suppress(duckdb.TransactionException):
        connection.rollback()


def _drop(connection: duckdb.DuckDBPyConnection, names: set[str]) -> None:
    for name in sorted(names):
        connection.execute(f"DROP TABLE {name}")


def _create_tables(connection: duckdb.DuckDBPyConnection, only: str = "") -> None:
    queries, model = read_named("lake"), definitions()
    connection.execute("CREATE SCHEMA IF NOT EXISTS kept")
    for kind in ("tables", "table_comments"):
        for (statement,) in model.execute(queries[kind]).fetchall():
            if f" {only}" in statement:
                connection.execute(statement)
    if not only:
        names = ("table_name", "column_name", "referenced_table", "referenced_column")
        for row in model.execute(queries["keys"]).fetchall():
            connection.execute(queries["keep_key"], dict(zip(names, row, strict=True)))


def _create_views(connection: duckdb.DuckDBPyConnection) -> None:
    for name in VIEW_SCRIPTS:
        for statement in connection.extract_statements(read_script(name)):
            if not _NOT_KEPT.match(re.sub(r"\A(?:\s*--[^\n]*\n|\s+)*", "", statement.query)):
                connection.execute(statement)
