"""Reports as the two data frames the suites look at, with the columns that only a comparison can give."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd

from transforms.types import Observation, Report

# What may open or close a span besides the numerals: 百分之八点五, 第一, 首位, 几个百分点 are spans in full.
_OPENING = frozenset("第首百千分负-−")
_NUMERAL = frozenset("两兩〇零点點半双雙廿卅")
_LONGEST_SPAN = 40
# The digits before and after the point that the warehouse holds; see fact_observation.
_LARGEST_VALUE, _LARGEST_BASE = 10**26, 10**29

REPORT_COLUMNS: dict[str, Any] = {
    "report_id": object,
    "source_name": object,
    "characters": "int64",
    "chinese_share": "float64",
    "unreadable_share": "float64",
    "report_type": object,
    "period": object,
    "region_code": object,
    "title": object,
    "facts": "int64",
    "observation_count": "int64",
    "numbers_total": "int64",
    "numbers_explained": "int64",
    "explained_share": "float64",
}
OBSERVATION_COLUMNS: dict[str, Any] = {
    "report_id": object,
    "observation_id": object,
    "char_start": "int64",
    "char_end": "int64",
    "span": object,
    "digits_match": bool,
    "value": "float64",
    "value_fits": bool,
    "unit": object,
    "base_consistent": bool,
    "percent": "float64",
    "rank": "float64",
    "indicator": object,
    "measure": object,
    "status": object,
    "bound": object,
    "period": object,
    "period_basis": object,
    "period_start": "int64",
    "period_end": "int64",
    "scope": object,
    "region_code": object,
    "section": object,
    "quote": object,
    "quote_start": "int64",
    "quote_end": "int64",
    "quote_matches": bool,
}


def reports_frame(reports: Sequence[Report]) -> pd.DataFrame:
    """One row per report."""
    return _frame(REPORT_COLUMNS, (_report_row(report) for report in reports))


def observations_frame(reports: Sequence[Report]) -> pd.DataFrame:
    """One row per observation of all reports. Days are ordinals: pandas' dates end in 2262."""
    rows = (_observation_row(report, item) for report in reports for item in report.observations)
    return _frame(OBSERVATION_COLUMNS, rows)


def _frame(columns: dict[str, Any], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    # Column by column with an explicit type: an empty frame, or a column of nothing but None, keeps its type.
    data = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pd.DataFrame(
        {
            name: pd.Series(list(values), dtype=kind)
            for (name, kind), values in zip(columns.items(), data, strict=True)
        }
    )


def _report_row(report: Report) -> tuple[Any, ...]:
    source, meta = report.document.source, report.document.meta
    return (
        source.report_id,
        source.source_name,
        len(source.text),
        _share(source.text, _is_chinese),
        _share(source.text, _is_unreadable),
        meta.report_type,
        meta.period or None,
        meta.region_code or None,
        meta.title or None,
        len(report.observations) + len(report.document.tasks),
        len(report.observations),
        report.numbers_total,
        report.numbers_explained,
        report.numbers_explained / report.numbers_total if report.numbers_total else math.nan,
    )


def _observation_row(report: Report, item: Observation) -> tuple[Any, ...]:
    text = report.document.source.text
    value = item.value
    return (
        report.document.source.report_id,
        item.observation_id,
        item.char_start,
        item.char_end,
        # The two ends of a range may stand on one span (5至6成 does not, 五六成 does).
        f"{item.char_start}-{item.char_end}" + (f" {item.range_id} {item.bound}" if item.range_id else ""),
        _points_at_digits(text, item.char_start, item.char_end),
        math.nan if value is None else float(value),
        _fits(item),
        item.unit,
        (item.value_base is None) == (item.unit_base is None),
        float(value) if item.unit == "%" else math.nan,
        float(value) if item.measure == "rank" else math.nan,
        item.indicator,
        item.measure,
        item.status,
        item.bound,
        item.period,
        item.period_basis,
        item.period_start.toordinal(),
        item.period_end.toordinal(),
        item.scope,
        item.region_code,
        item.section,
        item.quote,
        item.quote_start,
        item.quote_end,
        text[item.quote_start : item.quote_end] == item.quote
        and item.quote_start <= item.char_start
        and item.char_end <= item.quote_end,
    )


def _points_at_digits(text: str, start: int, end: int) -> bool:
    span = text[start:end] if 0 <= start < end <= len(text) else ""
    return (
        0 < len(span) <= _LONGEST_SPAN
        and _is_numeral(span[-1])
        and (_is_numeral(span[0]) or span[0] in _OPENING)
    )


def _is_numeral(character: str) -> bool:
    return character in _NUMERAL or unicodedata.numeric(character, None) is not None


def _fits(item: Observation) -> bool:
    if item.value is None or not item.value.is_finite() or abs(item.value) >= _LARGEST_VALUE:
        return False
    return item.value_base is None or (item.value_base.is_finite() and abs(item.value_base) < _LARGEST_BASE)


def _share(text: str, test: Callable[[str], bool]) -> float:
    """Share of the characters other than white space that pass a test; 0 for an empty text."""
    written = [character for character in text if not character.isspace()]
    return sum(map(test, written)) / len(written) if written else 0.0


def _is_chinese(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or character >= "\U00020000"


def _is_unreadable(character: str) -> bool:
    return (
        character == "\ufffd" or "\ue000" <= character <= "\uf8ff" or unicodedata.category(character) == "Cc"
    )
