"""The quality report of a load: one plain page, and Great Expectations' Data Docs below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from great_expectations.core import ExpectationSuiteValidationResult, RunIdentifier
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from expectations.context import quiet_context
from expectations.types import QualitySite, ValidationReport
from transforms.types import Report

DATA_DOCS = "data_docs"
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_SITE = "quality"
_VERDICTS = {
    "pass": "通过 / passed",
    "warn": "有提醒 / warnings",
    "hold": "扣留 / held back",
    "fail": "整批失败 / load failed",
}


@dataclass(frozen=True, slots=True)
class _ReportLine:
    source_name: str
    report_id: str
    title: str
    region: str
    period: str
    observations: int
    tasks: int
    explained: str
    verdict: str


def build_quality_site(target: Path, site: QualitySite) -> None:
    """Fills an existing empty folder with index.html and data_docs/. OSError if it cannot be written."""
    build_data_docs(target / DATA_DOCS, site.validation, site.load_id, site.started_at)
    write_index(target, site)


def build_data_docs(folder: Path, validation: ValidationReport, load_id: str, started_at: datetime) -> None:
    """Great Expectations' own pages for the results of one validation."""
    run = RunIdentifier(run_name=load_id, run_time=_in_utc(started_at))
    with quiet_context() as context:
        for suite in validation.suites:
            context.suites.add(suite)
        for outcome in map(_escaped, validation.evidence):
            key = ValidationResultIdentifier(
                expectation_suite_identifier=ExpectationSuiteIdentifier(outcome.suite_name),
                run_id=run,
                batch_identifier=outcome.suite_name,
            )
            context.validation_results_store.set(key, outcome)
        context.add_data_docs_site(_SITE, _site_config(folder))
        context.build_data_docs(site_names=[_SITE])


def write_index(target: Path, site: QualitySite) -> None:
    """The page itself. Everything it shows is escaped: file names and texts come from outside."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["moment"] = _moment
    environment.filters["cells"] = _cells
    names = {r.document.source.report_id: r.document.source.source_name for r in site.reports}
    names |= {item.report_id: item.source_name for item in site.held_back}
    results = site.validation.results
    page = environment.get_template("quality.html").render(
        site=site,
        lines=_report_lines(site),
        failed=[result for result in results if not result.success],
        passed=[result for result in results if result.success],
        counts=Counter(result.severity for result in results if not result.success),
        verdicts=_VERDICTS,
        names=names,
        has_docs=bool(site.validation.evidence),
        docs=f"{DATA_DOCS}/index.html",
    )
    # A lone surrogate, from a file name that is not UTF-8, cannot be written as such.
    (target / "index.html").write_bytes(page.encode("utf-8", "replace"))


def _report_lines(site: QualitySite) -> list[_ReportLine]:
    warned = {
        report_id
        for result in site.validation.results
        if not result.success
        for report_id in result.report_ids
    }
    lines = [_report_line(report, warned, site.validation.blocked) for report in site.reports]
    return sorted(lines, key=lambda line: (line.source_name, line.report_id))


def _report_line(report: Report, warned: Iterable[str], blocked: Iterable[str]) -> _ReportLine:
    source, meta = report.document.source, report.document.meta
    verdict = "hold" if source.report_id in blocked else "warn" if source.report_id in warned else "pass"
    share = report.numbers_explained / report.numbers_total if report.numbers_total else None
    return _ReportLine(
        source_name=source.source_name,
        report_id=source.report_id,
        title=meta.title or "—",
        region=meta.region_name or "—",
        period=meta.period or "—",
        observations=len(report.observations),
        tasks=len(report.document.tasks),
        explained="—" if share is None else f"{share:.0%}",
        verdict=verdict,
    )


def _escaped(outcome: ExpectationSuiteValidationResult) -> ExpectationSuiteValidationResult:
    """The same results with markup in the data made harmless: Data Docs print failing values as they are."""
    copy = deepcopy(outcome)
    for item in copy.results:
        item.result = _escape(item.result)
    return copy


def _escape(value: Any) -> Any:
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, dict):
        return {key: _escape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_escape(item) for item in value]
    return value


def _site_config(folder: Path) -> Any:
    return {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(folder.absolute()),
        },
    }


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _moment(moment: datetime) -> str:
    """A time as the clock in China shows it."""
    return f"{_in_utc(moment).astimezone(_SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _cells(row: dict[str, Any]) -> str:
    """A failing row as one line, without the report's id, which stands beside it."""
    return "，".join(f"{key} = {value}" for key, value in row.items() if key != "report_id")
