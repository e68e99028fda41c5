"""Seconds the three gates take over a million observations.

    python tests/bench_gates.py [OBSERVATIONS]

It is a yardstick, not a test: nothing fails here. The readings of the samples are multiplied: other reports, regions
and years, the same texts. The earlier half of the years is loaded before, the other half is judged beside it.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from expectations.gate import findings_frame
from expectations.validate import validate, validate_load
from seeds.load import load_seeds
from transforms.lexicon import build_lexicon
from transforms.pipeline import read_report
from transforms.types import RawDocument, Report, Seeds
from warehouse.loader import load
from warehouse.schema import create_tables, create_views
from warehouse.types import LoadBatch, Verdict

SAMPLES = sorted((Path(__file__).parent.parent / "seeds" / "reports").glob("*.txt"))
YEARS, FIRST_YEAR = 10, 2012


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="seconds the gates take")
    parser.add_argument("observations", nargs="?", type=int, default=1_000_000)
    wanted = parser.parse_args().observations
    seeds = load_seeds()
    reports = _multiply(seeds, wanted)
    count = sum(len(report.observations) for report in reports)
    print(f"{len(reports)} reports, {count} observations")
    validate([], seeds)  # imports and tables that are made once
    with _timed("reports and observations gates"):
        validate(reports, seeds)
    half = len(reports) // 2
    with duckdb.connect() as connection:
        create_tables(connection)
        create_views(connection)
        with _timed("load of one half, no gate"):
            load(connection, seeds, LoadBatch(datetime(2026, 1, 1, tzinfo=UTC), "r1", tuple(reports[:half])))

        def judge(findings: Any, batch: LoadBatch) -> Verdict:
            with _timed(f"suite of the warehouse gate, {findings.num_rows} figures"):
                validate_load(findings_frame(findings, seeds.checks), seeds.checks)
            return Verdict()

        batch = LoadBatch(datetime(2026, 1, 2, tzinfo=UTC), "r1", tuple(reports[half:]))
        with _timed("load of the other half, gate included"):
            load(connection, seeds, batch, judge)


def _multiply(seeds: Seeds, wanted: int) -> list[Report]:
    lexicon = build_lexicon(seeds)
    samples = []
    for path in SAMPLES:
        payload = path.read_bytes()
        samples.append(
            read_report(RawDocument(hashlib.sha256(payload).hexdigest(), path.name, payload), lexicon)
        )
    usual = sum(len(sample.observations) for sample in samples) // len(samples)
    regions = [region.code for region in seeds.regions if region.valid_to is None]
    regions = regions[: max(1, wanted // (usual * YEARS))]
    reports: list[Report] = []
    made = 0
    while made < wanted:
        number = len(reports)
        past, place = divmod(number, len(regions))
        # each region tells another of the samples each year
        report = _other(samples[(past + place) % len(samples)], number, regions[place], FIRST_YEAR + past)
        made += len(report.observations)
        reports.append(report)
    return reports


def _other(report: Report, number: int, region: str, year: int) -> Report:
    """The report as another of another region and year."""
    report_id = hashlib.sha256(f"{number}".encode()).hexdigest()
    document = replace(
        report.document,
        source=replace(report.document.source, report_id=report_id, source_name=f"{number}.txt"),
        meta=replace(report.document.meta, region_code=region, period=str(year)),
        tasks=(),
    )
    observations = tuple(
        item._replace(
            observation_id=f"{number}-{at}",
            region_code=region,
            period=str(year),
            period_start=date(year, 1, 1),
            period_end=date(year, 12, 31),
        )
        for at, item in enumerate(report.observations)
    )
    return replace(report, document=document, observations=observations, issues=(), signature="")


@contextmanager
def _timed(what: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    print(f"{what}: {time.perf_counter() - wall:.1f} s, {time.process_time() - cpu:.1f} s of processor time")


if __name__ == "__main__":
    main()
