"""What travels between the stops of the pipeline: frozen dataclasses, no behaviour beyond offset arithmetic.

Offsets come in two kinds, never mixed: *normal* offsets count characters of ``NormalText.text``; *source*
offsets count Unicode code points of ``DocumentText.text`` (for .txt: the decoded file, newlines untouched).
Everything that leaves the transforms (observations, issues, tasks) carries source offsets.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

Measure = Literal["level", "growth", "difference", "rank"]
Status = Literal["actual", "estimate", "target"]
Bound = Literal["exact", "at_least", "at_most", "approx"]
PeriodBasis = Literal["written", "implied"]
ReportType = Literal["work_report", "work_report_summary", "performance_report", "task_progress", "other"]
CorrectedField = Literal[
    "value", "unit", "indicator", "indicator_code", "measure", "status", "bound", "period", "scope", "*"
]
CorrectionAction = Literal["override", "drop"]
Severity = Literal["hold", "fail", "warn"]
SectionRole = Literal["review", "plan", "task_target", "task_progress", "front", "furniture"]


@dataclass(frozen=True, slots=True)
class RawDocument:
    """Bytes as they came in. ``report_id`` is their SHA-256 in hex; ``source_name`` the name as ingested."""

    report_id: str
    source_name: str
    payload: bytes
    media_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class DocumentText:
    """Decoded text, newlines untouched; every source offset counts its code points."""

    report_id: str
    source_name: str
    text: str
    encoding: str
    media_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class NormalText:
    """Text that rules can read: simplified, half-width digits and ``. , % ( ) : ;`` folded, litter removed.

    ``offsets[i]`` is the source offset of normal character ``i``; ``len(offsets) == len(text) + 1``, the last
    entry being the length of the source. Offsets never decrease.
    """

    text: str
    offsets: array[int]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Source span of the normal span ``[start, end)``; requires ``start < end``."""
        return self.offsets[start], self.offsets[end - 1] + 1


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of normal text ``[start, end)`` under one heading; sections are in order and do not overlap.

    ``period`` is what a number in it speaks of when it says nothing itself (the reviewed or the planned one).
    """

    heading: str
    role: SectionRole
    start: int
    end: int
    period: str


@dataclass(frozen=True, slots=True)
class ReportMeta:
    """What the document says of itself; None where it does not say and nothing can be concluded."""

    title: str | None
    report_type: ReportType
    region_code: str | None
    region_name: str | None
    period: str | None
    plan_period: str | None
    published_on: date | None
    delivered_on: date | None
    issuer: str | None
    index_number: str | None
    source_url: str | None

    def __reduce__(self) -> tuple[object, ...]:
        """From one process to another; compiled, a frozen class could not be filled in from outside."""
        return type(self), tuple(getattr(self, item.name) for item in fields(self))


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One promise and its progress; ``ordinal`` counts from 1. Offsets are normal ones and span both."""

    ordinal: int
    category: str
    content: str
    progress: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A report that was read and understood, before its numbers are extracted."""

    source: DocumentText
    normal: NormalText
    meta: ReportMeta
    sections: tuple[Section, ...]
    tasks: tuple[TaskRow, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A division of GB/T 2260. ``level``: country, province, city, county. Validity in years, open if None."""

    code: str
    name: str
    short_name: str
    level: str
    parent_code: str | None
    valid_from: int | None = None
    valid_to: int | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit spelling. ``factor`` takes one of it to ``base`` exactly (公里 → 1000 米)."""

    spelling: str
    base: str
    dimension: str
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Indicator:
    """A catalogue entry; ``aliases`` are further spellings of ``name_zh``."""

    code: str
    name_zh: str
    name_en: str
    parent_code: str | None
    dimension: str | None
    aliases: tuple[str, ...] = ()
    polarity: str | None = None  # higher_better, lower_better, neutral


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's word on one reading: ``field`` of the observation on ``[char_start, char_end)`` of the report
    is ``corrected``; or there is no observation (``drop``, ``field`` is ``*``).

    ``expected`` is what the rules read, '' for whatever it is; of a drop it is the value. ``line`` is the row's
    line in corrections.csv.
    """

    line: int
    report_id: str
    char_start: int
    char_end: int
    field: CorrectedField
    expected: str
    corrected: str
    action: CorrectionAction
    reason: str
    author: str
    date: date


@dataclass(frozen=True, slots=True)
class Limit:
    """How far an expectation goes before it fails, and what follows: a row of expectations.csv.

    ``mostly`` is the share of the rows that must keep to the limits; what ``parameter`` asks for differs from one
    expectation to the next and stands in the row's note. None where the expectation has no such limit.
    """

    severity: Severity
    minimum: float | None = None
    maximum: float | None = None
    mostly: float = 1
    parameter: float | None = None


@dataclass(frozen=True, slots=True)
class PlausibleRange:
    """What levels of an indicator lie between, in its base unit."""

    minimum: Decimal
    maximum: Decimal
    unit_base: str


@dataclass(frozen=True, slots=True)
class Checks:
    """What readings are checked against. None of it moves a figure, so it is no part of the rules version.

    ``limits`` go by suite and expectation, ``plausible`` by indicator code; ``not_parts`` are indicators that may
    exceed their parent; ``structures`` map a structure to the indicators whose shares sum to 100.
    """

    limits: dict[tuple[str, str], Limit] = field(default_factory=dict)
    plausible: dict[str, PlausibleRange] = field(default_factory=dict)
    not_parts: frozenset[str] = frozenset()
    structures: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seeds:
    """All reference tables, validated; ``cues`` maps a kind to its words in file order.

    ``editions`` maps what is known of two reports (``agree``, ``unsure``) to the similarity that makes them editions
    of one; what it does not name is decided by file names alone.
    ``headlines`` are codes of indicators, in the order to list them.
    """

    regions: tuple[Region, ...]
    units: tuple[Unit, ...]
    indicators: tuple[Indicator, ...]
    cues: dict[str, tuple[str, ...]]
    corrections: tuple[Correction, ...] = ()
    headlines: tuple[str, ...] = ()
    editions: dict[str, Decimal] = field(default_factory=dict)
    checks: Checks = field(default_factory=Checks)


class Observation(NamedTuple):
    """One number that states something; field meanings are those of the public relation ``observations``.

    A tuple, as there are many: a frozen dataclass of so many fields takes six times as long to make.
    ``value_base`` is NULL where the unit is not in the catalogue. Offsets are source offsets of the digits.
    """

    observation_id: str
    char_start: int
    char_end: int
    value: Decimal
    unit: str
    value_base: Decimal | None
    unit_base: str | None
    indicator: str
    indicator_code: str | None
    measure: Measure
    status: Status
    bound: Bound
    range_id: str | None
    period: str
    period_start: date
    period_end: date
    period_basis: PeriodBasis
    scope: str
    region_code: str | None
    quote: str
    quote_start: int
    quote_end: int
    section: str
    rule_ids: tuple[str, ...]


def make_observation(
    *,
    observation_id: str,
    char_start: int,
    char_end: int,
    value: Decimal,
    unit: str,
    value_base: Decimal | None,
    unit_base: str | None,
    indicator: str,
    indicator_code: str | None,
    measure: Measure,
    status: Status,
    bound: Bound,
    range_id: str | None,
    period: str,
    period_start: date,
    period_end: date,
    period_basis: PeriodBasis,
    scope: str,
    region_code: str | None,
    quote: str,
    quote_start: int,
    quote_end: int,
    section: str,
    rule_ids: tuple[str, ...],
) -> Observation:
    """``Observation(…)`` for compiled code: neither is a dictionary of the fields made nor interpreted code run."""
    return tuple.__new__(
        Observation,
        (
            observation_id, char_start, char_end, value, unit, value_base, unit_base, indicator, indicator_code,
            measure, status, bound, range_id, period, period_start, period_end, period_basis, scope, region_code,
            quote, quote_start, quote_end, section, rule_ids,
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that was seen and not read, or not understood; ``kind`` is a code, ``reason`` a sentence."""

    kind: str
    reason: str
    char_start: int | None = None
    char_end: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the transforms know about one report; what the warehouse loads.

    ``signature`` is what ``editions.sign`` makes of the document; without one only the file name tells its editions.
    """

    document: Document
    observations: tuple[Observation, ...]
    issues: tuple[Issue, ...]
    numbers_total: int
    numbers_explained: int
    signature: str = ""


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """What stays in memory of a report that was read, while its rows wait in files to be loaded.

    ``observations``, ``tasks`` and ``issues`` count its rows, ``characters`` the code points of its text.
    """

    report_id: str
    source_name: str
    meta: ReportMeta
    characters: int
    observations: int
    tasks: int
    issues: int
    numbers_total: int
    numbers_explained: int

    def __reduce__(self) -> tuple[object, ...]:
        """From one process to another; compiled, a frozen class could not be filled in from outside."""
        return type(self), tuple(getattr(self, item.name) for item in fields(self))
