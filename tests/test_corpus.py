"""The spec of the language, one case a row: tests/corpus/*.csv.

Every row marks one number with ⟦ ⟧ in a sentence written for this project. ``positive_*.csv`` says how a
statistician reads it; ``negative_*.csv`` says that it states nothing. A sentence stands in a district's work
report: the review speaks of 2022, the plan of 2023, five-year parts of 2021/2025 or 2026/2030.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from seeds.load import load_seeds
from transforms.extract import extract
from transforms.lexicon import Lexicon, build_lexicon
from transforms.normalise import normalise
from transforms.types import Document, DocumentText, Observation, ReportMeta, Section

CORPUS = Path(__file__).parent / "corpus"
PERIODS = {"review": "2022", "plan": "2023", "review_five": "2021/2025", "plan_five": "2026/2030"}
FIELDS = ("value", "unit", "indicator", "measure", "status", "bound", "period", "scope")


def _rows(pattern: str) -> list[Any]:
    cases = []
    for path in sorted(CORPUS.glob(pattern)):
        with path.open(encoding="utf-8", newline="") as handle:
            for line, row in enumerate(csv.DictReader(handle), 2):
                # what the rules cannot read yet stays in the spec; once they can, the mark must go
                marks = [pytest.mark.xfail(strict=True)] if row["note"].startswith("尚未读对") else []
                cases.append(pytest.param(row, id=f"{path.stem}:{line}", marks=marks))
    return cases


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return build_lexicon(load_seeds())


def document_of(row: dict[str, str]) -> tuple[Document, int, int]:
    """A report of nothing but a row's sentence, and the span of the marked number in it."""
    before, rest = row["text"].split("⟦")
    marked, after = rest.split("⟧")
    text = before + marked + after
    kind = row.get("section") or "review"
    normal = normalise(text)
    section = Section(
        "一、标题", "plan" if kind.startswith("plan") else "review", 0, len(normal.text), PERIODS[kind]
    )
    year = 2025 if kind.endswith("five") else 2022
    meta = ReportMeta(
        title=None,
        report_type="work_report",
        region_code="330109",
        region_name="萧山区",
        period=str(year),
        plan_period=str(year + 1),
        published_on=None,
        delivered_on=date(year + 1, 2, 1),
        issuer=None,
        index_number=None,
        source_url=None,
    )
    document = Document(DocumentText("0" * 64, "row.txt", text, "utf-8"), normal, meta, (section,), ())
    return document, len(before), len(before) + len(marked)


def _read(row: dict[str, str], lexicon: Lexicon) -> tuple[list[Observation], int, int]:
    """All readings of a row's sentence, and the span of the marked number in it."""
    document, start, end = document_of(row)
    return list(extract(document, lexicon).observations), start, end


def _at(observations: list[Observation], start: int, end: int) -> list[Observation]:
    return [o for o in observations if o.char_start < end and o.char_end > start]


@pytest.mark.parametrize("row", _rows("positive_*.csv"))
def test_reads(row: dict[str, str], lexicon: Lexicon) -> None:
    observations, start, end = _read(row, lexicon)
    found = _at(observations, start, end)
    assert found, f"nothing found; elsewhere: {[(str(o.value), o.indicator) for o in observations]}"
    assert len(found) == 1, f"{len(found)} readings of one number"
    reading = found[0]
    got = {field: str(getattr(reading, field)) for field in FIELDS}
    got["value"] = f"{reading.value.normalize():f}"
    wanted = {field: row[field] for field in FIELDS if field != "indicator"}
    assert {field: got[field] for field in wanted} == wanted, f"{got} by {reading.rule_ids}"
    accepted = row["indicator"].split("|")
    assert got["indicator"] in accepted, f"{got['indicator']!r} is none of {accepted} by {reading.rule_ids}"


@pytest.mark.parametrize("row", _rows("negative_*.csv"))
def test_reads_nothing(row: dict[str, str], lexicon: Lexicon) -> None:
    observations, start, end = _read(row, lexicon)
    found = _at(observations, start, end)
    assert not found, (
        f"read {[(str(o.value), o.unit, o.indicator, o.rule_ids) for o in found]}: {row['note']}"
    )
