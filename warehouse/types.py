"""What goes into a load and what comes out of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from transforms.types import ReportEntry, Severity
from warehouse.staging import NO_ROWS, StagedRows


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A file that did not become a report of the warehouse, and why.

    ``reason`` is a code, ``message`` a sentence in Chinese and English; ``payload`` the original bytes for
    the quarantine, None where they are not at hand.
    """

    report_id: str
    source_name: str
    reason: str
    message: str
    payload: bytes | None = None


@dataclass(frozen=True, slots=True)
class QualityRow:
    """Result of one expectation in one load; ``sample`` is JSON text of a few failing rows."""

    suite: str
    expectation: str
    column: str
    severity: Severity
    success: bool
    evaluated: int
    unexpected: int
    sample: str = "[]"
    report_ids: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks of a loaded warehouse say: which reports must leave the load, and every result."""

    held_back: tuple[HeldBack, ...] = ()
    quality: tuple[QualityRow, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadBatch:
    """One load as the flow hands it over. ``started_at`` is stored in UTC, without a time zone as it is.

    ``rows`` hold the rows of ``reports``, and may hold those of others, which are left aside.
    ``files_seen`` counts all files that were looked at, ``files_known`` those left alone as known before.
    ``returned`` are reports known before to whose bytes their file went back, ``after`` the load before this one.
    """

    started_at: datetime
    rules_version: str
    reports: tuple[ReportEntry, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    quality: tuple[QualityRow, ...] = ()
    files_seen: int = 0
    files_known: int = 0
    known_as: str | None = None
    returned: frozenset[str] = frozenset()
    after: str | None = None
    rows: StagedRows = NO_ROWS

    @property
    def load_id(self) -> str:
        """Identity of the load: the same files, outcome and rules give the same id.

        A file may go back and forth between the same bytes, so a load with returned reports is told by the load
        before it too. ``known_as`` is the id of a load that is made again, from which later loads may have taken files.
        """
        return self.known_as or make_load_id(
            self.rules_version,
            (report.report_id for report in self.reports),
            (item.report_id for item in self.held_back),
            self.after if self.returned else None,
        )

    def without(self, held_back: tuple[HeldBack, ...]) -> LoadBatch:
        """The batch when these of its reports are held back."""
        ids = {item.report_id for item in held_back}
        kept = (report for report in self.reports if report.report_id not in ids)
        return replace(self, reports=tuple(kept), held_back=(*self.held_back, *held_back))


# Given the findings of gate.sql and the batch that was loaded; raises LoadFailed where nothing may be published.
Judge = Callable[[Any, LoadBatch], Verdict]


@dataclass(frozen=True, slots=True)
class Outdated:
    """A file that was read, or held back, under other rules. ``loaded``: the warehouse has readings of it."""

    report_id: str
    source_name: str
    loaded: bool


@dataclass(frozen=True, slots=True)
class FormerEditions:
    """Superseded reports by the file name that brought their report, with the id of what that file brought last.

    ``latest_load`` is the load of the warehouse that says so.
    """

    latest_by: dict[tuple[str, str], str]
    latest_load: str | None


@dataclass(frozen=True, slots=True)
class LoadReceipt:
    """What a load did. ``published`` is False where nothing was new and the warehouse was left as it was."""

    load_id: str
    published: bool
    reports: int
    observations: int
    tasks: int
    issues: int
    held_back: int
    superseded: int
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Healed:
    """What had to be put right after a run that was killed.

    ``stale_files`` were left behind and are gone; ``upgraded``: the warehouse was made by another version of
    this program and was brought to this one; ``parquet`` and ``quality`` say that these were brought to the
    load of the warehouse. ``quality_missing`` names the load whose quality report is not to be had.
    """

    stale_files: tuple[str, ...] = ()
    upgraded: bool = False
    parquet: bool = False
    quality: bool = False
    quality_missing: str | None = None


def make_load_id(
    rules_version: str, report_ids: Iterable[str], held_back_ids: Iterable[str], after: str | None = None
) -> str:
    """``L`` and twelve hex digits, from the rules version and the ids of what came in and was held back.

    ``after`` is the load before, where that makes a difference.
    """
    lines = [
        rules_version,
        *sorted(report_ids),
        "",
        *sorted(held_back_ids),
        *([f"after {after}"] if after else []),
    ]
    return "L" + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
