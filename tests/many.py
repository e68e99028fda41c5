"""A data directory with as many generated observations as asked for, in the real schema."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from seeds.load import load_seeds
from warehouse.layout import Layout
from warehouse.loader import WORKING_NAME, load, open_working_copy
from warehouse.schema import refresh
from warehouse.types import LoadBatch

SCRIPTS = Path(__file__).parent
# numbers written in one transaction: what their keys take in memory is bounded by it
_PART = 500_000
_MEMORY = "4GB"


def make_many(data_dir: Path, observations: int) -> None:
    """Publish a warehouse of so many observations (a multiple of 200) into an empty data directory."""
    parts = -(-observations // _PART)
    with open_working_copy(data_dir) as connection:
        connection.execute(f"SET memory_limit = '{_MEMORY}'")
        load(connection, load_seeds(), LoadBatch(datetime(2026, 1, 1, tzinfo=UTC), "generated"))
        connection.execute("SET VARIABLE observations = $1", [observations])
        connection.execute((SCRIPTS / "many_reports.sql").read_text(encoding="utf-8"))
        connection.execute("SET VARIABLE parts = $1", [parts])
        for part in range(parts):
            connection.execute("SET VARIABLE part = $1", [part])
            connection.execute((SCRIPTS / "many_observations.sql").read_text(encoding="utf-8"))
            connection.execute("CHECKPOINT")
        connection.begin()
        refresh(connection)
        connection.commit()
    layout = Layout(data_dir)
    os.replace(layout.work / WORKING_NAME, layout.warehouse)
