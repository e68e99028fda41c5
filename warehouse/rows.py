"""Reports as Arrow tables: the rows load.sql reads as the relations ``incoming_…``, a column at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from operator import itemgetter
from typing import Any

import pyarrow as pa

from transforms.errors import LoadFailed
from transforms.types import Observation, Report

TEXT, COUNT, YEAR, DAY, FLAG = pa.string(), pa.int64(), pa.int32(), pa.date32(), pa.bool_()
TEXTS = pa.list_(pa.string())
# The precision of the columns in schema_facts.sql.
VALUE, _BASE = pa.decimal128(38, 12), pa.decimal128(38, 9)
_EXACT = Context(prec=120, rounding=ROUND_HALF_EVEN)

_PLAIN = "text/plain"
_REPORT = {
    "report_id": TEXT,
    "source_name": TEXT,
    "title": TEXT,
    "report_type": TEXT,
    "region_code": TEXT,
    "region_name": TEXT,
    "period": TEXT,
    "plan_period": TEXT,
    "published_on": DAY,
    "delivered_on": DAY,
    "issuer": TEXT,
    "index_number": TEXT,
    "source_url": TEXT,
    "media_type": TEXT,
    "encoding": TEXT,
    "characters": COUNT,
    "observation_count": COUNT,
    "numbers_total": COUNT,
    "numbers_explained": COUNT,
    "signature": TEXT,
    "text": TEXT,
}
# the columns of fact_observation by field of ``transforms.types.Observation``, and the region as it is coded
_OBSERVATION = {
    "observation_id": TEXT,
    "char_start": COUNT,
    "char_end": COUNT,
    "value": VALUE,
    "unit": TEXT,
    "value_base": _BASE,
    "unit_base": TEXT,
    "indicator": TEXT,
    "indicator_code": TEXT,
    "measure": TEXT,
    "status": TEXT,
    "bound": TEXT,
    "range_id": TEXT,
    "period": TEXT,
    "period_start": DAY,
    "period_end": DAY,
    "period_basis": TEXT,
    "scope": TEXT,
    "region_code": TEXT,
    "quote": TEXT,
    "quote_start": COUNT,
    "quote_end": COUNT,
    "section": TEXT,
    "rule_ids": TEXTS,
}
_TASK = {
    "task_id": TEXT,
    "report_id": TEXT,
    "ordinal": YEAR,
    "category": TEXT,
    "content": TEXT,
    "progress": TEXT,
    "char_start": COUNT,
    "char_end": COUNT,
}
_ISSUE = {
    "issue_id": TEXT,
    "report_id": TEXT,
    "kind": TEXT,
    "reason": TEXT,
    "char_start": COUNT,
    "char_end": COUNT,
    "text": TEXT,
}


def report_tables(reports: Sequence[Report]) -> dict[str, pa.Table]:
    """The rows of reports: report, observation, task, issue. LoadFailed names the report whose numbers no column
    can hold."""
    return {
        "report": table(_REPORT, map(_report_row, reports)),
        "observation": _observation_table(reports),
        "task": table(_TASK, (row for r in reports for row in _task_rows(r))),
        "issue": table(_ISSUE, (row for r in reports for row in _issue_rows(r))),
    }


def table(columns: Mapping[str, pa.DataType], rows: Iterable[Sequence[Any]]) -> pa.Table:
    """Rows as a table. LoadFailed if a value does not fit its column."""
    kept = list(rows)
    given = {name: [row[index] for row in kept] for index, name in enumerate(columns)}
    return _from_columns(columns, given)


def _from_columns(columns: Mapping[str, pa.DataType], given: Mapping[str, Sequence[Any]]) -> pa.Table:
    try:
        arrays = [pa.array(given[name], type=kind) for name, kind in columns.items()]
    except (ValueError, TypeError) as error:  # a lone surrogate, a text where a number belongs
        raise LoadFailed(f"数据无法入库 / a value fits no column: {error}") from error
    return pa.Table.from_arrays(arrays, schema=pa.schema(list(columns.items())))


def _report_row(report: Report) -> tuple[Any, ...]:
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
    )


def _observation_table(reports: Sequence[Report]) -> pa.Table:
    items = [item for report in reports for item in report.observations]
    given: dict[str, Sequence[Any]] = {
        name: list(map(itemgetter(at), items)) for at, name in enumerate(Observation._fields)
    }
    given["report_id"] = [r.document.source.report_id for r in reports for _ in r.observations]
    names = [r.document.source.source_name for r in reports for _ in r.observations]
    for column, kind in (("value", VALUE), ("value_base", _BASE)):
        given[column] = _fit_all(given[column], kind, names)
    return _from_columns({"report_id": TEXT, **_OBSERVATION}, given)


def _fit_all(numbers: Sequence[Decimal | None], kind: pa.Decimal128Type, names: Sequence[str]) -> Any:
    """The numbers at the column's scale; rounding them one by one is only for those that have more places."""
    try:
        return pa.array(numbers, type=kind)
    except (pa.ArrowInvalid, InvalidOperation):
        told = zip(numbers, names, strict=True)
        return [
            number if number is None or _is_held(number, kind) else _fit(number, kind.scale, name)
            for number, name in told
        ]


def _is_held(number: Decimal, kind: pa.Decimal128Type) -> bool:
    """Whether a column holds a number as it is."""
    places = number.as_tuple().exponent
    return (
        isinstance(places, int) and places >= -kind.scale and number.adjusted() < kind.precision - kind.scale
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


def _row_id(kind: str, *parts: object) -> str:
    return kind + hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:20]
