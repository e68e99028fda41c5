"""Between the checks and the warehouse, which do not know each other: results carried over."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from expectations.types import QualityResult, ValidationReport
from expectations.validate import validate
from flows.fetch import raw_path
from flows.steps import Checked
from transforms.errors import LoadFailed
from transforms.types import Report, Seeds
from warehouse.types import HeldBack, QualityRow


def check_reports(
    data_dir: Path, reports: Sequence[Report], seeds: Seeds
) -> tuple[Checked, ValidationReport]:
    """Validate reports: what may be loaded and what is held back. LoadFailed if the load itself is wrong."""
    validation = validate(reports, seeds)
    if validation.fatal:
        names = ", ".join(validation.fatal)
        raise LoadFailed(f"检验不合格,整批不入库 / checks failed, nothing was loaded: {names}")
    blocked = [report for report in reports if _id(report) in validation.blocked]
    checked = Checked(
        reports=tuple(report for report in reports if _id(report) not in validation.blocked),
        blocked=tuple(blocked),
        held_back=tuple(hold(data_dir, report, validation.blocked[_id(report)]) for report in blocked),
        quality=tuple(as_row(result) for result in validation.results),
    )
    return checked, validation


def hold(data_dir: Path, report: Report, failed: Sequence[str]) -> HeldBack:
    """A report that failed expectations, with its bytes for the quarantine."""
    source = report.document.source
    message = f"未通过检验 / failed expectations: {', '.join(failed)}"
    payload = raw_path(data_dir, source.report_id).read_bytes()
    return HeldBack(source.report_id, source.source_name, "failed_expectations", message, payload)


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


def _id(report: Report) -> str:
    return report.document.source.report_id
