"""The samples as people send them on: saved and printed by real programs, they state the same.

What is the same is counted in both directions: observations lost and observations made up both lower the share.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from offices import (
    AS_PAGE,
    AS_TEXT,
    convert,
    needs_browser,
    needs_office,
    print_page,
    write_page,
    write_table_page,
)
from runs import SAMPLES

from seeds.load import load_seeds
from transforms.lexicon import Lexicon, build_lexicon
from transforms.pipeline import read_report
from transforms.types import RawDocument, Report

LEAST = 0.98


@cache
def lexicon() -> Lexicon:
    return build_lexicon(load_seeds())


@cache
def read(path: Path) -> Report:
    payload = path.read_bytes()
    return read_report(RawDocument(hashlib.sha256(payload).hexdigest(), path.name, payload), lexicon())


def stated(report: Report) -> Counter[tuple[object, ...]]:
    return Counter(
        (o.value, o.unit, o.indicator, o.measure, o.status, o.bound, o.period, o.scope, o.region_code)
        for o in report.observations
    )


def promised(report: Report) -> Counter[tuple[object, ...]]:
    """Tasks without their spaces: a print shows room, which may be a space or may not."""
    cells = ((task.category, task.content, task.progress or "") for task in report.document.tasks)
    return Counter(tuple(cell.replace(" ", "") for cell in row) for row in cells)


def check_same(made: Path, source: Path, tasks: float) -> None:
    report, original = read(made), read(source)
    text = report.document.source.text
    assert all(text[o.quote_start : o.quote_end] == o.quote for o in report.observations)
    assert all(text[o.char_start].isdigit() or o.unit for o in report.observations)
    for found, expected, least in (
        (stated(report), stated(original), LEAST),
        (promised(report), promised(original), tasks),
    ):
        differing = (found - expected) + (expected - found)
        share = sum((found & expected).values()) / max(1, sum(found.values()), sum(expected.values()))
        assert not differing or share >= least, (made.name, share, differing)
    meta, known = report.document.meta, original.document.meta
    assert (meta.title, meta.region_code, meta.period) == (known.title, known.region_code, known.period)


@needs_office
@pytest.mark.parametrize("kind", ["docx:MS Word 2007 XML", "pdf", "html"])
def test_as_an_office_saves_them(kind: str, tmp_path: Path) -> None:
    for made, source in zip(convert(SAMPLES, kind, tmp_path, AS_TEXT), SAMPLES, strict=True):
        check_same(made, source, LEAST)


@needs_browser
@pytest.mark.parametrize("source", SAMPLES, ids=lambda path: path.stem[:3])
def test_as_a_browser_prints_them(source: Path, tmp_path: Path) -> None:
    page = write_page(source.read_text(encoding="utf-8"), tmp_path / f"{source.stem}.html")
    check_same(page, source, LEAST)
    # A line that is full and ends a sentence at the foot of a page may end its paragraph or not: the print does
    # not say, so a task or two may take in the next paragraph
    check_same(print_page(page), source, 0.95)


@needs_office
def test_a_task_table_as_an_office_saves_it(tmp_path: Path) -> None:
    source = next(path for path in SAMPLES if path.name.startswith("002"))
    page = write_table_page(tmp_path / "table.html")
    check_same(page, source, 1)
    (word,) = convert([page], "docx:MS Word 2007 XML", tmp_path / "word", AS_PAGE)
    check_same(word, source, 1)
    check_same(convert([word], "pdf", tmp_path / "print")[0], source, LEAST)


@needs_browser
def test_a_task_table_as_a_browser_prints_it(tmp_path: Path) -> None:
    source = next(path for path in SAMPLES if path.name.startswith("002"))
    check_same(print_page(write_table_page(tmp_path / "table.html")), source, LEAST)
