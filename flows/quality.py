"""Between the checks and the warehouse, which do not know each other: results carried over, pages built."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from expectations.docs import build_quality_site
from expectations.types import HeldItem, LoadLine, QualityResult, QualitySite, ValidationReport
from expectations.validate import validate
from flows.fetch import raw_path
from flows.inquiry import ask
from flows.steps import Checked
from transforms.errors import LoadFailed
from transforms.types import Report, Seeds
from warehouse.types import HeldBack, LoadBatch, QualityRow

HISTORY_LOADS = 30


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


def build_pages(data_dir: Path, batch: LoadBatch, validation: ValidationReport) -> Path:
    """Write the data-quality report of a load into a scratch folder, which the next ``prepare`` removes."""
    scratch = data_dir / ".work" / "pages"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    site = QualitySite(
        load_id=batch.load_id,
        started_at=batch.started_at,
        rules_version=batch.rules_version,
        files_seen=batch.files_seen,
        files_known=batch.files_known,
        reports=batch.reports,
        validation=validation,
        held_back=tuple(
            HeldItem(item.source_name, item.report_id, item.reason, item.message) for item in batch.held_back
        ),
        history=_history(data_dir, batch.load_id),
    )
    build_quality_site(scratch, site)
    return scratch


def copy_pages(pages: Path, target: Path) -> None:
    """Fill the folder that is published with the load."""
    shutil.copytree(pages, target, dirs_exist_ok=True)


def remove_pages(pages: Path) -> None:
    """Remove the scratch folder once it is published."""
    shutil.rmtree(pages, ignore_errors=True)


def _history(data_dir: Path, load_id: str) -> tuple[LoadLine, ...]:
    """Earlier loads, newest first."""
    if not (data_dir / "warehouse.duckdb").is_file():
        return ()
    rows = ask(data_dir, "history", HISTORY_LOADS)
    return tuple(LoadLine(**row) for row in rows if row["load_id"] != load_id)


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
