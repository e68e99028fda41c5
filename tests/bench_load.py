"""Seconds until observations are in a DuckDB file: our loader beside dlt, the same rows on the same machine.

    python tests/bench_load.py [--observations N] [--peer PYTHON] [--json FILE]

It is a yardstick, not a test: nothing fails here. The rows are those of reports of ``generated.py``, read before and
not counted. ``whole`` is our load of a batch of reports, from readings in memory to a file that is on disk: Arrow
tables, every table of the star and what is kept of them, and the checks of the schema; ``staged`` is the same from the
Parquet files that reading processes leave; ``rows`` is what of it puts the rows into their tables and asks their keys,
without editions and kept answers, which are derived from them. dlt gets the columns of an observation as Python rows
and as an Arrow table (``bench_dlt.py``, run by ``PYTHON``), and nothing else to do. All take what cores they want; each
has a round in turn, and the least counts; Python rows, which take a minute, have one.
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
from timing import best_in_turn

from seeds.load import load_seeds
from transforms.lexicon import build_lexicon
from transforms.pipeline import RULES_VERSION, entry_of, read_report
from transforms.types import RawDocument, Report, Seeds
from warehouse import loader
from warehouse.loader import connect_to_load, load
from warehouse.promises import broken_promises
from warehouse.rows import report_tables
from warehouse.schema import create_tables, create_views
from warehouse.sql import read_script
from warehouse.staging import StagedRows, stage_in_folder, stage_in_memory
from warehouse.types import LoadBatch


def main() -> None:
    """Measure, print, write the figures if asked."""
    parser = argparse.ArgumentParser(description="seconds until observations are loaded")
    parser.add_argument("--observations", type=int, default=100_000)
    parser.add_argument("--peer", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    reports = read_reports(given.observations)
    with tempfile.TemporaryDirectory(prefix="zhengbao-bench-") as folder:
        told = _measure(reports, Path(folder), given.peer)
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


def _measure(reports: list[Report], folder: Path, peer: Path | None) -> dict[str, Any]:
    rounds, dlt = _ours(reports, folder), _Dlt.found(reports, folder, peer)
    told: dict[str, Any] = {
        "reports": len(reports),
        "observations": sum(len(report.observations) for report in reports),
        "dlt": dlt.version if dlt else None,
    }
    if dlt is None:
        return told | {"seconds": best_in_turn(rounds, 0)}
    least = best_in_turn(rounds | {"dlt": lambda: dlt.seconds("arrow")}, 0)
    return told | {"dlt_seconds": {"rows": dlt.seconds("rows"), "arrow": least.pop("dlt")}, "seconds": least}


def _ours(reports: list[Report], folder: Path) -> dict[str, Callable[[], float]]:
    seeds = load_seeds()
    staged = folder / "staged"
    staged.mkdir()
    stage_in_folder(reports, staged)

    def batch(rows: StagedRows) -> LoadBatch:
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        return LoadBatch(moment, RULES_VERSION, tuple(map(entry_of, reports)), rows=rows)

    def seconds(rows: Callable[[], StagedRows], loads: Load = _load_all) -> float:
        path = folder / "ours.duckdb"
        with connect_to_load(path) as connection:
            create_tables(connection)
            create_views(connection)
            begun = time.perf_counter()
            loads(connection, seeds, batch(rows()))
            connection.execute("CHECKPOINT")
        taken = time.perf_counter() - begun
        path.unlink()
        return taken

    def from_files() -> StagedRows:
        return StagedRows(folders=(staged,))

    return {
        "whole": lambda: seconds(lambda: stage_in_memory(reports)),
        "staged": lambda: seconds(from_files),
        "rows": lambda: seconds(from_files, _load_rows),
    }


Load = Callable[[duckdb.DuckDBPyConnection, Seeds, LoadBatch], object]


def _load_all(connection: duckdb.DuckDBPyConnection, seeds: Seeds, batch: LoadBatch) -> None:
    load(connection, seeds, batch)


def _load_rows(connection: duckdb.DuckDBPyConnection, seeds: Seeds, batch: LoadBatch) -> None:
    """The rows of every table and the promises about them, without what is derived from rows."""
    with loader._incoming(connection, seeds, batch):
        connection.begin()
        for script in ("seed", "load", "check"):
            connection.execute(read_script(script))
        assert broken_promises(connection) == []
        connection.commit()


def _observations(reports: list[Report]) -> pa.Table:
    """The rows as dlt gets them: the rules in one text, as a list would become a table of its own there."""
    table = report_tables(reports)["observation"]
    rules = pa.array(["|".join(rules) for rules in table["rule_ids"].to_pylist()])
    return table.set_column(table.schema.get_field_index("rule_ids"), "rule_ids", rules)


class _Dlt:
    """dlt in the environment it is installed in, which loads the rows anew whenever asked."""

    def __init__(self, peer: Path, source: Path) -> None:
        self._command = [peer.absolute(), Path(__file__).with_name("bench_dlt.py"), source]
        self._folder = source.parent
        self.version = ""

    @classmethod
    def found(cls, reports: list[Report], folder: Path, peer: Path | None) -> _Dlt | None:
        """None, and said why, where it is not there or cannot load them."""
        if peer is None or not peer.exists():
            print("没有 dlt,不比 / dlt is not installed: measured without it")
            return None
        source = folder / "observations.parquet"
        pq.write_table(_observations(reports), source)
        dlt = cls(peer, source)
        try:
            dlt.seconds("arrow")
        except RuntimeError as error:
            print(f"dlt 用不了,不比 / dlt cannot be used: measured without it: {error}")
            return None
        return dlt

    def seconds(self, kind: str) -> float:
        """Of one load as Python ``rows`` or ``arrow``; RuntimeError where it failed."""
        with tempfile.TemporaryDirectory(prefix="dlt-", dir=self._folder) as home:
            done = subprocess.run(
                [*self._command, home, kind],
                env={**os.environ, "HOME": home},
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise RuntimeError((done.stderr.strip().splitlines() or [""])[-1])
        told = json.loads(done.stdout.splitlines()[-1])
        self.version = told["version"]
        return float(told["seconds"])


def _print(told: dict[str, Any]) -> None:
    seconds = told["seconds"]
    print(f"\n入库 / loading {told['observations']} observations of {told['reports']} reports")
    print(
        f"    本程序 / ours: whole {seconds['whole']:.2f} s, staged {seconds['staged']:.2f} s, "
        f"rows {seconds['rows']:.2f} s"
    )
    if told["dlt"]:
        rows, arrow = told["dlt_seconds"]["rows"], told["dlt_seconds"]["arrow"]
        print(
            f"    dlt {told['dlt']}: Python rows {rows:.2f} s, Arrow {arrow:.2f} s\n"
            f"    ours as many times as fast: whole {rows / seconds['whole']:.1f} × rows, "
            f"{arrow / seconds['whole']:.2f} × Arrow; staged {rows / seconds['staged']:.1f} × rows, "
            f"{arrow / seconds['staged']:.2f} × Arrow; rows {rows / seconds['rows']:.1f} × rows, "
            f"{arrow / seconds['rows']:.2f} × Arrow"
        )


if __name__ == "__main__":
    main()
