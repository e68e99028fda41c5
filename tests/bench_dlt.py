"""Seconds dlt takes to load the rows of a Parquet file into a fresh DuckDB file; run by ``bench_load.py`` elsewhere.

    python bench_dlt.py ROWS.parquet FOLDER rows|arrow

The interpreter that runs it has dlt, not this project: nothing of ours is imported. dlt's settings are its defaults but
for telemetry; reading the file and, for ``rows``, making dictionaries of it are not counted, nor is
what a first load of ten rows imports.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ.update(RUNTIME__DLTHUB_TELEMETRY="false", DO_NOT_TRACK="1", RUNTIME__LOG_LEVEL="ERROR")


def main() -> None:
    """Write ``{"version": …, "seconds": …, "rows": …}`` as the last line of stdout."""
    source, folder, kind = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    with contextlib.redirect_stdout(sys.stderr):
        import dlt
        import duckdb
        import pyarrow.parquet as pq

        table = pq.read_table(source)
        data = table if kind == "arrow" else table.to_pylist()

        def load(name: str, data: Any) -> float:
            destination = dlt.destinations.duckdb(str(folder / f"{name}.duckdb"))
            pipeline = dlt.pipeline(
                name, destination=destination, dataset_name="main", pipelines_dir=str(folder)
            )
            begun = time.perf_counter()
            pipeline.run(data, table_name="observation", write_disposition="append")
            return time.perf_counter() - begun

        load("imports", data[:10])
        seconds = load(kind, data)
        database = folder / f"{kind}.duckdb"
        with duckdb.connect(str(database), read_only=True) as connection:
            (rows,) = connection.execute("SELECT count(*) FROM main.observation").fetchone()
    print(json.dumps({"version": dlt.__version__, "seconds": seconds, "rows": rows}))


if __name__ == "__main__":
    main()
