"""What validation finds, and what the quality report shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from transforms.types import ReportEntry, Severity

SampleRow = Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class QualityResult:
    """Result of one expectation. ``column`` is '' where it looks at no single column of the data.

    ``sample`` holds a few failing rows, ``report_ids`` all reports that have any; both are sorted.
    """

    suite: str
    expectation: str
    column: str
    severity: Severity
    success: bool
    evaluated: int
    unexpected: int
    title: str = ""
    sample: tuple[SampleRow, ...] = ()
    report_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """All results of a validation. ``blocked`` names, per report that must not be loaded, what it failed.

    ``evidence`` are the results as Great Expectations gave them, for its Data Docs: see ``merging.shortened``.
    """

    results: tuple[QualityResult, ...]
    blocked: Mapping[str, tuple[str, ...]]
    evidence: tuple[Any, ...] = field(default=(), repr=False, compare=False)

    @property
    def fatal(self) -> tuple[str, ...]:
        """Names of the failed expectations that fail the whole load; empty if it may go on."""
        return tuple(r.expectation for r in self.results if r.severity == "fail" and not r.success)


@dataclass(frozen=True, slots=True)
class HeldItem:
    """A file that was held back, for the quality report."""

    source_name: str
    report_id: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class LoadLine:
    """One load in the history of the quality report.

    ``explained`` is the share of numbers explained, ``failed`` the count of expectations that failed; None where
    that is not known.
    """

    load_id: str
    started_at: datetime
    status: str
    rules_version: str
    reports: int
    observations: int
    held_back: int
    explained: float | None = None
    failed: int | None = None


@dataclass(frozen=True, slots=True)
class Trend:
    """How a failed expectation fared before: in how many loads it failed, this one included, and by how much the share
    that failed it has grown beside the ten loads before; None where there is nothing to compare."""

    times_failed: int
    change: float | None


@dataclass(frozen=True, slots=True)
class QualitySite:
    """Everything the quality report shows.

    ``reports`` are those loaded, or all that were validated, the blocked ones among them; ``history`` are
    all loads up to this one, newest first; ``trends`` are of the failed expectations, by suite and name.
    """

    load_id: str
    started_at: datetime
    rules_version: str
    files_seen: int
    files_known: int
    reports: tuple[ReportEntry, ...]
    validation: ValidationReport
    held_back: tuple[HeldItem, ...] = ()
    history: tuple[LoadLine, ...] = ()
    trends: Mapping[tuple[str, str], Trend] = field(default_factory=dict)
