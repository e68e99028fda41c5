"""What the tables promise and the engine does not keep: asked of every load before it is committed."""

from __future__ import annotations

import duckdb

from warehouse.sql import read_named


def broken_promises(
    connection: duckdb.DuckDBPyConnection, definitions: duckdb.DuckDBPyConnection | None = None
) -> list[tuple[str, str]]:
    """Names and culprits of the promises that a load breaks, within its open transaction; [] where it keeps all.

    ``definitions`` is a warehouse whose schema says everything that is promised, for one that can keep nothing itself;
    without it, only the keys that DuckDB is not told are asked.
    """
    query = read_named("promises")["questions"]
    told = (definitions or connection).execute(query, {"everything": definitions is not None}).fetchall()
    # one at a time: each may need the memory for all keys of a table
    found = [row for (question,) in told for row in connection.execute(question).fetchall()]
    return [(str(name), str(culprit)) for name, culprit in found]
