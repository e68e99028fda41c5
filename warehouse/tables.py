"""Batches as Arrow tables: what load.sql and seed.sql read as the relations ``incoming_…``."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from transforms.errors import LoadFailed
from transforms.types import Region, Report, Seeds, Unit
from transforms.units import resolve_unit
from warehouse.types import HeldBack, LoadBatch, QualityRow

_TEXT, _COUNT, _YEAR, _DAY, _FLAG = pa.string(), pa.int64(), pa.int32(), pa.date32(), pa.bool_()
_TEXTS = pa.list_(pa.string())
# The precision of the columns in schema_dimensions.sql and schema_facts.sql.
_VALUE, _BASE, _FACTOR = pa.decimal128(38, 12), pa.decimal128(38, 9), pa.decimal128(38, 18)
_EXACT = Context(prec=120, rounding=ROUND_HALF_EVEN)

_REGION = {
    "region_key": _TEXT,
    "region_code": _TEXT,
    "name": _TEXT,
    "short_name": _TEXT,
    "level": _TEXT,
    "parent_code": _TEXT,
    "valid_from": _YEAR,
    "valid_to": _YEAR,
}
_INDICATOR = {
    "indicator_code": _TEXT,
    "name_zh": _TEXT,
    "name_en": _TEXT,
    "parent_code": _TEXT,
    "dimension": _TEXT,
    "aliases": _TEXT,
    "polarity": _TEXT,
}
_UNIT = {"unit": _TEXT, "unit_base": _TEXT, "dimension": _TEXT, "factor": _FACTOR}
_EDITION = {"known": _TEXT, "similarity": _VALUE}
_NOT_PART = {"indicator_code": _TEXT}
_PLAUSIBLE = {"indicator_code": _TEXT, "unit_base": _TEXT, "minimum": pa.float64(), "maximum": pa.float64()}
_SHARE = {"structure": _TEXT, "indicator_code": _TEXT, "members": _COUNT}
_LOAD = {
    "load_id": _TEXT,
    "started_at": pa.timestamp("us"),
    "rules_version": _TEXT,
    "status": _TEXT,
    "files_seen": _COUNT,
    "files_known": _COUNT,
    "reports_loaded": _COUNT,
    "reports_held_back": _COUNT,
    "observations_loaded": _COUNT,
    "tasks_loaded": _COUNT,
    "issues_found": _COUNT,
    "numbers_total": _COUNT,
    "numbers_explained": _COUNT,
}
_PLAIN = "text/plain"
_REPORT = {
    "report_id": _TEXT,
    "source_name": _TEXT,
    "title": _TEXT,
    "report_type": _TEXT,
    "region_code": _TEXT,
    "region_name": _TEXT,
    "period": _TEXT,
    "plan_period": _TEXT,
    "published_on": _DAY,
    "delivered_on": _DAY,
    "issuer": _TEXT,
    "index_number": _TEXT,
    "source_url": _TEXT,
    "media_type": _TEXT,
    "encoding": _TEXT,
    "characters": _COUNT,
    "observation_count": _COUNT,
    "numbers_total": _COUNT,
    "numbers_explained": _COUNT,
    "signature": _TEXT,
    "text": _TEXT,
    "is_back": _FLAG,
}
_OBSERVATION = {
    "report_id": _TEXT,
    "observation_id": _TEXT,
    "char_start": _COUNT,
    "char_end": _COUNT,
    "value": _VALUE,
    "unit": _TEXT,
    "value_base": _BASE,
    "unit_base": _TEXT,
    "indicator": _TEXT,
    "indicator_code": _TEXT,
    "measure": _TEXT,
    "status": _TEXT,
    "bound": _TEXT,
    "range_id": _TEXT,
    "period": _TEXT,
    "period_start": _DAY,
    "period_end": _DAY,
    "period_basis": _TEXT,
    "scope": _TEXT,
    "region_code": _TEXT,
    "quote": _TEXT,
    "quote_start": _COUNT,
    "quote_end": _COUNT,
    "section": _TEXT,
    "rule_ids": _TEXTS,
}
_TASK = {
    "task_id": _TEXT,
    "report_id": _TEXT,
    "ordinal": _YEAR,
    "category": _TEXT,
    "content": _TEXT,
    "progress": _TEXT,
    "char_start": _COUNT,
    "char_end": _COUNT,
}
_ISSUE = {
    "issue_id": _TEXT,
    "report_id": _TEXT,
    "kind": _TEXT,
    "reason": _TEXT,
    "char_start": _COUNT,
    "char_end": _COUNT,
    "text": _TEXT,
}
_HELD_BACK = {"report_id": _TEXT, "source_name": _TEXT, "reason": _TEXT, "message": _TEXT}
_QUALITY = {
    "suite": _TEXT,
    "expectation": _TEXT,
    "title": _TEXT,
    "column_name": _TEXT,
    "severity": _TEXT,
    "success": _FLAG,
    "evaluated": _COUNT,
    "unexpected": _COUNT,
    "sample": _TEXT,
    "report_ids": _TEXTS,
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
        "incoming_region": _table(_REGION, (_region_row(r) for r in seeds.regions)),
        "incoming_indicator": _table(_INDICATOR, indicators),
        "incoming_unit": _table(_UNIT, units),
        **edition_table(seeds),
    }


def edition_table(seeds: Seeds) -> dict[str, pa.Table]:
    """How similar editions of one report must be, by the name succession.sql reads."""
    return {"incoming_edition": _table(_EDITION, seeds.editions.items())}


def batch_tables(batch: LoadBatch, load_id: str) -> dict[str, pa.Table]:
    """A batch, by the names load.sql reads. LoadFailed names the report whose numbers no column can hold."""
    reports = batch.reports
    return {
        "incoming_load": _table(_LOAD, [_load_row(batch, load_id)]),
        "incoming_report": _table(_REPORT, (_report_row(r, batch.returned) for r in reports)),
        "incoming_observation": _table(_OBSERVATION, (row for r in reports for row in _observation_rows(r))),
        "incoming_task": _table(_TASK, (row for r in reports for row in _task_rows(r))),
        "incoming_issue": _table(_ISSUE, (row for r in reports for row in _issue_rows(r))),
        "incoming_held_back": _table(_HELD_BACK, (_held_back_row(item) for item in batch.held_back)),
    }


def quality_table(rows: Iterable[QualityRow]) -> dict[str, pa.Table]:
    """Results of checks, by the name keep_quality.sql reads."""
    return {"incoming_quality": _table(_QUALITY, map(_quality_row, rows))}


def check_tables(seeds: Seeds) -> dict[str, pa.Table]:
    """What gate.sql has to know of indicators, by the names it reads."""
    structures = seeds.checks.structures.items()
    return {
        "incoming_not_part": _table(_NOT_PART, ((code,) for code in sorted(seeds.checks.not_parts))),
        "incoming_share": _table(
            _SHARE, ((name, code, len(codes)) for name, codes in structures for code in codes)
        ),
        "incoming_plausible": _table(
            _PLAUSIBLE,
            (
                (code, r.unit_base, float(r.minimum), float(r.maximum))
                for code, r in seeds.checks.plausible.items()
            ),
        ),
    }


def _table(columns: Mapping[str, pa.DataType], rows: Iterable[Sequence[Any]]) -> pa.Table:
    kept = list(rows)
    try:
        arrays = [
            pa.array([row[index] for row in kept], type=kind) for index, kind in enumerate(columns.values())
        ]
    except (ValueError, TypeError) as error:  # a lone surrogate, a text where a number belongs
        raise LoadFailed(f"数据无法入库 / a value fits no column: {error}") from error
    return pa.Table.from_arrays(arrays, schema=pa.schema(list(columns.items())))


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
        sum(len(report.observations) for report in batch.reports),
        sum(len(report.document.tasks) for report in batch.reports),
        sum(len(report.issues) for report in batch.reports),
        sum(report.numbers_total for report in batch.reports),
        sum(report.numbers_explained for report in batch.reports),
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _report_row(report: Report, returned: Collection[str]) -> tuple[Any, ...]:
    source, meta = report.document.source, report.document.meta
    return (
        source.report_id,
        source.source_name,
        meta.title,
        meta.report_type,
        meta.region_code,
        meta.region_name,
        meta.period,
        meta.plan_period,
        meta.published_on,
        meta.delivered_on,
        meta.issuer,
        meta.index_number,
        meta.source_url,
        source.media_type,
        source.encoding,
        len(source.text),
        len(report.observations),
        report.numbers_total,
        report.numbers_explained,
        report.signature or None,
        None if source.media_type == _PLAIN else source.text,
        source.report_id in returned,
    )


def _observation_rows(report: Report) -> Iterable[tuple[Any, ...]]:
    source = report.document.source
    for item in report.observations:
        yield (
            source.report_id,
            item.observation_id,
            item.char_start,
            item.char_end,
            _fit(item.value, _VALUE.scale, source.source_name),
            item.unit,
            None if item.value_base is None else _fit(item.value_base, _BASE.scale, source.source_name),
            item.unit_base,
            item.indicator,
            item.indicator_code,
            item.measure,
            item.status,
            item.bound,
            item.range_id,
            item.period,
            item.period_start,
            item.period_end,
            item.period_basis,
            item.scope,
            item.region_code,
            item.quote,
            item.quote_start,
            item.quote_end,
            item.section,
            list(item.rule_ids),
        )


def _fit(number: Decimal, scale: int, source_name: str) -> Decimal:
    """The number rounded half to even at the column's last place. LoadFailed if it has too many digits."""
    try:
        fitted = number.quantize(Decimal(1).scaleb(-scale), context=_EXACT)
    except InvalidOperation as error:
        raise LoadFailed(f"{source_name}: 数值无法存储 / no column can hold {number}") from error
    if not fitted.is_finite() or len(fitted.as_tuple().digits) > 38:
        raise LoadFailed(f"{source_name}: 数值无法存储 / no column can hold {number}")
    return fitted


def _task_rows(report: Report) -> Iterable[tuple[Any, ...]]:
    document = report.document
    report_id = document.source.report_id
    for task in document.tasks:
        start, end = document.normal.source_span(task.start, task.end)
        yield (
            _row_id("T", report_id, start, end, task.ordinal),
            report_id,
            task.ordinal,
            task.category,
            task.content,
            task.progress,
            start,
            end,
        )


def _issue_rows(report: Report) -> Iterable[tuple[Any, ...]]:
    report_id = report.document.source.report_id
    for ordinal, item in enumerate(report.issues):
        yield (
            _row_id("I", report_id, item.kind, item.char_start, item.char_end, ordinal),
            report_id,
            item.kind,
            item.reason,
            item.char_start,
            item.char_end,
            item.text,
        )


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


def _row_id(kind: str, *parts: object) -> str:
    return kind + hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:20]
