"""Reports as the two data frames the suites look at, with the columns that only a comparison can give.

Everything is done a column at a time: a night may bring a million observations.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from transforms.types import Observation, Report, Seeds
from transforms.units import resolve_unit

Columns = dict[str, Sequence[Any]]

# What may open or close a span besides the numerals: 百分之八点五, 第一, 首位, 几个百分点 are spans in full.
_OPENING = "第首百千分负−-"
_NUMERALS = "两兩〇零点點半双雙廿卅"
_LONGEST_SPAN = 40
# The digits before and after the point that the warehouse holds; see fact_observation.
_LARGEST_VALUE, _LARGEST_BASE = 1e26, 1e29
# Rules whose value is not the number on the span: 1/3 is 0.33, and a person knows better.
_NOT_AS_WRITTEN = frozenset({"fraction", "correction"})
# Any of these counts pieces of whatever the indicator names: 家, 个, 人, 人次.
_COUNTED = frozenset({"count", "people", "people_times", "times"})
_ANY_UNIT = frozenset({None, "other", "index"})

REPORT_COLUMNS: dict[str, Any] = {
    "report_id": object,
    "source_name": object,
    "characters": "int64",
    "chinese_share": "float64",
    "unreadable_share": "float64",
    "report_type": object,
    "period": object,
    "region_code": object,
    "region_known": bool,
    "title": object,
    "facts": "int64",
    "observation_count": "int64",
    "numbers_total": "int64",
    "numbers_explained": "int64",
    "explained_share": "float64",
}
_TEXT, _NUMBER = pa.large_string(), pa.int64()
# of few words: what is asked of each word is asked once
_WORD = pa.dictionary(pa.int32(), _TEXT)
# columns of an observation that are looked at as they are
OBSERVATION_COLUMNS: dict[str, pa.DataType] = {
    "observation_id": _TEXT,
    "char_start": _NUMBER,
    "char_end": _NUMBER,
    "indicator": _TEXT,
    "unit": _WORD,
    "indicator_code": _WORD,
    "measure": _WORD,
    "status": _WORD,
    "bound": _WORD,
    "period": _WORD,
    "period_basis": _WORD,
    "region_code": _WORD,
    "quote_start": _NUMBER,
    "quote_end": _NUMBER,
}
# Texts that are only asked whether they are there, and columns that only others are made of: Great Expectations takes
# a fingerprint of all it is given, which of a million sentences takes seconds.
_ONLY_THERE = ("scope", "section", "quote")
_ONLY_COMPARED = ["indicator_code", "value_base"]


def reports_frame(reports: Sequence[Report], seeds: Seeds) -> pd.DataFrame:
    """One row per report."""
    codes = {region.code for region in seeds.regions}
    rows = [_report_row(report, codes) for report in reports]
    data = list(zip(*rows, strict=True)) or [()] * len(REPORT_COLUMNS)
    # An explicit type: an empty frame, or a column of nothing but None, keeps its type.
    return pd.DataFrame(
        {
            name: pd.Series(list(values), dtype=kind)
            for (name, kind), values in zip(REPORT_COLUMNS.items(), data, strict=True)
        }
    )


def observations_frame(reports: Sequence[Report], seeds: Seeds) -> pd.DataFrame:
    """One row per observation of all reports. Days are ordinals: pandas' dates end in 2262."""
    items = [item for report in reports for item in report.observations]
    # not zip(*items): a million iterators would keep the garbage collector busy
    columns: Columns = {name: list(map(itemgetter(at), items)) for at, name in enumerate(Observation._fields)}
    columns["report_id"] = [
        report.document.source.report_id for report in reports for _ in report.observations
    ]
    given = {
        name: _given(columns[name], kind)
        for name, kind in {"report_id": _TEXT, **OBSERVATION_COLUMNS}.items()
    }
    frame: pd.DataFrame = pa.table(given).to_pandas()
    for name in _ONLY_THERE:
        frame[name] = pd.Series([math.nan if text is None else 1 for text in columns[name]], dtype="float64")
    for name in ("period_start", "period_end"):
        frame[name] = pd.Series([day.toordinal() for day in columns[name]], dtype="int64")
    _add_values(frame, columns)
    _add_evidence(frame, reports, columns)
    _add_catalogue(frame, columns, seeds)
    return frame.drop(columns=_ONLY_COMPARED)


def _given(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    return pa.array(values, _TEXT).dictionary_encode() if kind == _WORD else pa.array(values, kind)


def _add_values(frame: pd.DataFrame, columns: Columns) -> None:
    """The numbers, and whether the warehouse can hold them."""
    value = pd.Series([math.nan if v is None else float(v) for v in columns["value"]], dtype="float64")
    base = pd.Series([math.nan if v is None else float(v) for v in columns["value_base"]], dtype="float64")
    no_base = pd.Series([v is None for v in columns["value_base"]], dtype=bool)
    no_unit = pd.Series([v is None for v in columns["unit_base"]], dtype=bool)
    frame["value"] = value
    # a comparison with what is not a number is false
    frame["value_fits"] = (value.abs() < _LARGEST_VALUE) & (no_base | (base.abs() < _LARGEST_BASE))
    frame["value_base"] = base
    frame["base_consistent"] = no_base == no_unit
    frame["unit_known"] = ~no_base
    frame["percent"] = value.where(frame["unit"] == "%")
    frame["rank"] = value.where(frame["measure"] == "rank")


def _add_evidence(frame: pd.DataFrame, reports: Sequence[Report], columns: Columns) -> None:
    """What the span and the sentence say, held against the text of the report."""
    texts = [r.document.source.text for r in reports for _ in r.observations]
    places = zip(texts, columns["char_start"], columns["char_end"], strict=True)
    spans = [text[start:end] if 0 <= start < end <= len(text) else "" for text, start, end in places]
    places = zip(texts, columns["char_start"], columns["char_end"], strict=True)
    edges = [text[start - 1 : start] + text[end : end + 1] for text, start, end in places]
    sentences = zip(texts, columns["quote_start"], columns["quote_end"], columns["quote"], strict=True)
    quoted = [text[start:end] == quote for text, start, end, quote in sentences]
    place, written = _distinct(spans)
    is_number = (
        written.str.fullmatch(_span_pattern(written))
        & (written.str.len() <= _LONGEST_SPAN)
        # 307.85亿: the scale belongs to the unit
        & ~written.str.contains("[0-9０-９][十百千万亿萬億兆]")
    )
    beside, edge = _distinct(edges)
    # 07.85 of 307.85 is a number too, but not the one that was written
    goes_on = edge.str.contains("[0-9０-９]")
    frame["digits_match"] = is_number.to_numpy(bool)[place] & ~goes_on.to_numpy(bool)[beside]
    as_is = np.array([_NOT_AS_WRITTEN.isdisjoint(rules) for rules in columns["rule_ids"]], dtype=bool)
    stated = np.where(as_is, _stated(written)[place], math.nan)
    same = np.isclose(stated, frame["value"].abs().to_numpy(), rtol=1e-12, atol=0)
    frame["value_as_written"] = np.isnan(stated) | same
    frame["quote_matches"] = (
        pd.Series(quoted, dtype=bool)
        & (frame["quote_start"] <= frame["char_start"])
        & (frame["char_end"] <= frame["quote_end"])
    ).astype(bool)
    # The two ends of a range may stand on one span (5至6成 does not, 五六成 does).
    ends = [f" {i} {b}" if i else "" for i, b in zip(columns["range_id"], columns["bound"], strict=True)]
    spots = frame["char_start"].astype("str") + "-" + frame["char_end"].astype("str")
    frame["span"] = spots + pd.Series(ends, dtype="str")


def _distinct(texts: list[str]) -> tuple[npt.NDArray[np.intp], pd.Series[str]]:
    """For each text the place of it among the distinct ones, and these: numbers and their neighbours come again."""
    places, distinct = pd.factorize(np.array(texts, dtype=object))
    return places, pd.Series(distinct, dtype="str")


def _stated(written: pd.Series[str]) -> npt.NDArray[np.float64]:
    """The size that Arabic digits state; not a number where anything else stands, which is beyond a comparison."""
    plain = written.str.replace(",", "", regex=False)
    wide = plain.str.contains("[０-９．，]")
    plain[wide] = plain[wide].str.normalize("NFKC").str.replace(",", "", regex=False)
    stated = pd.to_numeric(plain.where(plain.str.fullmatch(r"[0-9]+(?:\.[0-9]+)?")), errors="coerce")
    return stated.to_numpy(dtype="float64")


def _add_catalogue(frame: pd.DataFrame, columns: Columns, seeds: Seeds) -> None:
    """What the reference tables say of the region, the unit and the size of a level."""
    codes = {region.code for region in seeds.regions}
    known = _looked_up(frame["region_code"], dict.fromkeys(codes, True), missing=False)
    frame["region_known"] = frame["region_code"].isna() | known.astype(bool)
    is_level = frame["measure"] == "level"
    catalogue = {unit.spelling: unit for unit in seeds.units}
    written = frame["unit"].cat.categories
    units = {unit: found.dimension for unit in written if (found := resolve_unit(unit, catalogue))}
    pieces = {i.code: _kind_of(i.dimension) for i in seeds.indicators if i.dimension not in _ANY_UNIT}
    unit_kind = _looked_up(frame["unit"], {unit: _kind_of(kind) for unit, kind in units.items() if kind})
    kind = _looked_up(frame["indicator_code"], pieces)
    # True, False, or None where there is nothing to compare
    suits = (unit_kind == kind).astype(object)
    frame["unit_suits"] = suits.where(is_level & unit_kind.notna() & kind.notna(), None)
    plausible = seeds.checks.plausible
    usual = _looked_up(frame["indicator_code"], {code: r.unit_base for code, r in plausible.items()})
    comparable = is_level & (usual == pd.Series(list(columns["unit_base"]), dtype=object))
    frame["level"] = frame["value_base"].where(comparable)
    for side in ("minimum", "maximum"):
        limits = {code: float(getattr(r, side)) for code, r in plausible.items()}
        frame[f"plausible_{side}"] = _looked_up(frame["indicator_code"], limits, math.nan).astype("float64")


def _looked_up(words: pd.Series[Any], known: Mapping[str, Any], missing: Any = None) -> pd.Series[Any]:
    """What is known of each word of a category, ``missing`` of the others and where there is none."""
    found = np.array([*(known.get(word, missing) for word in words.cat.categories), missing], dtype=object)
    return pd.Series(found[words.cat.codes.to_numpy()], dtype=object)


def _kind_of(dimension: str | None) -> str | None:
    return "count" if dimension in _COUNTED else dimension


def _report_row(report: Report, codes: set[str]) -> tuple[Any, ...]:
    source, meta = report.document.source, report.document.meta
    chinese, unreadable = _shares(source.text)
    return (
        source.report_id,
        source.source_name,
        len(source.text),
        chinese,
        unreadable,
        meta.report_type,
        meta.period or None,
        meta.region_code or None,
        not meta.region_code or meta.region_code in codes,
        meta.title or None,
        len(report.observations) + len(report.document.tasks),
        len(report.observations),
        report.numbers_total,
        report.numbers_explained,
        report.numbers_explained / report.numbers_total if report.numbers_total else math.nan,
    )


def _shares(text: str) -> tuple[float, float]:
    """Of the characters other than white space, the shares of Chinese and of garbled ones; 0 for none."""
    characters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    counts = np.bincount(_classes()[characters], minlength=4)
    written = len(characters) - int(counts[1])
    return (int(counts[2]) / written, int(counts[3]) / written) if written else (0.0, 0.0)


@cache
def _classes() -> npt.NDArray[np.uint8]:
    """What each code point is: 1 white space, 2 Chinese, 3 garbled, 0 anything else."""
    classes = np.zeros(sys.maxunicode + 1, dtype=np.uint8)
    for first, last in ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, sys.maxunicode)):
        classes[first : last + 1] = 2
    for first, last in ((0x00, 0x1F), (0x7F, 0x9F), (0xE000, 0xF8FF), (0xFFFD, 0xFFFD)):
        classes[first : last + 1] = 3
    classes[[code for code in range(0x3001) if chr(code).isspace()]] = 1
    return classes


def _span_pattern(spans: Iterable[str]) -> str:
    """A regular expression for the spans a number may have: of the characters there, Unicode knows the numerals."""
    there = sorted(character for character in set("".join(spans)) if character.isnumeric())
    numeral = "".join(there) + _NUMERALS
    return f"(?s)(?:[{numeral}{re.escape(_OPENING)}].*)?[{numeral}]"
