"""Between the checks and the warehouse, which do not know each other: results carried over."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from expectations.types import QualityResult, ValidationReport
from expectations.validate import conclude, validate, validate_observations, validate_reports
from flows.fetch import raw_path
from flows.readers import Part
from flows.steps import Checked
from transforms.errors import LoadFailed
from transforms.pipeline import entry_of
from transforms.types import Report, ReportEntry, Seeds
from warehouse.types import HeldBack, QualityRow


def check_reports(
    data_dir: Path, reports: Sequence[Report], seeds: Seeds
) -> tuple[Checked, ValidationReport]:
    """Validate reports at hand: what may be loaded and what is held back. LoadFailed if the load itself is wrong."""
    validation = validate(reports, seeds)
    return sort_out(data_dir, tuple(map(entry_of, reports)), validation), validation


def judge_observations(parts: Sequence[Part], seeds: Seeds) -> Any:
    """What the suite of observations finds in some parts, for ``check_parts``."""
    return validate_observations([part.folder for part in parts], seeds)


def check_parts(
    data_dir: Path, parts: Sequence[Part], judged: Sequence[Any], seeds: Seeds
) -> tuple[Checked, ValidationReport]:
    """As ``check_reports``, of staged parts whose observations were ``judged``."""
    if not parts:
        return check_reports(data_dir, (), seeds)
    found = validate_reports([part.folder for part in parts], seeds)
    validation = conclude([found, *judged])
    entries = tuple(report for part in parts for report in part.reports)
    return sort_out(data_dir, entries, validation), validation


def sort_out(data_dir: Path, reports: Sequence[ReportEntry], validation: ValidationReport) -> Checked:
    """What may be loaded and what is held back, as validated. LoadFailed if the load itself is wrong."""
    if validation.fatal:
        names = ", ".join(validation.fatal)
        raise LoadFailed(f"检验不合格,整批不入库 / checks failed, nothing was loaded: {names}")
    blocked = tuple(report for report in reports if report.report_id in validation.blocked)
    return Checked(
        reports=tuple(report for report in reports if report.report_id not in validation.blocked),
        blocked=blocked,
        held_back=tuple(hold(data_dir, report, validation.blocked[report.report_id]) for report in blocked),
        quality=tuple(as_row(result) for result in validation.results),
    )


def hold(data_dir: Path, report: ReportEntry, failed: Sequence[str]) -> HeldBack:
    """A report that failed expectations, with its bytes for the quarantine."""
    message = f"未通过检验 / failed expectations: {', '.join(failed)}"
    payload = raw_path(data_dir, report.report_id).read_bytes()
    return HeldBack(report.report_id, report.source_name, "failed_expectations", message, payload)


def as_row(result: QualityResult) -> QualityRow:
    """A result as the warehouse stores it."""
    return QualityRow(
        suite=result.suite,
        expectation=result.expectation,
        column=result.column,
        severity=result.severity,
        success=result.success,
        evaluated=result.evaluated,
        unexpected=result.unexpected,
        sample=json.dumps([dict(row) for row in result.sample], ensure_ascii=False),
        report_ids=result.report_ids,
        title=result.title,
    )
