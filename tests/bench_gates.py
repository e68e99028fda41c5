"""Seconds the three gates take over a million observations.

    python tests/bench_gates.py [REPORTS] [--json FILE]

It is a yardstick, not a test: nothing fails here. The reports are those of ``multiplied.py``. The earlier half of the
years is loaded before, the other half is judged beside it. Part of ``make bench``.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from factories import batch_of
from multiplied import multiply
from timing import timed

from expectations.gate import findings_frames
from expectations.validate import validate, validate_load
from seeds.load import load_seeds
from warehouse.loader import load
from warehouse.schema import create_tables, create_views
from warehouse.types import LoadBatch, Verdict


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="seconds the gates take")
    parser.add_argument("reports", nargs="?", type=int, default=5_600)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    told: dict[str, float] = {}
    reports = multiply(given.reports)
    seeds = load_seeds()
    count = sum(len(report.observations) for report in reports)
    print(f"{len(reports)} reports, {count} observations")
    validate([], seeds)  # imports and tables that are made once
    with timed("reports and observations gates", told):
        validate(reports, seeds)
    half = len(reports) // 2
    with duckdb.connect() as connection:
        create_tables(connection)
        create_views(connection)
        with timed("load of one half, no gate", told):
            load(connection, seeds, batch_of(datetime(2026, 1, 1, tzinfo=UTC), "r1", tuple(reports[:half])))

        def judge(findings: Any, batch: LoadBatch) -> Verdict:
            with timed(f"suite of the warehouse gate, {findings.num_rows} figures", told):
                validate_load(findings_frames(findings, seeds.checks), seeds.checks)
            return Verdict()

        batch = batch_of(datetime(2026, 1, 2, tzinfo=UTC), "r1", tuple(reports[half:]))
        with timed("load of the other half, gate included", told):
            load(connection, seeds, batch, judge)
    if given.json:
        figures = {"reports": len(reports), "observations": count, "seconds": told}
        given.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
