"""How much memory DuckDB may take for a load and its publication."""

from __future__ import annotations

import duckdb

# It uses disk beyond that. What cannot do with it is done again with all that DuckDB takes by itself.
LOAD_MEMORY = "425MB"
PUBLICATION_MEMORY = "350MB"


def lift_limit(connection: duckdb.DuckDBPyConnection) -> None:
    """Gives DuckDB the memory it takes by itself, which RESET only says it does."""
    with duckdb.connect() as unlimited:
        (limit,) = unlimited.execute("SELECT current_setting('memory_limit')").fetchone() or ("",)
    connection.execute(f"SET memory_limit = '{limit}'")
