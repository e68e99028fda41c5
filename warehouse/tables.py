"""Batches as Arrow tables: what load.sql and seed.sql read as the relations ``incoming_…``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from transforms.types import Region, Seeds, Unit
from transforms.units import resolve_unit
from warehouse.rows import COUNT, FLAG, TEXT, TEXTS, VALUE, YEAR, table
from warehouse.types import HeldBack, LoadBatch, QualityRow

_FACTOR = pa.decimal128(38, 18)

_REGION = {
    "region_key": TEXT,
    "region_code": TEXT,
    "name": TEXT,
    "short_name": TEXT,
    "level": TEXT,
    "parent_code": TEXT,
    "valid_from": YEAR,
    "valid_to": YEAR,
}
_INDICATOR = {
    "indicator_code": TEXT,
    "name_zh": TEXT,
    "name_en": TEXT,
    "parent_code": TEXT,
    "dimension": TEXT,
    "aliases": TEXT,
    "polarity": TEXT,
}
_UNIT = {"unit": TEXT, "unit_base": TEXT, "dimension": TEXT, "factor": _FACTOR}
_EDITION = {"known": TEXT, "similarity": VALUE}
_NOT_PART = {"indicator_code": TEXT}
_PLAUSIBLE = {"indicator_code": TEXT, "unit_base": TEXT, "minimum": pa.float64(), "maximum": pa.float64()}
_SHARE = {"structure": TEXT, "indicator_code": TEXT, "members": COUNT}
_LOAD = {
    "load_id": TEXT,
    "started_at": pa.timestamp("us"),
    "rules_version": TEXT,
    "status": TEXT,
    "files_seen": COUNT,
    "files_known": COUNT,
    "reports_loaded": COUNT,
    "reports_held_back": COUNT,
    "observations_loaded": COUNT,
    "tasks_loaded": COUNT,
    "issues_found": COUNT,
    "numbers_total": COUNT,
    "numbers_explained": COUNT,
}
_WANTED = {"report_id": TEXT, "is_back": FLAG}
_HELD_BACK = {"report_id": TEXT, "source_name": TEXT, "reason": TEXT, "message": TEXT}
_QUALITY = {
    "suite": TEXT,
    "expectation": TEXT,
    "title": TEXT,
    "column_name": TEXT,
    "severity": TEXT,
    "success": FLAG,
    "evaluated": COUNT,
    "unexpected": COUNT,
    "sample": TEXT,
    "report_ids": TEXTS,
}


def seed_tables(seeds: Seeds, written_units: Iterable[str] = ()) -> dict[str, pa.Table]:
    """The reference tables, by the names seed.sql reads.

    ``written_units`` are the spellings observations use: those put together of catalogue units (亿元) stand among
    the units with the factor their parts give.
    """
    indicators = (
        (i.code, i.name_zh, i.name_en, i.parent_code, i.dimension, "|".join(i.aliases), i.polarity)
        for i in seeds.indicators
    )
    known = {unit.spelling: unit for unit in seeds.units}
    known.setdefault("", Unit("", "", "", Decimal(1)))  # a bare number is its own base
    composed = (resolve_unit(unit, known) for unit in sorted({*written_units} - {*known}))
    units = (
        (u.spelling, u.base, u.dimension or None, u.factor)
        for u in (*known.values(), *filter(None, composed))
    )
    return {
        "incoming_region": table(_REGION, (_region_row(r) for r in seeds.regions)),
        "incoming_indicator": table(_INDICATOR, indicators),
        "incoming_unit": table(_UNIT, units),
        **edition_table(seeds),
    }


def edition_table(seeds: Seeds) -> dict[str, pa.Table]:
    """How similar editions of one report must be, by the name succession.sql reads."""
    return {"incoming_edition": table(_EDITION, seeds.editions.items())}


def batch_tables(batch: LoadBatch, load_id: str) -> dict[str, pa.Table]:
    """What a batch says of itself, by the names load.sql reads; its rows are the business of ``staging``."""
    wanted = ((report.report_id, report.report_id in batch.returned) for report in batch.reports)
    return {
        "incoming_load": table(_LOAD, [_load_row(batch, load_id)]),
        "incoming_wanted": table(_WANTED, wanted),
        "incoming_held_back": table(_HELD_BACK, (_held_back_row(item) for item in batch.held_back)),
    }


def quality_table(rows: Iterable[QualityRow]) -> dict[str, pa.Table]:
    """Results of checks, by the name keep_quality.sql reads."""
    return {"incoming_quality": table(_QUALITY, map(_quality_row, rows))}


def check_tables(seeds: Seeds) -> dict[str, pa.Table]:
    """What gate.sql has to know of indicators, by the names it reads."""
    structures = seeds.checks.structures.items()
    return {
        "incoming_not_part": table(_NOT_PART, ((code,) for code in sorted(seeds.checks.not_parts))),
        "incoming_share": table(
            _SHARE, ((name, code, len(codes)) for name, codes in structures for code in codes)
        ),
        "incoming_plausible": table(
            _PLAUSIBLE,
            (
                (code, r.unit_base, float(r.minimum), float(r.maximum))
                for code, r in seeds.checks.plausible.items()
            ),
        ),
    }


def _region_row(region: Region) -> tuple[Any, ...]:
    key = region.code if region.valid_from is None else f"{region.code}@{region.valid_from}"
    return (
        key,
        region.code,
        region.name,
        region.short_name,
        region.level,
        region.parent_code,
        region.valid_from,
        region.valid_to,
    )


def _load_row(batch: LoadBatch, load_id: str) -> tuple[Any, ...]:
    return (
        load_id,
        _utc(batch.started_at),
        batch.rules_version,
        "partial" if batch.held_back else "complete",
        batch.files_seen,
        batch.files_known,
        len(batch.reports),
        len(batch.held_back),
        sum(report.observations for report in batch.reports),
        sum(report.tasks for report in batch.reports),
        sum(report.issues for report in batch.reports),
        sum(report.numbers_total for report in batch.reports),
        sum(report.numbers_explained for report in batch.reports),
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _held_back_row(item: HeldBack) -> tuple[Any, ...]:
    return (item.report_id, item.source_name, item.reason, item.message)


def _quality_row(row: QualityRow) -> tuple[Any, ...]:
    return (
        row.suite,
        row.expectation,
        row.title,
        row.column,
        row.severity,
        row.success,
        row.evaluated,
        row.unexpected,
        row.sample,
        list(row.report_ids),
    )
