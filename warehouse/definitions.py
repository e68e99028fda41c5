"""The definitions of this package as an empty warehouse in memory: what there is to be, by name, type and comment."""

from __future__ import annotations

from functools import cache

import duckdb

from warehouse.schema import create_tables, create_views


@cache
def definitions() -> duckdb.DuckDBPyConnection:
    """One for the process, made when it is first asked for; nobody writes to it."""
    connection = duckdb.connect(":memory:")
    create_tables(connection)
    create_views(connection)
    return connection
