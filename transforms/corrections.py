"""What a person read better than the rules did: ``seeds/corrections.csv`` applied to a report.

A correction names its number by report and source span, so it holds as long as the bytes are the same. One that
finds no reading there, or another than the one it was written against, is an error and never passed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from transforms.errors import CorrectionFailed
from transforms.lexicon import Lexicon
from transforms.periods import bounds
from transforms.types import Correction, Observation, Report

RULE_ID: Final = "correction"
_FILE: Final = "corrections.csv"

Span = tuple[int, int]


def apply_corrections(report: Report, corrections: Iterable[Correction], lexicon: Lexicon) -> Report:
    """The report with those of the corrections that are about it; the others are left alone.

    Fields that follow from a corrected one follow it: base value and base unit, the days of a period (which
    then is a written one), the code of an indicator unless that is corrected too. Raises CorrectionFailed.
    """
    by_span: dict[Span, list[Correction]] = defaultdict(list)
    for correction in corrections:
        if correction.report_id == report.document.source.report_id:
            by_span[correction.char_start, correction.char_end].append(correction)
    if not by_span:
        return report
    observations: list[Observation] = []
    for observation in report.observations:
        rows = by_span.pop((observation.char_start, observation.char_end), [])
        for row in rows:
            _check_guard(report, observation, row)
        if not any(row.action == "drop" for row in rows):
            observations.append(_corrected(report, observation, rows, lexicon) if rows else observation)
    for row, *_ in by_span.values():
        raise _failure(report, row, _what_stands_there(report, row))
    return replace(report, observations=tuple(observations))


def _check_guard(report: Report, observation: Observation, row: Correction) -> None:
    if not row.expected:
        return
    field = "value" if row.field == "*" else row.field
    found = getattr(observation, field)
    same = found == Decimal(row.expected) if field == "value" else found == row.expected
    if not same:
        shown = _shown(found)
        raise _failure(
            report,
            row,
            f"{field} 现读作 {shown},而非 {row.expected} / {field} is read as {shown}, not {row.expected}",
        )


def _corrected(
    report: Report, observation: Observation, rows: Sequence[Correction], lexicon: Lexicon
) -> Observation:
    given: dict[str, str] = {row.field: row.corrected for row in rows}
    changes: dict[str, Any] = dict(given)
    if "value" in given or "unit" in given:
        value = Decimal(given["value"]) if "value" in given else observation.value
        unit = given.get("unit", observation.unit)
        scaled = lexicon.scaled(value, unit) if unit else (value, "")
        if scaled is None and "unit" in given:
            row = next(row for row in rows if row.field == "unit")
            raise _failure(report, row, f"单位 {unit} 不在 units.csv 中 / unit {unit} is not in units.csv")
        base, unit_base = scaled or (None, None)
        changes |= {"value": value, "value_base": base, "unit_base": unit_base}
    if "period" in given:
        first_day, last_day = bounds(given["period"])
        changes |= {"period_start": first_day, "period_end": last_day, "period_basis": "written"}
    if "indicator_code" in given:
        changes["indicator_code"] = given["indicator_code"] or None
    elif "indicator" in given:
        changes["indicator_code"] = lexicon.code_of(given["indicator"])
    return observation._replace(**changes, rule_ids=(*observation.rule_ids, RULE_ID))


def _what_stands_there(report: Report, row: Correction) -> str:
    """What the reader of the message needs to find the right span: the text, and the readings that overlap."""
    text = report.document.source.text[row.char_start : row.char_end]
    near = [
        f"{o.char_start}-{o.char_end} {_shown(o.value)}{o.unit}"
        for o in report.observations
        if o.char_start < row.char_end and row.char_start < o.char_end
    ]
    if near:
        readings = "、".join(near)
        return f"此处的读数是 {readings} / the reading there is {readings}"
    return f"此处没有读数,原文是 {text[:30]!r} / nothing is read there, the text is {text[:30]!r}"


def _failure(report: Report, row: Correction, reason: str) -> CorrectionFailed:
    source = report.document.source
    where = (
        f"{_FILE}:{row.line}: {source.source_name} ({row.report_id[:12]}…) {row.char_start}-{row.char_end}"
    )
    return CorrectionFailed(where, row.report_id, (row.char_start, row.char_end), reason)


def _shown(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "NULL" if value is None else repr(value) if value == "" else str(value)
