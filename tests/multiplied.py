"""As many reports as asked for, made of the samples: the same texts of other regions and years."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

from seeds.load import load_seeds
from transforms.lexicon import build_lexicon
from transforms.pipeline import read_report
from transforms.types import RawDocument, Report

SAMPLES = sorted((Path(__file__).parent.parent / "seeds" / "reports").glob("*.txt"))
YEARS, FIRST_YEAR = 10, 2012


def multiply(count: int) -> list[Report]:
    """Year by year a report of each region, with some 180 observations; a region says the same every year."""
    seeds = load_seeds()
    lexicon = build_lexicon(seeds)
    samples = []
    for path in SAMPLES:
        payload = path.read_bytes()
        samples.append(
            read_report(RawDocument(hashlib.sha256(payload).hexdigest(), path.name, payload), lexicon)
        )
    regions = [region.code for region in seeds.regions if region.valid_to is None]
    regions = regions[: max(1, count // YEARS)]
    reports = []
    for number in range(count):
        past, place = divmod(number, len(regions))
        reports.append(_other(samples[place % len(samples)], number, regions[place], FIRST_YEAR + past))
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
