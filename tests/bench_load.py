"""Seconds until observations are in a DuckDB file: our loader beside dlt, the same rows on the same machine.

    python tests/bench_load.py [--observations N] [--peer PYTHON] [--json FILE]

It is a yardstick, not a test: nothing fails here. The rows are those of reports of ``generated.py``, read before and
not counted. ``whole`` is our load of a batch of reports, from readings in memory to a file that is on disk: Arrow
tables, every table of the star and what is kept of them, and the checks of the schema; ``staged`` is the same without
making the Arrow tables. dlt gets the columns of an observation as Python rows and as an Arrow table (``bench_dlt.py``,
run by ``PYTHON``), and nothing else to do. All take what cores they want; the least of several rounds counts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from generated import generate

from seeds.load import load_seeds
from transforms.lexicon import build_lexicon
from transforms.pipeline import RULES_VERSION, read_report
from transforms.types import RawDocument, Report
from warehouse.loader import load
from warehouse.schema import create_tables, create_views
from warehouse.tables import batch_tables
from warehouse.types import LoadBatch

_ROUNDS = 3


def main() -> None:
    """Measure, print, write the figures if asked."""
    parser = argparse.ArgumentParser(description="seconds until observations are loaded")
    parser.add_argument("--observations", type=int, default=100_000)
    parser.add_argument("--peer", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    reports = read_reports(given.observations)
    batch = LoadBatch(datetime(2026, 1, 1, tzinfo=UTC), RULES_VERSION, tuple(reports))
    with tempfile.TemporaryDirectory(prefix="zhengbao-bench-") as folder:
        told = _ours(batch, Path(folder)) | _dlt(batch, Path(folder), given.peer)
    _print(told)
    if given.json:
        given.json.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def read_reports(observations: int) -> list[Report]:
    """Generated reports, as many as it takes for so many observations."""
    lexicon = build_lexicon(load_seeds())
    reports: list[Report] = []
    while observations > 0:
        made = generate(len(reports))
        payload = made.text.encode()
        raw = RawDocument(hashlib.sha256(payload).hexdigest(), made.source_name, payload)
        reports.append(read_report(raw, lexicon))
        observations -= len(reports[-1].observations)
    return reports


def _ours(batch: LoadBatch, folder: Path) -> dict[str, Any]:
    seeds = load_seeds()
    number = 0

    def whole() -> float:
        nonlocal number
        number += 1
        path = folder / f"ours-{number}.duckdb"
        with duckdb.connect(str(path)) as connection:
            create_tables(connection)
            create_views(connection)
            begun = time.perf_counter()
            load(connection, seeds, batch)
            connection.execute("CHECKPOINT")
        taken = time.perf_counter() - begun
        path.unlink()
        return taken

    def tables() -> float:
        begun = time.perf_counter()
        batch_tables(batch, batch.load_id)
        return time.perf_counter() - begun

    loaded, made = _least(whole), _least(tables)
    return {
        "reports": len(batch.reports),
        "observations": sum(len(report.observations) for report in batch.reports),
        "seconds": {"whole": loaded, "staged": loaded - made},
    }


def _least(work: Callable[[], float]) -> float:
    return min(work() for _ in range(_ROUNDS))


def _observations(batch: LoadBatch) -> pa.Table:
    """The rows as dlt gets them: the rules in one text, as a list would become a table of its own there."""
    table = batch_tables(batch, batch.load_id)["incoming_observation"]
    rules = pa.array(["|".join(rules) for rules in table["rule_ids"].to_pylist()])
    return table.set_column(table.schema.get_field_index("rule_ids"), "rule_ids", rules)


def _dlt(batch: LoadBatch, folder: Path, peer: Path | None) -> dict[str, Any]:
    if peer is None or not peer.exists():
        print("没有 dlt,不比 / dlt is not installed: measured without it")
        return {"dlt": None}
    source = folder / "observations.parquet"
    pq.write_table(_observations(batch), source)
    found: dict[str, Any] = {}
    version = None
    for kind, rounds in (("rows", 1), ("arrow", _ROUNDS)):
        taken = []
        for number in range(rounds):
            home = folder / f"dlt-{kind}-{number}"
            home.mkdir()
            command = [peer.absolute(), Path(__file__).with_name("bench_dlt.py"), source, home, kind]
            done = subprocess.run(
                command, env={**os.environ, "HOME": str(home)}, capture_output=True, text=True, check=False
            )
            if done.returncode:
                reason = (done.stderr.strip().splitlines() or [""])[-1]
                print(f"dlt 用不了,不比 / dlt cannot be used: measured without it: {reason}")
                return {"dlt": None}
            told = json.loads(done.stdout.splitlines()[-1])
            version = told["version"]
            taken.append(told["seconds"])
        found[kind] = min(taken)
    return {"dlt": version, "dlt_seconds": found}


def _print(told: dict[str, Any]) -> None:
    seconds = told["seconds"]
    print(f"\n入库 / loading {told['observations']} observations of {told['reports']} reports")
    print(f"    本程序 / ours: whole {seconds['whole']:.2f} s, staged {seconds['staged']:.2f} s")
    if told["dlt"]:
        rows, arrow = told["dlt_seconds"]["rows"], told["dlt_seconds"]["arrow"]
        print(
            f"    dlt {told['dlt']}: Python rows {rows:.2f} s, Arrow {arrow:.2f} s\n"
            f"    ours as many times as fast: whole {rows / seconds['whole']:.1f} × rows, "
            f"{arrow / seconds['whole']:.2f} × Arrow; staged {rows / seconds['staged']:.1f} × rows, "
            f"{arrow / seconds['staged']:.2f} × Arrow"
        )


if __name__ == "__main__":
    main()
