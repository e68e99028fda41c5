"""Helpers of the document tests: a text or a sample, read up to the understood document."""

from __future__ import annotations

import itertools
from functools import lru_cache
from pathlib import Path

from seeds.load import load_seeds
from transforms.document import understand
from transforms.normalise import normalise
from transforms.regions import RegionIndex
from transforms.types import Document, DocumentText, Section

REPORTS = Path(__file__).parents[1] / "seeds" / "reports"


@lru_cache(maxsize=1)
def index() -> RegionIndex:
    return RegionIndex(load_seeds().regions)


def read(text: str, source_name: str = "report.txt") -> Document:
    return understand(DocumentText("0" * 64, source_name, text, "utf-8"), normalise(text), index())


@lru_cache
def sample(stem: str) -> Document:
    return read(next(REPORTS.glob(f"{stem}*.txt")).read_bytes().decode("utf-8"))


def section_of(document: Document, words: str) -> Section:
    at = document.normal.text.index(words)
    return next(section for section in document.sections if section.start <= at < section.end)


def check_cover(document: Document) -> None:
    assert document.sections[0].start == 0
    assert document.sections[-1].end == len(document.normal.text)
    assert all(first.end == second.start for first, second in itertools.pairwise(document.sections))
    assert all(section.start < section.end for section in document.sections)
    dated = document.meta.period is not None
    told = [section for section in document.sections if section.role not in ("front", "furniture")]
    assert all(bool(section.period) == dated for section in told)
